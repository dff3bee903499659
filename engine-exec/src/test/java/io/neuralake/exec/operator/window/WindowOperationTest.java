package io.neuralake.exec.operator.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.neuralake.exec.expression.RowExpression.Literal;
import io.neuralake.exec.kernel.HashKernels;
import io.neuralake.exec.operator.OperatorDriver;
import io.neuralake.exec.operator.OperatorDriver.Form;
import io.neuralake.exec.plan.PhysicalPlan.BoundKind;
import io.neuralake.exec.plan.PhysicalPlan.Exclusion;
import io.neuralake.exec.plan.PhysicalPlan.Frame;
import io.neuralake.exec.plan.PhysicalPlan.FrameBound;
import io.neuralake.exec.plan.PhysicalPlan.FrameUnit;
import io.neuralake.exec.plan.PhysicalPlan.SortKey;
import io.neuralake.exec.plan.PhysicalPlan.Values;
import io.neuralake.exec.plan.PhysicalPlan.Window;
import io.neuralake.exec.plan.PhysicalPlan.WindowCall;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// Compares with DuckDB on the same rows.
class WindowOperationTest {
    private static final DecimalType MONEY = new DecimalType(12, 2);
    private static final Schema SCHEMA =
            Schema.of(
                    Field.of("id", ScalarType.BIGINT),
                    Field.of("p", ScalarType.VARCHAR),
                    Field.of("o", ScalarType.INTEGER),
                    Field.of("v", ScalarType.BIGINT),
                    Field.of("d", ScalarType.DOUBLE),
                    Field.of("s", ScalarType.VARCHAR),
                    Field.of("b", ScalarType.BOOLEAN),
                    Field.of("k", ScalarType.BIGINT),
                    Field.of("m", MONEY),
                    Field.of("t", ScalarType.DATE),
                    Field.of("i", ScalarType.INTERVAL_DAY_TIME));
    private static final List<SortKey> BY_O = List.of(new SortKey(2, false, false));
    private static final List<SortKey> BY_O_DESCENDING = List.of(new SortKey(2, true, true));
    private static final List<SortKey> BY_O_ID =
            List.of(new SortKey(2, false, true), new SortKey(0, true, false));
    private static final List<SortKey> BY_S_ID =
            List.of(new SortKey(5, true, false), new SortKey(0, false, false));

    private static Connection duckdb;
    private static final List<List<@Nullable Object>> ROWS = new ArrayList<>();

    @BeforeAll
    static void makeRows() throws SQLException {
        Random random = new Random(20);
        duckdb = DriverManager.getConnection("jdbc:duckdb:");
        try (Statement statement = duckdb.createStatement()) {
            statement.execute(
                    "CREATE TABLE w (id BIGINT, p VARCHAR, o INTEGER, v BIGINT, d DOUBLE,"
                            + " s VARCHAR, b BOOLEAN, k BIGINT, m DECIMAL(12,2), t DATE,"
                            + " i INTERVAL)");
        }
        for (long id = 0; id < 700; id++) {
            long partition = Math.min(5, random.nextInt(12));
            List<@Nullable Object> row = new ArrayList<>();
            row.add(id);
            row.add(partition == 0 ? null : "partition number " + partition);
            row.add(random.nextInt(10) == 0 ? null : (long) random.nextInt(60));
            row.add(random.nextInt(5) == 0 ? null : (long) random.nextInt(1000) - 300);
            row.add(random.nextInt(9) == 0 ? null : random.nextInt(4000) / 8.0);
            row.add(random.nextInt(7) == 0 ? null : "text " + random.nextInt(30) + " of a row");
            row.add(random.nextInt(6) == 0 ? null : random.nextBoolean());
            row.add((long) random.nextInt(4));
            row.add(random.nextInt(8) == 0 ? null : BigDecimal.valueOf(random.nextInt(9999), 2));
            row.add(random.nextInt(8) == 0 ? null : 19_000L + random.nextInt(40));
            row.add(86_400_000_000L * random.nextInt(6));
            ROWS.add(row);
            try (var insert =
                    duckdb.prepareStatement(
                            "INSERT INTO w VALUES (?,?,?,?,?,?,?,?,?,?,"
                                    + " to_days(?::INTEGER))")) {
                for (int c = 0; c < 9; c++) {
                    insert.setObject(c + 1, row.get(c));
                }
                Object day = row.get(9);
                insert.setObject(10, day == null ? null : LocalDate.ofEpochDay((Long) day));
                insert.setObject(11, (Long) row.get(10) / 86_400_000_000L);
                insert.execute();
            }
        }
    }

