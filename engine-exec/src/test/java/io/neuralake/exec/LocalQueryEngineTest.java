package io.neuralake.exec;

import static io.neuralake.exec.Expressions.arithmetic;
import static io.neuralake.exec.Expressions.bigint;
import static io.neuralake.exec.Expressions.column;
import static io.neuralake.exec.Expressions.comparison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.exec.PlanRunner.Shape;
import io.neuralake.exec.expression.RowExpression.Literal;
import io.neuralake.exec.plan.PhysicalPlan;
import io.neuralake.exec.plan.PhysicalPlan.Filter;
import io.neuralake.exec.plan.PhysicalPlan.JoinType;
import io.neuralake.exec.plan.PhysicalPlan.Limit;
import io.neuralake.exec.plan.PhysicalPlan.NestedLoopJoin;
import io.neuralake.exec.plan.PhysicalPlan.Project;
import io.neuralake.exec.plan.PhysicalPlan.Series;
import io.neuralake.exec.plan.PhysicalPlan.Shared;
import io.neuralake.exec.plan.PhysicalPlan.Union;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.connector.ReadResult;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;

@Timeout(60)
class LocalQueryEngineTest {
    static final Schema NUMBERS = Schema.of(Field.of("n", ScalarType.BIGINT));

    static PhysicalPlan series(long count) {
        return new Series(bigint(1L), bigint(count), bigint(1L), NUMBERS, count);
    }

    static PhysicalPlan project(
            PhysicalPlan input, io.neuralake.exec.expression.RowExpression... expressions) {
        List<Field> fields = new ArrayList<>();
        for (var e : expressions) {
            fields.add(Field.of("c" + fields.size(), e.type()));
        }
        return new Project(input, List.of(expressions), new Schema(fields));
    }

    static PhysicalPlan filter(PhysicalPlan input, long modulus) {
        return new Filter(
                input,
                comparison("eq", arithmetic("modulus", column(0), bigint(modulus)), bigint(0L)),
                Double.NaN);
    }

    static List<Long> longs(List<List<Object>> rows) {
        return rows.stream().map(r -> (Long) r.getFirst()).toList();
    }

    static List<Long> range(long count) {
        return LongStream.rangeClosed(1, count).boxed().toList();
    }

    static java.util.stream.Stream<Shape> shapes() {
        return PlanRunner.shapes();
    }

