package io.neuralake.exec.operator.join;

import io.neuralake.benchmarks.BenchmarkMemory;
import io.neuralake.exec.scheduler.WorkSharing;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;

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

/// Question: how long does building and probing a join table take a row, by kind of key?
///
/// Measured before the engine was written, in nanoseconds a probed row of 1.5 million build rows: 21
/// by hash, 8 by direct address (rule 6).
///
/// Last: docs/performance.md, "Micro benchmarks".
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@SuppressWarnings("NullAway.Init")
public class JoinTableBenchmark {
    private static final int BATCH = 2048;
    private static final int BATCHES = 64;

    /// What the keys are.
    public enum Keys {
        /// Neighbouring int64, addressed directly.
        DIRECT,
        /// Scattered int64, found by hash.
        HASHED,
        /// Texts of 20 bytes.
        TEXTS
    }

    @Param Keys keys;

    @Param("500000")
    int buildRows;

    private BenchmarkMemory memory;
    private Column build;
    private BuildKeys buildKeys;
    private JoinTable table;
    private ProbeLookup lookup;
    private Batch[] probes;
    private MemorySegment heads;
    private MemorySegment matched;
    private int next;

    /// Makes build rows of different keys, and batches of which half find one.
    @Setup
    public void setUp() {
        memory = new BenchmarkMemory();
        SplittableRandom random = new SplittableRandom(1);
        build = column(buildRows, i -> i);
        buildKeys =
                BuildKeys.of(
                        List.of(build), List.of(false), keys != Keys.TEXTS, memory.allocator());
        table = new JoinTable(buildKeys, buildRows, memory.allocator(), WorkSharing.ALONE);
        lookup = new ProbeLookup(buildKeys, table, memory.allocator());
        probes = new Batch[BATCHES];
        for (int b = 0; b < BATCHES; b++) {
            probes[b] = Batch.of(BATCH, column(BATCH, _ -> random.nextInt(2 * buildRows)));
        }
        heads = memory.allocate(4L * BATCH);
        matched = memory.allocate(Bitmap.bytes(BATCH));
    }

    /// Numbers a key.
    private interface Numbers {
        int of(int row);
    }

    private Column column(int rows, Numbers numbers) {
        return switch (keys) {
            case DIRECT -> memory.bigints(rows, numbers::of);
            case HASHED -> memory.bigints(rows, i -> numbers.of(i) * 0x9E37_79B9_7F4A_7C15L);
            case TEXTS ->
                    memory.strings(rows, i -> "customer#" + (10_000_000_000L + numbers.of(i)));
        };
    }

    /// Frees the memory.
    @TearDown
    public void tearDown() {
        lookup.close();
        table.close();
        buildKeys.close();
        memory.close();
    }

    /// Builds a table: the time is that of all build rows.
    @Benchmark
    @OutputTimeUnit(TimeUnit.MICROSECONDS)
    public long build() {
        try (JoinTable built =
                new JoinTable(buildKeys, buildRows, memory.allocator(), WorkSharing.ALONE)) {
            return built.distinctKeys();
        }
    }

    /// Looks keys up.
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public int probe() {
        Batch batch = probes[next++ & BATCHES - 1];
        return lookup.find(batch, batch.columns(), heads, matched);
    }
}