    @AfterAll
    static void closeDuckdb() throws SQLException {
        duckdb.close();
    }

    private record Case(
            String sql, WindowCall call, List<Integer> partition, List<SortKey> order) {}

    private static Frame frame(FrameUnit unit, BoundKind start, BoundKind end) {
        return frame(unit, start, end, Exclusion.NO_OTHERS, 7);
    }

    private static Frame frame(
            FrameUnit unit, BoundKind start, BoundKind end, Exclusion exclusion, int offset) {
        return new Frame(
                unit,
                new FrameBound(start, hasOffset(start) ? offset : -1),
                new FrameBound(end, hasOffset(end) ? offset : -1),
                exclusion);
    }

    private static boolean hasOffset(BoundKind kind) {
        return kind == BoundKind.PRECEDING || kind == BoundKind.FOLLOWING;
    }

    private static String sql(Frame frame) {
        return frame.unit()
                + " BETWEEN "
                + sql(frame.start())
                + " AND "
                + sql(frame.end())
                + " EXCLUDE "
                + frame.exclusion().name().replace('_', ' ');
    }

    private static String sql(FrameBound bound) {
        String kind = bound.kind().name().replace('_', ' ');
        return bound.offset() < 0 ? kind : SCHEMA.field(bound.offset()).name() + " " + kind;
    }

    private static WindowCall call(
            String function, Type type, boolean ignoreNulls, Frame frame, Object... arguments) {
        List<Integer> columns = new ArrayList<>();
        List<Literal> constants = new ArrayList<>();
        for (Object argument : arguments) {
            if (argument instanceof Integer column) {
                columns.add(column);
            } else if (argument instanceof Literal literal) {
                constants.add(literal);
            }
        }
        return new WindowCall(
                function,
                columns,
                constants,
                false,
                -1,
                ignoreNulls,
                frame,
                Field.of(function, type));
    }

    private static Literal bigint(long value) {
        return new Literal(value, ScalarType.BIGINT);
    }

    private static Case of(
            WindowCall call, List<Integer> partition, List<SortKey> order, boolean framed) {
        StringBuilder sql = new StringBuilder(call.function()).append('(');
        List<String> arguments = new ArrayList<>();
        if (call.distinct()) {
            sql.append("DISTINCT ");
        }
        for (int column : call.arguments()) {
            arguments.add(SCHEMA.field(column).name());
        }
        for (Literal constant : call.constants()) {
            Object value = constant.value();
            arguments.add(value instanceof String s ? "'" + s + "'" : String.valueOf(value));
        }
        if (call.function().equals("count") && arguments.isEmpty()) {
            arguments.add("*");
        }
        sql.append(String.join(", ", arguments));
        if (call.ignoreNulls()) {
            sql.append(" IGNORE NULLS");
        }
        sql.append(')');
        if (call.filter() >= 0) {
            sql.append(" FILTER (WHERE ").append(SCHEMA.field(call.filter()).name()).append(')');
        }
        sql.append(" OVER (");
        if (!partition.isEmpty()) {
            sql.append("PARTITION BY ");
            sql.append(
                    String.join(
                            ", ", partition.stream().map(c -> SCHEMA.field(c).name()).toList()));
        }
        if (!order.isEmpty()) {
            sql.append(" ORDER BY ");
            sql.append(
                    String.join(
                            ", ",
                            order.stream()
                                    .map(
                                            k ->
                                                    SCHEMA.field(k.column()).name()
                                                            + (k.descending() ? " DESC" : " ASC")
                                                            + (k.nullsFirst()
                                                                    ? " NULLS FIRST"
                                                                    : " NULLS LAST"))
                                    .toList()));
        }
        if (framed) {
            sql.append(' ').append(sql(call.frame()));
        }
        return new Case(sql.append(')').toString(), call, partition, order);
    }

