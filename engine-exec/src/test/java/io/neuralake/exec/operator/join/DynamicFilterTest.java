package io.neuralake.exec.operator.join;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.exec.expression.RowExpression.Literal;
import io.neuralake.exec.operator.SinkOperator;
import io.neuralake.exec.operator.SinkWorker;
import io.neuralake.exec.plan.PhysicalPlan;
import io.neuralake.exec.plan.PhysicalPlan.DynamicFilterSource;
import io.neuralake.exec.plan.PhysicalPlan.HashJoin;
import io.neuralake.exec.plan.PhysicalPlan.JoinType;
import io.neuralake.exec.row.RandomColumns;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ColumnBuilder;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.expression.ColumnPath;
import io.neuralake.spi.expression.ScanPredicate;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

class DynamicFilterTest {
    private static void withFilter(
            JoinType type, Type key, List<?> build, Consumer<List<DynamicFilter>> test) {
        Schema schema = Schema.of(Field.of("k", key));
        HashJoin node =
                new HashJoin(
                        new PhysicalPlan.Values(List.of(), schema),
                        new PhysicalPlan.Values(List.of(), schema),
                        type,
                        List.of(0),
                        List.of(0),
                        List.of(false),
                        Literal.TRUE,
                        List.of(),
                        List.of(new DynamicFilterSource(7, 0)),
                        Double.NaN);
        try (JoinFixture fixture = new JoinFixture(1, Long.MAX_VALUE);
                HashJoinOperation join = new HashJoinOperation(node, new RowInterpreter())) {
            SinkOperator sink = join.buildSink();
            try (SinkWorker worker = sink.newWorker(fixture.context(2048, 0, 1))) {
                worker.consume(
                        Batch.of(build.size(), ColumnBuilder.of(fixture.allocator, key, build)));
                worker.combine();
            }
            sink.finish();
            test.accept(join.dynamicFilters());
            sink.close();
        }
    }

    @Test
    void listsFewValues() {
        withFilter(
                JoinType.INNER,
                ScalarType.BIGINT,
                Arrays.asList(5L, null, 3L, 5L),
                filters -> {
                    DynamicFilter filter = filters.getFirst();
                    assertThat(filter.id()).isEqualTo(7);
                    assertThat(filter.minimum()).contains(3L);
                    assertThat(filter.maximum()).contains(5L);
                    assertThat(filter.predicates(ColumnPath.of(2)))
                            .containsExactly(
                                    new ScanPredicate.In(ColumnPath.of(2), List.of(3L, 5L)));
                });
        withFilter(
                JoinType.SEMI,
                ScalarType.VARCHAR,
                Arrays.asList("b", null, "a"),
                filters -> {
                    assertThat(filters.getFirst().minimum()).contains("a");
                    assertThat(filters.getFirst().values().orElseThrow())
                            .containsExactlyInAnyOrder("a", "b");
                });
        withFilter(
                JoinType.RIGHT,
                new DecimalType(10, 2),
                List.of(new BigDecimal("1.50")),
                filters ->
                        assertThat(filters.getFirst().maximum()).contains(new BigDecimal("1.50")));
    }

    @Test
    void givesARangeForManyValues() {
        List<Long> values = new ArrayList<>();
        for (long i = 0; i < 2000; i++) {
            values.add(i * 2 - 500);
        }
        withFilter(
                JoinType.INNER,
                ScalarType.INTEGER,
                values,
                filters -> {
                    assertThat(filters.getFirst().values()).isEmpty();
                    assertThat(filters.getFirst().predicates(ColumnPath.of(0)))
                            .containsExactly(
                                    new ScanPredicate.Comparison(
                                            ColumnPath.of(0),
                                            ScanPredicate.Operator.GREATER_OR_EQUAL,
                                            -500L),
                                    new ScanPredicate.Comparison(
                                            ColumnPath.of(0),
                                            ScanPredicate.Operator.LESS_OR_EQUAL,
                                            3498L));
                });
    }

    @Test
    void letsNothingPassForAnEmptyBuildSide() {
        for (List<?> build : List.of(List.of(), Arrays.asList(null, null))) {
            withFilter(
                    JoinType.INNER,
                    ScalarType.BIGINT,
                    build,
                    filters -> {
                        assertThat(filters.getFirst().values()).contains(List.of());
                        assertPasses(filters.getFirst(), ScalarType.BIGINT, build, List.of(1L, 2L));
                    });
        }
    }

    @Test
    void isAbsentWhereUnmatchedProbeRowsAreKept() {
        for (JoinType type : List.of(JoinType.LEFT, JoinType.FULL, JoinType.ANTI, JoinType.MARK)) {
            withFilter(
                    type, ScalarType.BIGINT, List.of(1L), filters -> assertThat(filters).isEmpty());
        }
    }

    @Test
    void keepsAllRowsWithMatchAndDropsMostOthers() {
        for (Type type : RandomColumns.TYPES) {
            for (int rows : new int[] {1, 50, 5000}) {
                RandomColumns random = new RandomColumns(rows);
                List<@Nullable Object> build = random.values(type, rows, 0.1, rows * 3);
                withFilter(
                        JoinType.INNER,
                        type,
                        build,
                        filters -> {
                            List<@Nullable Object> probe = random.values(type, 3000, 0.1, rows * 3);
                            assertPasses(filters.getFirst(), type, build, probe);
                        });
            }
        }
    }

    private static void assertPasses(
            DynamicFilter filter, Type type, List<?> build, List<?> probe) {
        Set<String> set = new HashSet<>();
        for (Object value : build) {
            set.add(text(value));
        }
        int rows = probe.size();
        try (JoinFixture fixture = new JoinFixture(3, Long.MAX_VALUE)) {
            Column column = ColumnBuilder.of(fixture.allocator, type, probe);
            DataBuffer bits = fixture.allocator.allocate(Bitmap.bytes(rows));
            Bitmap.fill(bits.segment(), rows);
            Bitmap.set(bits.segment(), 0, false);
            int left = filter.filter(column, bits.segment());
            assertThat(left).isEqualTo(Bitmap.count(bits.segment(), rows));
            int wrong = 0;
            for (int i = 0; i < rows; i++) {
                boolean passed = Bitmap.get(bits.segment(), i);
                boolean match = i > 0 && probe.get(i) != null && set.contains(text(probe.get(i)));
                assertThat(passed || !match).as("row %s", i).isTrue();
                assertThat(passed && (i == 0 || probe.get(i) == null)).isFalse();
                wrong += passed && !match ? 1 : 0;
            }
            assertThat(wrong).isLessThanOrEqualTo(rows / 10);
            column.release();
            bits.release();
        }
    }

    private static String text(@Nullable Object value) {
        return value instanceof byte[] bytes ? Arrays.toString(bytes) : String.valueOf(value);
    }
}
