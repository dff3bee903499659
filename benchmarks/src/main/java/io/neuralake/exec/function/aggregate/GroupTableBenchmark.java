package io.neuralake.exec.function.aggregate;

import io.neuralake.benchmarks.BenchmarkMemory;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/// Question: how long does finding the group of a row take, and making groups, by kind of key?
///
/// Measured before the engine was written: 14 nanoseconds a row for a million int64 keys in batches
/// (rule 5).
///
/// Last: docs/performance.md, "Micro benchmarks".
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@SuppressWarnings("NullAway.Init")
public class GroupTableBenchmark {
    private static final int BATCH = 2048;
    private static final int BATCHES = 64;

    /// What the keys are.
    public enum Keys {
        /// Four values.
        FEW,
        /// Neighbours, found by the key.
        DENSE,
        /// Random int64, found by hash.
        SCATTERED,
        /// Two random int64.
        PAIRS,
        /// Texts of 20 bytes.
        TEXTS
    }

    @Param Keys keys;

    @Param("1000000")
    int groups;

    private BenchmarkMemory memory;
    private Column[][] batches;
    private GroupTable full;
    private BatchScratch scratch;
    private MemorySegment found;
    private int next;

    /// Makes a table with all groups, and batches of random ones of them.
    @Setup
    public void setUp() {
        memory = new BenchmarkMemory();
        SplittableRandom random = new SplittableRandom(1);
        scratch = new BatchScratch(memory.allocator());
        found = memory.allocate(4L * BATCH);
        batches = new Column[BATCHES][];
        for (int b = 0; b < BATCHES; b++) {
            batches[b] = columns(random);
        }
        full = newTable();
        int count = keys == Keys.FEW ? 4 : groups;
        for (int from = 0; from < count; from += BATCH) {
            int start = from;
            try (BenchmarkMemory lent = new BenchmarkMemory()) {
                assign(full, columns(lent, i -> start + i), Math.min(BATCH, count - from));
            }
        }
    }

    /// Numbers a key.
    private interface Numbers {
        int of(int row);
    }

    private Column[] columns(SplittableRandom random) {
        int count = keys == Keys.FEW ? 4 : groups;
        return columns(memory, _ -> random.nextInt(count));
    }

    private Column[] columns(BenchmarkMemory in, Numbers numbers) {
        int[] numbered = new int[BATCH];
        for (int i = 0; i < BATCH; i++) {
            numbered[i] = numbers.of(i);
        }
        return switch (keys) {
            case FEW, DENSE -> new Column[] {in.bigints(BATCH, i -> numbered[i])};
            case SCATTERED -> new Column[] {in.bigints(BATCH, i -> scattered(numbered[i]))};
            case PAIRS ->
                    new Column[] {
                        in.bigints(BATCH, i -> scattered(numbered[i])),
                        in.bigints(BATCH, i -> numbered[i])
                    };
            case TEXTS ->
                    new Column[] {
                        in.strings(BATCH, i -> "customer#" + (10_000_000_000L + numbered[i]))
                    };
        };
    }

    private static long scattered(int number) {
        return number * 0x9E37_79B9_7F4A_7C15L;
    }

    private GroupTable newTable() {
        Type type = keys == Keys.TEXTS ? ScalarType.VARCHAR : ScalarType.BIGINT;
        boolean two = keys == Keys.PAIRS;
        return new GroupTable(
                memory.allocator(),
                two ? List.of(type, type) : List.of(type),
                two ? new boolean[2] : new boolean[1],
                new byte[8]);
    }

    private void assign(GroupTable table, Column[] columns, int count) {
        table.assign(columns, new RowSet(count, null, null), found, scratch);
        scratch.reset();
    }

    /// Frees the memory.
    @TearDown
    public void tearDown() {
        full.close();
        scratch.close();
        memory.close();
    }

    /// Finds groups that are there.
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public MemorySegment find() {
        assign(full, batches[next++ & BATCHES - 1], BATCH);
        return found;
    }

    /// Makes a table of what is in all batches, mostly new groups.
    @Benchmark
    @OperationsPerInvocation(BATCH * BATCHES)
    public int make() {
        try (GroupTable table = newTable()) {
            for (Column[] batch : batches) {
                assign(table, batch, BATCH);
            }
            return table.groupCount();
        }
    }
}
