package io.neuralake.exec.kernel;

import io.neuralake.benchmarks.BenchmarkMemory;

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

/// Question: how long does arithmetic on 128-bit integers take, as decimals of more than 18 digits need
/// it, overflow check included?
///
/// Rule 2: loops in order, so at best what copying takes.
///
/// Last: docs/performance.md, "Micro benchmarks".
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@SuppressWarnings("NullAway.Init")
public class Int128Benchmark {
    private static final int ROWS = 2048;
    private static final int PRECISION = 38;

    private BenchmarkMemory memory;
    private MemorySegment prices;
    private MemorySegment factors;
    private MemorySegment shortPrices;
    private MemorySegment shortFactors;
    private MemorySegment to;

    /// Makes random values of either sign, whose products fit: up to 96 bits, and up to 31.
    @Setup
    public void setUp() {
        memory = new BenchmarkMemory();
        SplittableRandom random = new SplittableRandom(1);
        prices = memory.allocate((long) Int128.BYTES * ROWS);
        for (int i = 0; i < ROWS; i++) {
            Int128.set(prices, i, random.nextLong(), random.nextInt());
        }
        shortPrices = memory.longs(ROWS, _ -> random.nextLong());
        shortFactors = memory.longs(ROWS, _ -> random.nextInt(1 << 30) - (1 << 29));
        factors = memory.allocate((long) Int128.BYTES * ROWS);
        Int128Kernels.widen(shortFactors, ROWS, factors);
        to = memory.allocate((long) Int128.BYTES * ROWS);
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
        return to.copyFrom(prices);
    }

    /// Extends int64 to 128 bits.
    @Benchmark
    @OperationsPerInvocation(ROWS)
    public MemorySegment widen() {
        Int128Kernels.widen(shortPrices, ROWS, to);
        return to;
    }

    /// Adds two columns.
    @Benchmark
    @OperationsPerInvocation(ROWS)
    public long add() {
        return Int128Kernels.add(prices, -1, factors, -1, ROWS, to);
    }

    /// Multiplies two columns.
    @Benchmark
    @OperationsPerInvocation(ROWS)
    public long multiply() {
        return Int128Kernels.multiply(prices, -1, factors, -1, ROWS, to);
    }

    /// Multiplies two columns of int64 into 128 bits, which cannot overflow.
    @Benchmark
    @OperationsPerInvocation(ROWS)
    public MemorySegment multiplyInt64() {
        Int128Kernels.multiplyWide(shortPrices, -1, shortFactors, -1, ROWS, to);
        return to;
    }

    /// Checks that values have no more digits than a decimal can have.
    @Benchmark
    @OperationsPerInvocation(ROWS)
    public long checkPrecision() {
        return Int128Kernels.exceeds(prices, PRECISION, ROWS);
    }
}
