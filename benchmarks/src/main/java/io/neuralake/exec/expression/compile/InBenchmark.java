package io.neuralake.exec.expression.compile;

import io.neuralake.benchmarks.BenchmarkMemory;
import io.neuralake.exec.expression.RowExpression;
import io.neuralake.exec.expression.RowExpression.Call;
import io.neuralake.exec.expression.RowExpression.In;
import io.neuralake.exec.expression.RowExpression.InputRef;
import io.neuralake.exec.expression.RowExpression.Literal;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.type.ScalarType;

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
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/// Question: how long does it take a row to be looked up in a list of constants: numbers, short texts,
/// and the beginnings of telephone numbers as in Q22 of TPC-H?
///
/// Rule 7: a predicate on views costs at least what an equality does, 1.4 ns.
///
/// Last: docs/performance.md, "Micro benchmarks".
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@SuppressWarnings("NullAway.Init")
public class InBenchmark {
    private static final int ROWS = 2048;
    private static final int FIRST = 10;
    private static final int COUNTRIES = 25;

    /// Constants of the list; up to four are compared one after the other.
    @Param({"3", "7"})
    int constants;

    private BenchmarkMemory memory;
    private Batch numbers;
    private Batch texts;
    private Batch phones;
    private PredicateEvaluator inNumbers;
    private PredicateEvaluator inTexts;
    private PredicateEvaluator inBeginnings;
    private MemorySegment passed;

    /// Makes random values, of which each is in the list at a rate of `constants` in 25.
    @Setup
    public void setUp() {
        memory = new BenchmarkMemory();
        SplittableRandom random = new SplittableRandom(1);
        numbers = Batch.of(ROWS, memory.bigints(ROWS, _ -> country(random)));
        texts = Batch.of(ROWS, memory.strings(ROWS, _ -> Integer.toString(country(random))));
        phones = Batch.of(ROWS, memory.strings(ROWS, _ -> country(random) + "-101-287-1234"));
        InputRef text = new InputRef(0, ScalarType.VARCHAR);
        RowExpression beginning =
                new Call(
                        "substring",
                        List.of(
                                text,
                                new Literal(1L, ScalarType.BIGINT),
                                new Literal(2L, ScalarType.BIGINT)),
                        ScalarType.VARCHAR);
        inNumbers = predicate(new InputRef(0, ScalarType.BIGINT), ScalarType.BIGINT);
        inTexts = predicate(text, ScalarType.VARCHAR);
        inBeginnings = predicate(beginning, ScalarType.VARCHAR);
        passed = memory.allocate(Bitmap.bytes(ROWS));
    }

    private static int country(SplittableRandom random) {
        return FIRST + random.nextInt(COUNTRIES);
    }

    private PredicateEvaluator predicate(RowExpression value, ScalarType type) {
        List<Literal> candidates =
                IntStream.range(0, constants)
                        .map(i -> FIRST + 3 * i)
                        .mapToObj(
                                c ->
                                        new Literal(
                                                type == ScalarType.BIGINT
                                                        ? (Object) (long) c
                                                        : Integer.toString(c),
                                                type))
                        .toList();
        return new ExpressionCompiler(
                        new EvaluationSettings(List.of(), ZoneOffset.UTC, Instant.EPOCH))
                .predicate(new In(value, candidates), memory.allocator());
    }

    /// Frees the memory.
    @TearDown
    public void tearDown() {
        inNumbers.close();
        inTexts.close();
        inBeginnings.close();
        memory.close();
    }

    /// Looks numbers up.
    @Benchmark
    @OperationsPerInvocation(ROWS)
    public int numbers() {
        return inNumbers.evaluate(numbers, passed);
    }

    /// Looks texts of two characters up.
    @Benchmark
    @OperationsPerInvocation(ROWS)
    public int texts() {
        return inTexts.evaluate(texts, passed);
    }

    /// Cuts the first two characters of longer texts and looks them up.
    @Benchmark
    @OperationsPerInvocation(ROWS)
    public int beginnings() {
        return inBeginnings.evaluate(phones, passed);
    }
}
