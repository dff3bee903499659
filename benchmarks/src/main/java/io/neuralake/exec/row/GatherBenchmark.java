package io.neuralake.exec.row;

import io.neuralake.benchmarks.BenchmarkMemory;
import io.neuralake.spi.batch.DataBuffer;

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
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/// Question: how long does picking a value by a random index take, within a batch and among rows that no
/// cache near the core holds?
///
/// Rule 2 asks for loops in order: this is what joins and sorts pay where rows are not.
///
/// Last: docs/performance.md, "Micro benchmarks".
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@SuppressWarnings("NullAway.Init")
public class GatherBenchmark {
    private static final int BATCH = 2048;
    private static final int BATCHES = 64;

    /// Those of a batch, and of a build side.
    @Param({"2048", "4000000"})
    int rows;

    private BenchmarkMemory memory;
    private DataBuffer ints;
    private DataBuffer longs;
    private MemorySegment[] indexes;
    private MemorySegment to;
    private int next;

    /// Makes values, and batches of random indexes.
    @Setup
    public void setUp() {
        memory = new BenchmarkMemory();
        SplittableRandom random = new SplittableRandom(1);
        ints = memory.buffer(4L * rows);
        longs = memory.buffer(8L * rows);
        for (int i = 0; i < rows; i++) {
            ints.segment().set(ValueLayout.JAVA_INT_UNALIGNED, 4L * i, i);
            longs.segment().set(ValueLayout.JAVA_LONG_UNALIGNED, 8L * i, i);
        }
        indexes = new MemorySegment[BATCHES];
        for (int b = 0; b < BATCHES; b++) {
            indexes[b] = memory.ints(BATCH, _ -> random.nextInt(rows));
        }
        to = memory.allocate(8L * BATCH);
    }

    /// Frees the memory.
    @TearDown
    public void tearDown() {
        memory.close();
    }

    /// Gathers int32.
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public MemorySegment int32() {
        GatherKernels.gather32(ints, indexes[next++ & BATCHES - 1], BATCH, to);
        return to;
    }

    /// Gathers int64.
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public MemorySegment int64() {
        GatherKernels.gather64(longs, indexes[next++ & BATCHES - 1], BATCH, to);
        return to;
    }
}
