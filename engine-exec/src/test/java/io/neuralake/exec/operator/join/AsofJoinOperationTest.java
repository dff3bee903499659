package io.neuralake.exec.operator.join;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.exec.operator.join.JoinFixture.Operators;
import io.neuralake.exec.plan.PhysicalPlan;
import io.neuralake.exec.plan.PhysicalPlan.AsofJoin;
import io.neuralake.exec.plan.PhysicalPlan.JoinType;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.expression.ScanPredicate.Operator;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

class AsofJoinOperationTest {
    private static final List<List<Type>> KEYS =
            List.of(
                    List.of(),
                    List.of(ScalarType.INTEGER),
                    List.of(ScalarType.VARCHAR, ScalarType.BIGINT));
    private static final List<Type> VALUES =
            List.of(
                    ScalarType.TIMESTAMP,
                    ScalarType.INTEGER,
                    ScalarType.DOUBLE,
                    ScalarType.VARCHAR,
                    new DecimalType(38, 10));

    @ParameterizedTest
    @EnumSource(
            value = Operator.class,
            names = {"LESS", "LESS_OR_EQUAL", "GREATER", "GREATER_OR_EQUAL"})
    void takesTheNearestRow(Operator operator) {
        int[][] sizes = {{0, 4}, {4, 0}, {30, 1}, {60, 200}};
        for (JoinType type : List.of(JoinType.INNER, JoinType.LEFT)) {
            for (int k = 0; k < KEYS.size(); k++) {
                for (int v = 0; v < VALUES.size(); v++) {
                    for (int[] size : sizes) {
                        for (int batch : new int[] {1, 7, 2048}) {
                            run(operator, type, k, v, size, batch, batch == 7 ? 4 : 1);
                        }
                    }
                }
            }
        }
    }

    /// The rows have keys, then the value, then a column that is a function of both: which of equal
    /// rows is taken does not show.
    private void run(
            Operator operator,
            JoinType type,
            int keys,
            int value,
            int[] size,
            int batch,
            int workers) {
        List<Field> fields = new ArrayList<>();
        KEYS.get(keys).forEach(t -> fields.add(Field.of("k", t)));
        fields.add(Field.of("v", VALUES.get(value)));
        Schema schema = new Schema(fields);
        List<Integer> positions = new ArrayList<>();
        for (int i = 0; i < KEYS.get(keys).size(); i++) {
            positions.add(i);
        }
        int at = positions.size();
        AsofJoin node =
                new AsofJoin(
                        new PhysicalPlan.Values(List.of(), schema),
                        new PhysicalPlan.Values(List.of(), schema),
                        type,
                        positions,
                        positions,
                        at,
                        at,
                        operator,
                        Double.NaN);
        long seed = operator.ordinal() + 10L * keys + 100L * value + 7L * size[0] + batch;
        try (JoinFixture fixture = new JoinFixture(seed, Long.MAX_VALUE)) {
            List<Batch> probe = fixture.batches(schema, size[0], batch, 0.1, 6);
            List<Batch> build = fixture.batches(schema, size[1], batch, 0.1, 6);
            List<List<@Nullable Object>> expected =
                    expected(node, JoinFixture.rows(probe), JoinFixture.rows(build));
            AsofJoinOperation join = new AsofJoinOperation(node, new RowInterpreter());
            List<List<@Nullable Object>> actual =
                    fixture.run(
                            new Operators(join.buildSink(), join.probe(), Optional.empty()),
                            probe,
                            build,
                            batch,
                            workers);
            assertThat(sorted(actual))
                    .as("%s %s seed %s", operator, schema, seed)
                    .isEqualTo(sorted(expected));
        }
    }

    private static List<List<@Nullable Object>> expected(
            AsofJoin node, List<List<@Nullable Object>> probe, List<List<@Nullable Object>> build) {
        List<List<@Nullable Object>> result = new ArrayList<>();
        for (List<@Nullable Object> left : probe) {
            List<@Nullable Object> best = null;
            for (List<@Nullable Object> right : build) {
                if (matches(node, left, right) && (best == null || nearer(node, right, best))) {
                    best = right;
                }
            }
            if (best != null || node.type() == JoinType.LEFT) {
                List<@Nullable Object> row = new ArrayList<>(left);
                row.addAll(best == null ? Collections.nCopies(left.size(), null) : best);
                result.add(row);
            }
        }
        return result;
    }

    private static boolean matches(
            AsofJoin node, List<@Nullable Object> left, List<@Nullable Object> right) {
        for (int key : node.probeKeys()) {
            if (left.get(key) == null || !Objects.equals(left.get(key), right.get(key))) {
                return false;
            }
        }
        Object l = left.get(node.probeValue());
        Object r = right.get(node.buildValue());
        if (l == null || r == null) {
            return false;
        }
        int order = compare(l, r);
        return switch (node.operator()) {
            case LESS -> order < 0;
            case LESS_OR_EQUAL -> order <= 0;
            case GREATER -> order > 0;
            case GREATER_OR_EQUAL -> order >= 0;
            case EQUAL, NOT_EQUAL -> throw new IllegalStateException();
        };
    }

    private static boolean nearer(
            AsofJoin node, List<@Nullable Object> row, List<@Nullable Object> best) {
        int order =
                compare(
                        Objects.requireNonNull(row.get(node.buildValue())),
                        Objects.requireNonNull(best.get(node.buildValue())));
        return node.operator() == Operator.GREATER || node.operator() == Operator.GREATER_OR_EQUAL
                ? order > 0
                : order < 0;
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static int compare(Object left, Object right) {
        return ((Comparable) left).compareTo(right);
    }

    private static List<String> sorted(List<List<@Nullable Object>> rows) {
        return rows.stream().map(String::valueOf).sorted().toList();
    }
}