    static MemoryTable table(int count, int splitRows) {
        return new MemoryTable(NUMBERS, range(count).stream().map(List::of).toList(), splitRows);
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void scanFilterProject(Shape shape) {
        MemoryTable table = table(1000, 100);
        PhysicalPlan plan =
                project(
                        filter(table.scan(comparison("gt", column(0), bigint(500L))), 3),
                        arithmetic("add", column(0), bigint(1000L)));
        assertThat(longs(PlanRunner.run(plan, shape)))
                .containsExactlyInAnyOrderElementsOf(
                        LongStream.rangeClosed(501, 1000)
                                .filter(n -> n % 3 == 0)
                                .map(n -> n + 1000)
                                .boxed()
                                .toList());
        assertThat(table.openSources).hasValue(0);
        assertThat(table.splitsOpened).hasValue(10);
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void seriesToTheResultIsInOrder(Shape shape) {
        assertThat(longs(PlanRunner.run(series(5000), shape))).isEqualTo(range(5000));
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void limitKeepsAndSkips(Shape shape) {
        for (long[] c : new long[][] {{0, 0}, {5, 0}, {5, 995}, {10, 998}, {10, 2000}, {1, 7}}) {
            PhysicalPlan plan = new Limit(series(1000), bigint(c[0]), bigint(c[1]), c[0]);
            assertThat(longs(PlanRunner.run(plan, shape)))
                    .isEqualTo(range(1000).stream().skip(c[1]).limit(c[0]).toList());
        }
        assertThat(PlanRunner.run(new Limit(series(10), bigint(null), bigint(4L), 6), shape))
                .hasSize(6);
        MemoryTable table = table(1000, 10);
        assertThat(
                        PlanRunner.run(
                                new Limit(filter(table.scan(), 2), bigint(17L), bigint(3L), 17),
                                shape))
                .hasSize(17)
                .doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void unionConcatenates(Shape shape) {
        PhysicalPlan plan =
                new Union(
                        List.of(series(100), filter(table(100, 9).scan(), 2), series(3)),
                        NUMBERS,
                        203);
        List<Long> expected = new ArrayList<>(range(100));
        expected.addAll(range(100).stream().filter(n -> n % 2 == 0).toList());
        expected.addAll(range(3));
        assertThat(longs(PlanRunner.run(plan, shape)))
                .containsExactlyInAnyOrderElementsOf(expected);
        assertThat(PlanRunner.run(new Limit(plan, bigint(120L), bigint(0L), 120), shape))
                .hasSize(120);
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void sharedRunsOnceAndIsReadTwice(Shape shape) {
        MemoryTable table = table(300, 20);
        PhysicalPlan shared = new Shared(1, filter(table.scan(), 3));
        PhysicalPlan plan = new Union(List.of(shared, filter(shared, 2)), NUMBERS, 10);
        List<Long> expected = new ArrayList<>(range(300).stream().filter(n -> n % 3 == 0).toList());
        expected.addAll(range(300).stream().filter(n -> n % 6 == 0).toList());
        assertThat(longs(PlanRunner.run(plan, shape)))
                .containsExactlyInAnyOrderElementsOf(expected);
        assertThat(table.splitsOpened).hasValue(15);
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void enforceSingleRowYieldsTheRowOrNulls(Shape shape) {
        PhysicalPlan none = filter(series(3), 7);
        assertThat(PlanRunner.run(new PhysicalPlan.EnforceSingleRow(none), shape))
                .containsExactly(java.util.Collections.singletonList(null));
        PhysicalPlan one = filter(series(8), 7);
        assertThat(PlanRunner.run(new PhysicalPlan.EnforceSingleRow(one), shape))
                .containsExactly(List.of(7L));
        PhysicalPlan two = new PhysicalPlan.EnforceSingleRow(filter(series(14), 7));
        assertThatThrownBy(() -> PlanRunner.run(two, shape))
                .isInstanceOfSatisfying(
                        NeuralakeException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.CARDINALITY_VIOLATION));
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void rowsWithoutColumnsAreRows(Shape shape) {
        PhysicalPlan plan =
                new PhysicalPlan.Values(List.of(List.of(), List.of()), new Schema(List.of()));
        assertThat(PlanRunner.run(plan, shape)).containsExactly(List.of(), List.of());
    }

    @Test
    void seriesBoundsAtTheEnds() {
        Shape shape = new Shape(7, 4);
        assertThat(
                        longs(
                                PlanRunner.run(
                                        new Series(
                                                bigint(Long.MAX_VALUE - 1),
                                                bigint(Long.MAX_VALUE),
                                                bigint(1L),
                                                NUMBERS,
                                                2),
                                        shape)))
                .containsExactly(Long.MAX_VALUE - 1, Long.MAX_VALUE);
        assertThat(
                        longs(
                                PlanRunner.run(
                                        new Series(
                                                bigint(Long.MAX_VALUE),
                                                bigint(Long.MIN_VALUE),
                                                bigint(Long.MIN_VALUE),
                                                NUMBERS,
                                                2),
                                        shape)))
                .containsExactly(Long.MAX_VALUE, -1L);
        assertThat(
                        PlanRunner.run(
                                new Series(bigint(2L), bigint(1L), bigint(1L), NUMBERS, 0), shape))
                .isEmpty();
        assertThat(
                        PlanRunner.run(
                                new Series(bigint(null), bigint(1L), bigint(1L), NUMBERS, 0),
                                shape))
                .isEmpty();
        assertThatThrownBy(
                        () ->
                                PlanRunner.run(
                                        new Series(bigint(2L), bigint(1L), bigint(0L), NUMBERS, 0),
                                        shape))
                .hasMessageContaining("Step of a series");
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void errorInAFilterFailsTheQueryAlone(Shape shape) {
        PhysicalPlan bad =
                project(
                        table(500, 50).scan(),
                        arithmetic(
                                "divide", bigint(1L), arithmetic("add", column(0), bigint(-400L))));
        try (LocalQueryEngine engine = PlanRunner.engine(shape.threads())) {
            try (QueryResult result = engine.execute(bad, shape.options())) {
                assertThatThrownBy(() -> PlanRunner.drain(result))
                        .isInstanceOfSatisfying(
                                NeuralakeException.class,
                                e -> assertThat(e.code()).isEqualTo(ErrorCode.DIVISION_BY_ZERO));
            }
            assertThat(engine.reservedBytes()).isZero();
            try (QueryResult result = engine.execute(series(10), shape.options())) {
                assertThat(PlanRunner.drain(result)).hasSize(10);
            }
        }
    }

    enum Failure {
        RUNTIME(ErrorCode.INTERNAL_ERROR),
        OUT_OF_HEAP(ErrorCode.OUT_OF_MEMORY),
        DEEP_STACK(ErrorCode.STATEMENT_TOO_COMPLEX),
        OWN(ErrorCode.CORRUPT_FILE);

        final ErrorCode code;

        Failure(ErrorCode code) {
            this.code = code;
        }

        void raise() {
            switch (this) {
                case RUNTIME -> throw new IllegalStateException("seeded");
                case OUT_OF_HEAP -> throw new OutOfMemoryError("seeded");
                case DEEP_STACK -> throw new StackOverflowError("seeded");
                case OWN -> throw new NeuralakeException(ErrorCode.CORRUPT_FILE, "seeded");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Failure.class)
    void anyThrowableInASourceFailsTheQueryAlone(Failure failure) {
        MemoryTable table =
                new MemoryTable(NUMBERS, range(1000).stream().map(List::of).toList(), 100) {
                    @Override
                    protected CompletableFuture<?> beforeRead(int batchNumber) {
                        if (batchNumber == 5) {
                            failure.raise();
                        }
                        return null;
                    }
                };
        try (LocalQueryEngine engine = PlanRunner.engine(4)) {
            for (int i = 0; i < 3; i++) {
                table.batchesRead.set(0);
                try (QueryResult result = engine.execute(table.scan(), new Shape(7, 4).options())) {
                    assertThatThrownBy(() -> PlanRunner.drain(result))
                            .isInstanceOfSatisfying(
                                    NeuralakeException.class,
                                    e -> assertThat(e.code()).isEqualTo(failure.code));
                }
                assertThat(table.openSources).hasValue(0);
                assertThat(engine.reservedBytes()).isZero();
            }
            try (QueryResult result = engine.execute(series(10), QueryOptions.DEFAULT)) {
                assertThat(PlanRunner.drain(result)).hasSize(10);
            }
        }
    }

    @Test
    void blockedSourcesHoldNoWorker() {
        CompletableFuture<Void> data = new CompletableFuture<>();
        MemoryTable table =
                new MemoryTable(NUMBERS, range(40).stream().map(List::of).toList(), 10) {
                    @Override
                    protected CompletableFuture<?> beforeRead(int batchNumber) {
                        return data;
                    }
                };
        try (LocalQueryEngine engine = PlanRunner.engine(1);
                QueryResult blocked = engine.execute(table.scan(), QueryOptions.DEFAULT)) {
            assertThat(blocked.poll()).isInstanceOf(ReadResult.Blocked.class);
            try (QueryResult other = engine.execute(series(10), QueryOptions.DEFAULT)) {
                assertThat(PlanRunner.drain(other)).hasSize(10);
            }
            data.complete(null);
            assertThat(PlanRunner.drain(blocked)).hasSize(40);
        }
    }

    @Test
    void cancelWakesABlockedSource() {
        MemoryTable table =
                new MemoryTable(NUMBERS, range(40).stream().map(List::of).toList(), 10) {
                    @Override
                    protected CompletableFuture<?> beforeRead(int batchNumber) {
                        return new CompletableFuture<>();
                    }
                };
        try (LocalQueryEngine engine = PlanRunner.engine(2)) {
            try (QueryResult blocked = engine.execute(table.scan(), QueryOptions.DEFAULT)) {
                blocked.cancel();
                assertThatThrownBy(blocked::take)
                        .isInstanceOfSatisfying(
                                NeuralakeException.class,
                                e -> assertThat(e.code()).isEqualTo(ErrorCode.CANCELLED));
            }
            assertThat(table.openSources).hasValue(0);
        }
    }

    @Test
    void slowReaderPausesTheQuery() {
        try (LocalQueryEngine engine = PlanRunner.engine(4);
                QueryResult result =
                        engine.execute(
                                project(series(Long.MAX_VALUE), column(0)), QueryOptions.DEFAULT)) {
            long most = 0;
            for (int i = 0; i < 300; i++) {
                try (Batch batch = ((ReadResult.Ready) result.take()).batch()) {
                    assertThat(batch.rowCount()).isEqualTo(2048);
                }
                most = Math.max(most, engine.reservedBytes());
            }
            assertThat(most).isLessThan(4 << 20);
        }
    }

    @Test
    void closingEarlyFreesEverything() {
        MemoryTable table = table(100_000, 1000);
        try (LocalQueryEngine engine = PlanRunner.engine(4)) {
            QueryResult result = engine.execute(table.scan(), QueryOptions.DEFAULT);
            Batch kept = ((ReadResult.Ready) result.take()).batch();
            result.close();
            result.close();
            assertThat(table.openSources).hasValue(0);
            assertThat(engine.openQueries()).isZero();
            assertThat(kept.column(0).value(0)).isNotNull();
            kept.close();
            assertThat(engine.reservedBytes()).isZero();
        }
    }

    @Test
    void closingTheEngineFailsRunningQueries() {
        LocalQueryEngine engine = PlanRunner.engine(2);
        QueryResult result = engine.execute(series(Long.MAX_VALUE), QueryOptions.DEFAULT);
        engine.close();
        assertThatThrownBy(result::poll)
                .isInstanceOfSatisfying(
                        NeuralakeException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.SHUTTING_DOWN));
        assertThatThrownBy(() -> engine.execute(series(1), QueryOptions.DEFAULT))
                .isInstanceOf(NeuralakeException.class);
    }

    @Test
    void leakIsReportedWhenTheEngineCloses() {
        LocalQueryEngine engine = PlanRunner.engine(1);
        QueryResult result = engine.execute(series(10), QueryOptions.DEFAULT);
        Batch forgotten = ((ReadResult.Ready) result.take()).batch();
        result.close();
        assertThatThrownBy(engine::close)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("query-1");
        forgotten.close();
    }

    @Test
    void overItsLimitAQueryFailsAlone() {
        PhysicalPlan big = // build sides of nested loops do not spill
                new NestedLoopJoin(
                        series(1),
                        series(1_000_000),
                        JoinType.INNER,
                        Literal.TRUE,
                        List.of(1),
                        Double.NaN);
        try (LocalQueryEngine engine = PlanRunner.engine(2)) {
            QueryOptions limited =
                    new QueryOptions(List.of(), 1 << 20, 0, 2048, false, java.time.ZoneOffset.UTC);
            try (QueryResult result = engine.execute(big, limited)) {
                assertThatThrownBy(() -> PlanRunner.drain(result))
                        .isInstanceOfSatisfying(
                                NeuralakeException.class,
                                e -> assertThat(e.code()).isEqualTo(ErrorCode.OUT_OF_MEMORY));
            }
            assertThat(engine.reservedBytes()).isZero();
            try (QueryResult result = engine.execute(big, QueryOptions.DEFAULT)) {
                assertThat(PlanRunner.drain(result)).hasSize(1_000_000);
            }
        }
    }

    @Test
    void shortQueryOvertakesALongOne() {
        try (LocalQueryEngine engine = PlanRunner.engine(1);
                QueryResult endless =
                        engine.execute(
                                new Filter(
                                        series(Long.MAX_VALUE),
                                        comparison("eq", column(0), bigint(0L)),
                                        0),
                                QueryOptions.DEFAULT)) {
            for (int i = 0; i < 10; i++) {
                try (QueryResult quick = engine.execute(series(100), QueryOptions.DEFAULT)) {
                    assertThat(PlanRunner.drain(quick)).hasSize(100);
                }
            }
            assertThat(endless.poll()).isInstanceOf(ReadResult.Blocked.class);
        }
    }

    @Test
    void manyQueriesAtATime() throws Exception {
        MemoryTable table = table(2000, 64);
        try (LocalQueryEngine engine = PlanRunner.engine(3);
                ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> answers = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                int modulus = i % 5 + 1;
                answers.add(
                        clients.submit(
                                () -> {
                                    try (QueryResult result =
                                            engine.execute(
                                                    filter(table.scan(), modulus),
                                                    new Shape(50, 3).options())) {
                                        return PlanRunner.drain(result).size();
                                    }
                                }));
            }
            for (int i = 0; i < 40; i++) {
                assertThat(answers.get(i).get()).isEqualTo(2000 / (i % 5 + 1));
            }
            assertThat(engine.reservedBytes()).isZero();
        }
    }

    @Test
    void deepPlanIsBuiltAndRun() {
        PhysicalPlan plan = series(3);
        for (int i = 0; i < 2000; i++) {
            plan = project(plan, arithmetic("add", column(0), bigint(1L)));
        }
        assertThat(longs(PlanRunner.run(plan, new Shape(2048, 2))))
                .containsExactly(2001L, 2002L, 2003L);
    }

    @Test
    void statisticsCountRowsInPreOrder() {
        MemoryTable table = table(100, 10);
        PhysicalPlan plan = filter(table.scan(), 10);
        try (LocalQueryEngine engine = PlanRunner.engine(2);
                QueryResult result = engine.execute(plan, new Shape(7, 2).options())) {
            PlanRunner.drain(result);
            QueryStatistics statistics = result.statistics();
            assertThat(statistics.rows()).isEqualTo(10);
            assertThat(statistics.operators())
                    .extracting(o -> o.node().getClass().getSimpleName(), o -> o.outputRows())
                    .containsExactly(
                            org.assertj.core.groups.Tuple.tuple("Filter", 10L),
                            org.assertj.core.groups.Tuple.tuple("TableScan", 100L));
            assertThat(statistics.operators().get(1).details())
                    .containsEntry("rows_read", 100L)
                    .containsEntry("splits", 10L);
            assertThat(statistics.peakBytes()).isPositive();
        }
    }
}
