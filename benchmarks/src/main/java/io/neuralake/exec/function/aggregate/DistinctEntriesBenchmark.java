package io.neuralake.exec.function.aggregate;

import io.neuralake.benchmarks.BenchmarkMemory;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ScalarType;

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

import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/// Question: how long does adding a pair of group and argument take count(DISTINCT), when pairs are
/// listed, and when they are found in a table?
///
/// Rule 5 hashes a batch and looks it up. Pairs that hardly repeat are only written in order.
///
/// Last: docs/performance.md, "Micro benchmarks".
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@SuppressWarnings("NullAway.Init")
public class DistinctEntriesBenchmark {
    private static final int BATCH = 2048;

    /// A list is checked whenever it has doubled: these end halfway between two checks.
    private static final int BATCHES = 96;

    private static final int GROUPS = 1000;

    /// How often a pair comes on average.
    private static final int REPEATS = 8;

    /// How pairs repeat.
    public enum Pairs {
        /// Each comes once: they are listed, all but the first 16 K.
        DIFFERENT,
        /// Each comes about 8 times, in random order: they are found in a table.
        REPEATED
    }

    @Param Pairs pairs;

    private BenchmarkMemory memory;
    private BatchScratch scratch;
    private Column[][] arguments;
    private RowSet[] rows;

    /// Makes batches of pairs.
    @Setup
    public void setUp() {
        memory = new BenchmarkMemory();
        SplittableRandom random = new SplittableRandom(1);
        scratch = new BatchScratch(memory.allocator());
        arguments = new Column[BATCHES][];
        rows = new RowSet[BATCHES];
        int different = BATCH * BATCHES / REPEATS;
        for (int b = 0; b < BATCHES; b++) {
            int first = b * BATCH;
            int[] numbers = new int[BATCH];
            for (int i = 0; i < BATCH; i++) {
                numbers[i] = pairs == Pairs.DIFFERENT ? first + i : random.nextInt(different);
            }
            arguments[b] = new Column[] {memory.bigints(BATCH, i -> numbers[i])};
            rows[b] = new RowSet(BATCH, null, memory.ints(BATCH, i -> numbers[i] % GROUPS));
        }
    }

    /// Frees the memory.
    @TearDown
    public void tearDown() {
        scratch.close();
        memory.close();
    }

    /// Adds all pairs.
    @Benchmark
    @OperationsPerInvocation(BATCH * BATCHES)
    public int add() {
        try (DistinctEntries entries =
                new DistinctEntries(
                        memory.allocator(),
                        List.of(new Field("argument", ScalarType.BIGINT, false)),
                        true)) {
            for (int b = 0; b < BATCHES; b++) {
                entries.add(arguments[b], rows[b], GROUPS, scratch);
                scratch.reset();
            }
            return entries.count();
        }
    }
}
