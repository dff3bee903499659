package io.neuralake.exec.kernel;

import io.neuralake.benchmarks.BenchmarkMemory;
import io.neuralake.spi.simd.SimdCapabilities;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/// Question: how long does arithmetic on int64 take, overflow check included, with vectors and
/// without?
///
/// Rule 2: memory bound, so near to what copying takes.
///
/// Last: docs/performance.md, "Micro benchmarks".
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@SuppressWarnings("NullAway.Init")
public class ArithmeticBenchmark {
    private static final int ROWS = 2048;

    private static final ArithmeticKernels BEST =
            ArithmeticKernels.best(SimdCapabilities.detected());
    private static final ArithmeticKernels SCALAR = ArithmeticKernels.best(new SimdCapabilities(0));

    private BenchmarkMemory memory;
    private MemorySegment left;
    private MemorySegment right;
    private MemorySegment to;

    /// Makes random values.
    @Setup
    public void setUp() {
        memory = new BenchmarkMemory();
        SplittableRandom random = new SplittableRandom(1);
        left = memory.longs(ROWS, _ -> random.nextInt());
        right = memory.longs(ROWS, _ -> random.nextInt());
        to = memory.allocate(8L * ROWS);
    }

    /// Frees the memory.
    @TearDown
    public void tearDown() {
        memory.close();
    }

    /// Copies, for comparison.
    @Benchmark
    @OperationsPerInvocation(ROWS)
    public MemorySegment copy() {
        return to.copyFrom(left);
    }

    /// Adds two columns.
    @Benchmark
    @OperationsPerInvocation(ROWS)
    public long add() {
        return BEST.addInt64(left, right, ROWS, to);
    }

    /// Adds two columns without vectors.
    @Benchmark
    @OperationsPerInvocation(ROWS)
    public long addScalar() {
        return SCALAR.addInt64(left, right, ROWS, to);
    }

    /// Multiplies two columns.
    @Benchmark
    @OperationsPerInvocation(ROWS)
    public MemorySegment multiply() {
        BEST.multiplyInt64(left, right, ROWS, to);
        return to;
    }
}