    private static final Frame DEFAULT =
            frame(FrameUnit.RANGE, BoundKind.UNBOUNDED_PRECEDING, BoundKind.CURRENT_ROW);

    private static List<Case> rankCases() {
        List<Case> cases = new ArrayList<>();
        for (List<Integer> partition : List.of(List.of(1), List.<Integer>of(), List.of(1, 6))) {
            cases.add(
                    of(
                            call("row_number", ScalarType.BIGINT, false, DEFAULT),
                            partition,
                            BY_O_ID,
                            false));
            for (String name : List.of("rank", "dense_rank")) {
                cases.add(
                        of(call(name, ScalarType.BIGINT, false, DEFAULT), partition, BY_O, false));
                cases.add(
                        of(
                                call(name, ScalarType.BIGINT, false, DEFAULT),
                                partition,
                                BY_O_DESCENDING,
                                false));
            }
            for (String name : List.of("percent_rank", "cume_dist")) {
                cases.add(
                        of(call(name, ScalarType.DOUBLE, false, DEFAULT), partition, BY_O, false));
            }
            for (long buckets : new long[] {1, 3, 7, 1000}) {
                cases.add(
                        of(
                                call("ntile", ScalarType.BIGINT, false, DEFAULT, bigint(buckets)),
                                partition,
                                BY_S_ID,
                                false));
            }
        }
        return cases;
    }

    private static List<Case> valueCases() {
        List<Case> cases = new ArrayList<>();
        for (boolean ignoreNulls : new boolean[] {false, true}) {
            for (String name : List.of("lag", "lead")) {
                for (Object[] arguments :
                        List.of(
                                new Object[] {3},
                                new Object[] {5, bigint(3)},
                                new Object[] {3, 7},
                                new Object[] {3, bigint(2), bigint(-1)},
                                new Object[] {3, 7, 0})) {
                    Type type = arguments[0].equals(5) ? ScalarType.VARCHAR : ScalarType.BIGINT;
                    cases.add(
                            of(
                                    call(name, type, ignoreNulls, DEFAULT, arguments),
                                    List.of(1),
                                    BY_O_ID,
                                    false));
                }
            }
            for (Frame frame : frames()) {
                cases.add(
                        of(
                                call("first_value", ScalarType.BIGINT, ignoreNulls, frame, 3),
                                List.of(1),
                                BY_O_ID,
                                true));
                cases.add(
                        of(
                                call("last_value", ScalarType.VARCHAR, ignoreNulls, frame, 5),
                                List.of(1),
                                BY_O_ID,
                                true));
                cases.add(
                        of(
                                call(
                                        "nth_value",
                                        ScalarType.BIGINT,
                                        ignoreNulls,
                                        frame,
                                        3,
                                        bigint(2)),
                                List.of(1),
                                BY_O_ID,
                                true));
            }
        }
        return cases;
    }

    /// Frames for several order keys.
    private static List<Frame> frames() {
        List<Frame> frames = new ArrayList<>();
        for (FrameUnit unit : List.of(FrameUnit.ROWS, FrameUnit.GROUPS)) {
            for (BoundKind start : BoundKind.values()) {
                for (BoundKind end : BoundKind.values()) {
                    if (start != BoundKind.UNBOUNDED_FOLLOWING
                            && end != BoundKind.UNBOUNDED_PRECEDING
                            && start.ordinal() <= end.ordinal()) {
                        frames.add(frame(unit, start, end));
                    }
                }
            }
        }
        for (Exclusion exclusion : Exclusion.values()) {
            frames.add(
                    frame(FrameUnit.ROWS, BoundKind.PRECEDING, BoundKind.FOLLOWING, exclusion, 7));
            frames.add(
                    frame(
                            FrameUnit.GROUPS,
                            BoundKind.UNBOUNDED_PRECEDING,
                            BoundKind.UNBOUNDED_FOLLOWING,
                            exclusion,
                            7));
            frames.add(
                    frame(
                            FrameUnit.RANGE,
                            BoundKind.UNBOUNDED_PRECEDING,
                            BoundKind.CURRENT_ROW,
                            exclusion,
                            7));
        }
        return frames;
    }

