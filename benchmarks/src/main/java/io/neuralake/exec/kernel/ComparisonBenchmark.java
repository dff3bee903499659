package io.neuralake.exec.kernel;

import io.neuralake.benchmarks.BenchmarkMemory;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.simd.SimdCapabilities;

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

/// Question: how long does comparing a value with a constant take, into a bitmap, with vectors and
/// without?
///
/// Rule 3: bitmaps, no branch on a row's value. So the time must not depend on how many rows pass.
///
/// Last: docs/performance.md, "Micro benchmarks".
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@SuppressWarnings("NullAway.Init")
public class ComparisonBenchmark {
    private static final int ROWS = 2048;
    private static final int RANGE = 1000;

    private static final ComparisonKernels BEST =
            ComparisonKernels.best(SimdCapabilities.detected());
    private static final ComparisonKernels SCALAR = ComparisonKernels.best(new SimdCapabilities(0));

    @Param({"10", "500"})
    int passingOf1000;

    private BenchmarkMemory memory;
    private MemorySegment ints;
    private MemorySegment longs;
    private MemorySegment doubles;
    private MemorySegment bits;

    /// Makes random values.
    @Setup
    public void setUp() {
        memory = new BenchmarkMemory();
        SplittableRandom random = new SplittableRandom(1);
        ints = memory.ints(ROWS, _ -> random.nextInt(RANGE));
        longs = memory.longs(ROWS, _ -> random.nextInt(RANGE));
        doubles = memory.longs(ROWS, _ -> Double.doubleToRawLongBits(random.nextDouble() * RANGE));
        bits = memory.allocate(Bitmap.bytes(ROWS));
    }

    /// Frees the memory.
    @TearDown
    public void tearDown() {
        memory.close();
    }

    /// Compares int32.
    @Benchmark
    @OperationsPerInvocation(ROWS)
    public MemorySegment int32() {
        Bitmap.fill(bits, ROWS);
        BEST.int32(Comparison.LESS, ints, passingOf1000, ROWS, bits);
        return bits;
    }

    /// Compares int64.
    @Benchmark
    @OperationsPerInvocation(ROWS)
    public MemorySegment int64() {
        Bitmap.fill(bits, ROWS);
        BEST.int64(Comparison.LESS, longs, passingOf1000, ROWS, bits);
        return bits;
    }

    /// Compares int64 without vectors.
    @Benchmark
    @OperationsPerInvocation(ROWS)
    public MemorySegment int64Scalar() {
        Bitmap.fill(bits, ROWS);
        SCALAR.int64(Comparison.LESS, longs, passingOf1000, ROWS, bits);
        return bits;
    }

    /// Compares doubles.
    @Benchmark
    @OperationsPerInvocation(ROWS)
    public MemorySegment float64() {
        Bitmap.fill(bits, ROWS);
        BEST.float64(Comparison.LESS, doubles, passingOf1000, ROWS, bits);
        return bits;
    }
}
