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

/// Question: how long does testing a probe key take, in an exact bitmap and in a blocked Bloom filter?
///
/// Rule 3: no branch on a row's value, so the time must not depend on how many keys pass. It pays where
/// it is less than that of probing the table (rule 6, see `JoinTableBenchmark`).
///
/// Last: docs/performance.md, "Micro benchmarks".
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@SuppressWarnings("NullAway.Init")
public class BuildKeyFilterBenchmark {
    private static final int BATCH = 2048;
    private static final int BATCHES = 64;

    /// What the filter is.
    public enum Filter {
        /// Of int64 in a small range.
        BITMAP,
        /// Of scattered int64.
        BLOOM
    }

    @Param Filter filter;

    /// Percentage of the keys that pass.
    @Param({"5", "95"})
    int passing;

    @Param("500000")
    int buildRows;

    private BenchmarkMemory memory;
    private DynamicFilter keyFilter;
    private Column[] probes;
    private MemorySegment passed;
    private int next;

    /// Makes a filter of even numbers, and batches of keys that are odd where they do not pass.
    @Setup
    public void setUp() {
        memory = new BenchmarkMemory();
        SplittableRandom random = new SplittableRandom(1);
        Column build = column(buildRows, i -> 2 * i);
        try (BuildSide side =
                BuildSide.of(
                        Batch.of(buildRows, build.retain()),
                        List.of(0),
                        List.of(false),
                        true,
                        false,
                        memory.allocator(),
                        WorkSharing.ALONE)) {
            keyFilter = BuildKeyFilter.of(0, 0, side, memory.allocator());
        }
        probes = new Column[BATCHES];
        for (int b = 0; b < BATCHES; b++) {
            probes[b] =
                    column(
                            BATCH,
                            _ ->
                                    2 * random.nextInt(buildRows)
                                            + (random.nextInt(100) < passing ? 0 : 1));
        }
        passed = memory.allocate(Bitmap.bytes(BATCH));
    }

    /// Numbers a key.
    private interface Numbers {
        int of(int row);
    }

    private Column column(int rows, Numbers numbers) {
        return filter == Filter.BITMAP
                ? memory.bigints(rows, numbers::of)
                : memory.bigints(rows, i -> numbers.of(i) * 0x9E37_79B9_7F4A_7C15L);
    }

    /// Frees the memory.
    @TearDown
    public void tearDown() {
        keyFilter.close();
        memory.close();
    }

    /// Tests the keys of a batch.
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public int test() {
        Bitmap.fill(passed, BATCH);
        return keyFilter.filter(probes[next++ & BATCHES - 1], passed);
    }
}