    private static List<Case> aggregateCases(List<Frame> frames, List<SortKey> order) {
        List<Case> cases = new ArrayList<>();
        for (Frame frame : frames) {
            for (List<Integer> partition : List.of(List.of(1), List.<Integer>of())) {
                cases.add(
                        of(
                                call("sum", ScalarType.BIGINT, false, frame, 3),
                                partition,
                                order,
                                true));
            }
            List<Integer> partition = List.of(1);
            cases.add(of(call("count", ScalarType.BIGINT, false, frame), partition, order, true));
            cases.add(
                    of(call("count", ScalarType.BIGINT, false, frame, 3), partition, order, true));
            cases.add(of(call("avg", ScalarType.DOUBLE, false, frame, 4), partition, order, true));
            cases.add(of(call("max", ScalarType.VARCHAR, false, frame, 5), partition, order, true));
            cases.add(of(call("min", MONEY, false, frame, 8), partition, order, true));
            WindowCall sum = call("sum", new DecimalType(38, 2), false, frame, 8);
            cases.add(
                    of(
                            new WindowCall(
                                    sum.function(),
                                    sum.arguments(),
                                    sum.constants(),
                                    false,
                                    6,
                                    false,
                                    frame,
                                    sum.output()),
                            partition,
                            order,
                            true));
            WindowCall distinct = call("count", ScalarType.BIGINT, false, frame, 5);
            cases.add(
                    of(
                            new WindowCall(
                                    distinct.function(),
                                    distinct.arguments(),
                                    distinct.constants(),
                                    true,
                                    -1,
                                    false,
                                    frame,
                                    distinct.output()),
                            partition,
                            order,
                            true));
        }
        return cases;
    }

    private static List<Frame> rangeFrames(int offset) {
        List<Frame> frames = new ArrayList<>();
        for (BoundKind start : BoundKind.values()) {
            for (BoundKind end : BoundKind.values()) {
                if (start != BoundKind.UNBOUNDED_FOLLOWING
                        && end != BoundKind.UNBOUNDED_PRECEDING
                        && start.ordinal() <= end.ordinal()) {
                    frames.add(frame(FrameUnit.RANGE, start, end, Exclusion.NO_OTHERS, offset));
                }
            }
        }
        return frames;
    }

    @Test
    void ranksEqualDuckdb() throws SQLException {
        compare(rankCases());
    }

    @Test
    void valuesEqualDuckdb() throws SQLException {
        compare(valueCases());
    }

    @Test
    void aggregatesOverRowsAndGroupsEqualDuckdb() throws SQLException {
        compare(aggregateCases(frames(), BY_O_ID));
    }

    @Test
    void aggregatesOverPeersEqualDuckdb() throws SQLException {
        List<Frame> frames = new ArrayList<>();
        for (Frame frame : frames()) {
            if (frame.unit() != FrameUnit.ROWS) {
                frames.add(frame);
            }
        }
        compare(aggregateCases(frames, BY_O));
    }

    @Test
    void aggregatesOverRangesEqualDuckdb() throws SQLException {
        compare(aggregateCases(rangeFrames(7), BY_O));
        compare(aggregateCases(rangeFrames(7), BY_O_DESCENDING));
        compare(aggregateCases(rangeFrames(7), List.of(new SortKey(4, false, true))));
        compare(aggregateCases(rangeFrames(8), List.of(new SortKey(8, true, false))));
        compare(aggregateCases(rangeFrames(10), List.of(new SortKey(9, false, false))));
        compare(aggregateCases(rangeFrames(10), List.of(new SortKey(9, true, false))));
    }

