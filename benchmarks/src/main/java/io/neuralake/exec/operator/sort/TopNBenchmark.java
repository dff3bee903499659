package io.neuralake.exec.operator.sort;

import io.neuralake.benchmarks.BenchmarkMemory;
import io.neuralake.exec.plan.PhysicalPlan.SortKey;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;

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
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/// Question: how long does dropping a row take that cannot be among the first, once a bound is known?
///
/// Measured before the engine was written: 0.27 nanoseconds a row (rule 9).
///
/// Last: docs/performance.md, "Micro benchmarks".
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@SuppressWarnings("NullAway.Init")
public class TopNBenchmark {
    private static final int ROWS = 2048;

    private BenchmarkMemory memory;
    private Column values;
    private TopThreshold threshold;
    private MemorySegment words;
    private MemorySegment passed;

    /// Makes random values, one in a thousand of which passes.
    @Setup
    public void setUp() {
        memory = new BenchmarkMemory();
        SplittableRandom random = new SplittableRandom(1);
        values = memory.bigints(ROWS, _ -> random.nextInt(1_000_000));
        Column bound = memory.bigints(1, _ -> 1000);
        threshold =
                new TopThreshold(
                        Schema.of(new Field("n", ScalarType.BIGINT, false)),
                        List.of(new SortKey(0, false, false)),
                        100);
        words = memory.allocate(8L * ROWS);
        passed = memory.allocate(Bitmap.bytes(ROWS));
        threshold.words(bound, 1, words);
        threshold.lower(words.get(ValueLayout.JAVA_LONG_UNALIGNED, 0));
    }

    /// Frees the memory.
    @TearDown
    public void tearDown() {
        memory.close();
    }

    /// Tests rows.
    @Benchmark
    @OperationsPerInvocation(ROWS)
    public int test() {
        threshold.words(values, ROWS, words);
        return threshold.test(words, ROWS, passed);
    }
}
