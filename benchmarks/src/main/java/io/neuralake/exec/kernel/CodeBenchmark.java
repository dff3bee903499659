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

/// Question: how long does it take to look a code of a dictionary up in the set of those that pass, into a bitmap?
///
/// Rule 7: a predicate once per dictionary, codes after. Rule 3: no branch on a row's value.
///
/// Last: docs/performance.md, "Micro benchmarks".
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@SuppressWarnings("NullAway.Init")
public class CodeBenchmark {
    private static final int ROWS = 2048;

    private static final CodeKernels BEST = CodeKernels.best(SimdCapabilities.detected());
    private static final CodeKernels SCALAR = CodeKernels.best(new SimdCapabilities(0));

    /// As many values as quantities, days, and many.
    @Param({"50", "2526", "60000"})
    int dictionary;

    private final CodeSet scattered = new CodeSet();
    private final CodeSet range = new CodeSet();
    private BenchmarkMemory memory;
    private MemorySegment codes;
    private MemorySegment bits;

    /// Makes random codes, of which a third passes.
    @Setup
    public void setUp() {
        memory = new BenchmarkMemory();
        SplittableRandom random = new SplittableRandom(1);
        codes = memory.ints(ROWS, _ -> random.nextInt(dictionary));
        bits = memory.allocate(Bitmap.bytes(ROWS));
        MemorySegment passing = memory.allocate(Bitmap.bytes(dictionary));
        for (int i = 0; i < dictionary; i++) {
            Bitmap.set(passing, i, i < dictionary / 3);
        }
        range.set(passing, dictionary);
        for (int i = 0; i < dictionary; i++) {
            Bitmap.set(passing, i, i % 3 == 0);
        }
        scattered.set(passing, dictionary);
    }

    /// Frees the memory.
    @TearDown
    public void tearDown() {
        memory.close();
    }

    /// Looks up in a set without order.
    @Benchmark
    @OperationsPerInvocation(ROWS)
    public MemorySegment scattered() {
        Bitmap.fill(bits, ROWS);
        BEST.narrow(codes, ROWS, scattered, bits);
        return bits;
    }

    /// Looks up in a range of codes.
    @Benchmark
    @OperationsPerInvocation(ROWS)
    public MemorySegment range() {
        Bitmap.fill(bits, ROWS);
        BEST.narrow(codes, ROWS, range, bits);
        return bits;
    }

    /// Looks up without vectors.
    @Benchmark
    @OperationsPerInvocation(ROWS)
    public MemorySegment scatteredScalar() {
        Bitmap.fill(bits, ROWS);
        SCALAR.narrow(codes, ROWS, scattered, bits);
        return bits;
    }
}