    private static void compare(List<Case> cases) throws SQLException {
        // DuckDB refuses a frame whose offset column is null where it is needed
        for (Case each : cases) {
            if (each.call.frame().start().offset() == 8 || each.call.frame().end().offset() == 8) {
                compareOne(each, ROWS.stream().filter(row -> row.get(8) != null).toList());
            } else {
                compareOne(each, ROWS);
            }
        }
    }

    private static void compareOne(Case each, List<List<@Nullable Object>> rows)
            throws SQLException {
        Map<Object, Object> expected = new HashMap<>();
        String where = rows.size() == ROWS.size() ? "" : " WHERE m IS NOT NULL";
        try (Statement statement = duckdb.createStatement();
                ResultSet result =
                        statement.executeQuery("SELECT id, " + each.sql + " FROM w" + where)) {
            while (result.next()) {
                expected.put(result.getLong(1), result.getObject(2));
            }
        } catch (SQLException e) {
            throw new SQLException(each.sql + ": " + e.getMessage(), e);
        }
        for (Form form : Form.values()) {
            int workers = form == Form.FLAT ? 1 : 4;
            int batchRows = form == Form.FLAT ? 2048 : 7;
            List<List<@Nullable Object>> result =
                    run(each.call, each.partition, each.order, rows, workers, batchRows, form);
            assertThat(result).as(each.sql).hasSameSizeAs(rows);
            for (List<@Nullable Object> row : result) {
                Object id = row.get(0);
                assertEqual(each.sql + " at " + id, row.get(SCHEMA.size()), expected.get(id));
            }
        }
    }

    private static void assertEqual(
            String what, @Nullable Object actual, @Nullable Object expected) {
        if (expected instanceof Double number && actual instanceof Double own) {
            assertThat(own)
                    .as(what)
                    .isCloseTo(number, within(1e-9 * Math.max(1, Math.abs(number))));
        } else if (expected == null || actual == null) {
            assertThat(actual).as(what).isEqualTo(expected);
        } else {
            assertThat(new BigDecimalOrText(actual))
                    .as(what)
                    .isEqualTo(new BigDecimalOrText(expected));
        }
    }

    private record BigDecimalOrText(String text) {
        private BigDecimalOrText(Object value) {
            this(
                    value instanceof String s
                            ? s
                            : new BigDecimal(value.toString()).stripTrailingZeros().toString());
        }
    }

