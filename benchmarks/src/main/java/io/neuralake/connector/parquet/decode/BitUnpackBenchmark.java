package io.neuralake.connector.parquet.decode;

import io.neuralake.benchmarks.BenchmarkMemory;

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
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/// Question: how long does unpacking a bit-packed value take, by width, with vectors and without?
///
/// Rule 10 asks for far less than the 0.8 ns of a scalar loop (1.2 billion values a second) up to
/// width 25.
///
/// Last: docs/performance.md, "Micro benchmarks".
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@SuppressWarnings("NullAway.Init")
public class BitUnpackBenchmark {
    private static final int VALUES = 4096;

    private static final BitUnpacker BEST = BitUnpacker.best();
    private static final BitUnpacker SCALAR = new ScalarBitUnpacker();

    @Param({"1", "3", "7", "12", "17", "25", "31"})
    int width;

    private BenchmarkMemory memory;
    private MemorySegment packed;
    private MemorySegment target;

    /// Packs random bits.
    @Setup
    public void setUp() {
        memory = new BenchmarkMemory();
        SplittableRandom random = new SplittableRandom(1);
        packed = memory.longs(VALUES * width / 64 + 8, _ -> random.nextLong());
        target = memory.allocate(4L * VALUES);
    }

    /// Frees the memory.
    @TearDown
    public void tearDown() {
        memory.close();
    }

    /// As chosen for this machine.
    @Benchmark
    @OperationsPerInvocation(VALUES)
    public MemorySegment best() {
        BEST.unpack(packed, 0, width, VALUES, target, 0);
        return target;
    }

    /// Without vectors.
    @Benchmark
    @OperationsPerInvocation(VALUES)
    public MemorySegment scalar() {
        SCALAR.unpack(packed, 0, width, VALUES, target, 0);
        return target;
    }
}
