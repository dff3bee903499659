package io.neuralake.exec.kernel;

import io.neuralake.benchmarks.BenchmarkMemory;
import io.neuralake.spi.batch.Bitmap;

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

/// Question: how long does it take to combine bitmaps of rows, to count their bits, and to turn them
/// into indexes?
///
/// Rule 3: bitmaps, no branch on a row's value. Only indexes take a step for each row that passes.
///
/// Last: docs/performance.md, "Micro benchmarks".
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@SuppressWarnings("NullAway.Init")
public class BitmapBenchmark {
    private static final int ROWS = 2048;

    private BenchmarkMemory memory;
    private MemorySegment few;
    private MemorySegment half;
    private MemorySegment most;
    private MemorySegment bits;
    private MemorySegment indexes;

    /// Makes random bitmaps.
    @Setup
    public void setUp() {
        memory = new BenchmarkMemory();
        SplittableRandom random = new SplittableRandom(1);
        few = random(random, 2);
        half = random(random, 50);
        most = random(random, 98);
        bits = random(random, 50);
        indexes = memory.allocate(4L * ROWS);
    }

    private MemorySegment random(SplittableRandom random, int percent) {
        MemorySegment made = memory.allocate(Bitmap.bytes(ROWS));
        for (int i = 0; i < ROWS; i++) {
            Bitmap.set(made, i, random.nextInt(100) < percent);
        }
        return made;
    }

    /// Frees the memory.
    @TearDown
    public void tearDown() {
        memory.close();
    }

    /// Counts set bits.
    @Benchmark
    @OperationsPerInvocation(ROWS)
    public int count() {
        return Bitmap.count(half, ROWS);
    }

    /// Intersects two bitmaps.
    @Benchmark
    @OperationsPerInvocation(ROWS)
    public MemorySegment and() {
        BitmapKernels.and(bits, half, ROWS);
        return bits;
    }

    /// Unites two bitmaps.
    @Benchmark
    @OperationsPerInvocation(ROWS)
    public MemorySegment or() {
        BitmapKernels.or(bits, half, ROWS);
        return bits;
    }

    /// Writes the indexes of 2 % of the rows.
    @Benchmark
    @OperationsPerInvocation(ROWS)
    public int indexesOfFew() {
        return Bitmap.toIndexes(few, ROWS, indexes);
    }

    /// Writes the indexes of half of the rows.
    @Benchmark
    @OperationsPerInvocation(ROWS)
    public int indexesOfHalf() {
        return Bitmap.toIndexes(half, ROWS, indexes);
    }

    /// Writes the indexes of 98 % of the rows.
    @Benchmark
    @OperationsPerInvocation(ROWS)
    public int indexesOfMost() {
        return Bitmap.toIndexes(most, ROWS, indexes);
    }
}