    private static List<List<@Nullable Object>> run(
            WindowCall call,
            List<Integer> partition,
            List<SortKey> order,
            List<List<@Nullable Object>> rows,
            int workers,
            int batchRows,
            Form form) {
        List<Field> fields = new ArrayList<>(SCHEMA.fields());
        fields.add(call.output());
        Window node =
                new Window(
                        new Values(List.of(), SCHEMA),
                        partition,
                        order,
                        List.of(call),
                        new Schema(fields));
        try (OperatorDriver driver = new OperatorDriver(workers, batchRows, form, 1L << 32)) {
            WindowOperation operation = new WindowOperation(node);
            return driver.run(operation.sink(), operation.source(), SCHEMA, rows);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void noRowsGiveNoRows(int workers) {
        WindowCall call = call("rank", ScalarType.BIGINT, false, DEFAULT);
        assertThat(run(call, List.of(1), BY_O, List.of(), workers, 7, Form.FLAT)).isEmpty();
        assertThat(run(call, List.of(), BY_O, List.of(), workers, 7, Form.FLAT)).isEmpty();
    }

    @Test
    void manyRowsAreDividedAmongWorkers() {
        List<List<@Nullable Object>> rows = new ArrayList<>();
        for (long i = 0; i < 50_000; i++) {
            rows.add(
                    Arrays.asList(
                            i,
                            "partition number " + i % 1000,
                            (i * 7919) % 50_000,
                            1L,
                            null,
                            null,
                            null,
                            1L,
                            null,
                            null,
                            0L));
        }
        WindowCall call =
                call(
                        "sum",
                        ScalarType.BIGINT,
                        false,
                        frame(FrameUnit.ROWS, BoundKind.UNBOUNDED_PRECEDING, BoundKind.CURRENT_ROW),
                        3);
        for (boolean zero : new boolean[] {false, true}) {
            System.setProperty(HashKernels.HASH_ZERO_PROPERTY, Boolean.toString(zero));
            try {
                List<List<@Nullable Object>> result =
                        run(call, List.of(1), BY_O, rows, 4, 2048, Form.FLAT);
                assertThat(result).hasSize(50_000);
                Map<Object, List<List<@Nullable Object>>> partitions = new HashMap<>();
                for (List<@Nullable Object> row : result) {
                    partitions.computeIfAbsent(row.get(1), _ -> new ArrayList<>()).add(row);
                }
                assertThat(partitions).hasSize(1000);
                for (List<List<@Nullable Object>> partition : partitions.values()) {
                    partition.sort((a, b) -> Long.compare((Long) a.get(2), (Long) b.get(2)));
                    for (int i = 0; i < partition.size(); i++) {
                        assertThat(partition.get(i).get(SCHEMA.size())).isEqualTo(i + 1L);
                    }
                }
            } finally {
                System.clearProperty(HashKernels.HASH_ZERO_PROPERTY);
            }
        }
    }

    @Test
    void constantArgumentsEqualDuckdb() throws SQLException {
        compare(
                List.of(
                        of(
                                call("sum", ScalarType.BIGINT, false, DEFAULT, bigint(2)),
                                List.of(1),
                                BY_O,
                                false),
                        of(
                                call("max", ScalarType.BIGINT, false, DEFAULT, bigint(2)),
                                List.of(1),
                                List.of(),
                                false),
                        of(
                                call("first_value", ScalarType.BIGINT, false, DEFAULT, bigint(2)),
                                List.of(),
                                BY_O,
                                false)));
    }

    @Test
    void distancesBeyondAllRowsGiveTheDefault() {
        for (long distance : new long[] {Integer.MAX_VALUE, Long.MAX_VALUE, -Long.MAX_VALUE}) {
            WindowCall call = call("lead", ScalarType.BIGINT, false, DEFAULT, 3, bigint(distance));
            for (List<@Nullable Object> row :
                    run(call, List.of(1), BY_O_ID, ROWS, 1, 2048, Form.FLAT)) {
                assertThat(row.get(SCHEMA.size())).isNull();
            }
        }
    }

    @Test
    void badArgumentsAreErrors() {
        assertInvalid(call("ntile", ScalarType.BIGINT, false, DEFAULT, bigint(0)));
        assertInvalid(call("nth_value", ScalarType.BIGINT, false, DEFAULT, 3, bigint(0)));
        assertInvalid(
                call(
                        "sum",
                        ScalarType.BIGINT,
                        false,
                        frame(
                                FrameUnit.ROWS,
                                BoundKind.PRECEDING,
                                BoundKind.CURRENT_ROW,
                                Exclusion.NO_OTHERS,
                                3),
                        3));
    }

    private static void assertInvalid(WindowCall call) {
        assertThatThrownBy(() -> run(call, List.of(1), BY_O, ROWS, 1, 2048, Form.FLAT))
                .isInstanceOfSatisfying(
                        NeuralakeException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_PARAMETER));
    }

    @Test
    void failsCleanlyAtTheMemoryLimit() {
        Window node =
                new Window(
                        new Values(List.of(), SCHEMA),
                        List.of(1),
                        BY_O,
                        List.of(
                                call("rank", ScalarType.BIGINT, false, DEFAULT),
                                call("sum", ScalarType.BIGINT, false, DEFAULT, 3),
                                call("lag", ScalarType.VARCHAR, true, DEFAULT, 5)),
                        SCHEMA);
        for (long limit = 1 << 14; limit < 1 << 22; limit += limit / 4) {
            try (OperatorDriver driver = new OperatorDriver(2, 100, Form.FLAT, limit)) {
                WindowOperation operation = new WindowOperation(node);
                try {
                    driver.run(operation.sink(), operation.source(), SCHEMA, ROWS);
                } catch (NeuralakeException e) {
                    assertThat(e.code()).isEqualTo(ErrorCode.OUT_OF_MEMORY);
                }
            }
        }
    }
}
