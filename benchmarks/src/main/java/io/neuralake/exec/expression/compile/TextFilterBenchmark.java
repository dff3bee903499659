package io.neuralake.exec.expression.compile;

import io.neuralake.benchmarks.BenchmarkMemory;
import io.neuralake.exec.expression.RowExpression;
import io.neuralake.exec.expression.RowExpression.Call;
import io.neuralake.exec.expression.RowExpression.InputRef;
import io.neuralake.exec.expression.RowExpression.Literal;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.DictionaryColumn;
import io.neuralake.spi.type.ScalarType;

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
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/// Question: how long does a condition on a text take a row: equality on views and on dictionary
/// codes, and LIKE with two needles?
///
/// Measured before the engine was written, in nanoseconds a row: equality 1.4 on views and 0.08 on
/// codes, LIKE 13 (rules 7 and 8).
///
/// Last: docs/performance.md, "Micro benchmarks".
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@SuppressWarnings("NullAway.Init")
public class TextFilterBenchmark {
    private static final int ROWS = 2048;
    private static final String[] MODES = {
        "AIR", "FOB", "MAIL", "RAIL", "REG AIR", "SHIP", "TRUCK"
    };
    private static final String[] WORDS = {
        "carefully ", "final ", "requests ", "sleep ", "furiously ", "special ", "deposits "
    };

    private BenchmarkMemory memory;
    private Batch views;
    private Batch codes;
    private Batch comments;
    private PredicateEvaluator equalViews;
    private PredicateEvaluator equalCodes;
    private PredicateEvaluator like;
    private MemorySegment passed;

    /// Makes ship modes and comments as those of TPC-H.
    @Setup
    public void setUp() {
        memory = new BenchmarkMemory();
        SplittableRandom random = new SplittableRandom(1);
        views = Batch.of(ROWS, memory.strings(ROWS, _ -> MODES[random.nextInt(MODES.length)]));
        DataBuffer modes = memory.buffer(4L * ROWS);
        for (int i = 0; i < ROWS; i++) {
            modes.segment()
                    .set(ValueLayout.JAVA_INT_UNALIGNED, 4L * i, random.nextInt(MODES.length));
        }
        Column dictionary = memory.strings(MODES.length, i -> MODES[i]);
        codes = Batch.of(ROWS, new DictionaryColumn(ROWS, modes, dictionary, null));
        comments = Batch.of(ROWS, memory.strings(ROWS, _ -> comment(random)));
        equalViews = predicate("eq", "AIR");
        equalCodes = predicate("eq", "AIR");
        like = predicate("like", "%special%requests%");
        passed = memory.allocate(Bitmap.bytes(ROWS));
    }

    private static String comment(SplittableRandom random) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 6; i++) {
            text.append(WORDS[random.nextInt(WORDS.length)]);
        }
        return text.toString();
    }

    private PredicateEvaluator predicate(String function, String text) {
        RowExpression condition =
                new Call(
                        function,
                        List.of(
                                new InputRef(0, ScalarType.VARCHAR),
                                new Literal(text, ScalarType.VARCHAR)),
                        ScalarType.BOOLEAN);
        return new ExpressionCompiler(
                        new EvaluationSettings(List.of(), ZoneOffset.UTC, Instant.EPOCH))
                .predicate(condition, memory.allocator());
    }

    /// Frees the memory.
    @TearDown
    public void tearDown() {
        equalViews.close();
        equalCodes.close();
        like.close();
        memory.close();
    }

    /// Compares views with a text.
    @Benchmark
    @OperationsPerInvocation(ROWS)
    public int equalOnViews() {
        return equalViews.evaluate(views, passed);
    }

    /// Compares a dictionary with a text, and looks the codes up.
    @Benchmark
    @OperationsPerInvocation(ROWS)
    public int equalOnCodes() {
        return equalCodes.evaluate(codes, passed);
    }

    /// Searches comments.
    @Benchmark
    @OperationsPerInvocation(ROWS)
    public int like() {
        return like.evaluate(comments, passed);
    }
}
