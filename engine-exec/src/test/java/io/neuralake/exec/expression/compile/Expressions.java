package io.neuralake.exec.expression.compile;

import io.neuralake.exec.expression.RowExpression;
import io.neuralake.exec.expression.RowExpression.Call;
import io.neuralake.exec.expression.RowExpression.Cast;
import io.neuralake.exec.expression.RowExpression.InputRef;
import io.neuralake.exec.expression.RowExpression.Literal;
import io.neuralake.exec.function.ScalarFunctions;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ColumnBuilder;
import io.neuralake.spi.batch.ConstantColumn;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.DictionaryColumn;
import io.neuralake.spi.memory.ArrowAllocator;
import io.neuralake.spi.memory.LimitedReservation;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import org.apache.arrow.memory.RootAllocator;
import org.jspecify.annotations.Nullable;

import java.lang.foreign.ValueLayout;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;

/// Builds and evaluates expressions in tests, over flat, dictionary and constant columns, and checks
/// that nothing leaks.
final class Expressions implements AutoCloseable {
    /// Forms in which an input column is given.
    enum Form {
        FLAT,
        /// Half of the nulls are codes of a null.
        DICTIONARY,
        /// As files have them: nulls have any code.
        DICTIONARY_AND_VALIDITY
    }

    static final Instant NOW = Instant.parse("2026-11-23T22:30:00.5Z");

    private final RootAllocator root = new RootAllocator();
    final ArrowAllocator allocator =
            new ArrowAllocator(root, new LimitedReservation("test", Long.MAX_VALUE, null));
    private final ExpressionCompiler compiler;

    Expressions() {
        this("UTC");
    }

    Expressions(String zone, Literal... parameters) {
        compiler =
                new ExpressionCompiler(
                        new EvaluationSettings(List.of(parameters), ZoneId.of(zone), NOW));
    }

    static InputRef ref(int column, Type type) {
        return new InputRef(column, type);
    }

    static Literal lit(@Nullable Object value, Type type) {
        return new Literal(value, type);
    }

    static Literal lit(long value) {
        return new Literal(value, ScalarType.BIGINT);
    }

    static Literal lit(double value) {
        return new Literal(value, ScalarType.DOUBLE);
    }

    static Literal lit(String value) {
        return new Literal(value, ScalarType.VARCHAR);
    }

    static Literal dec(String value) {
        BigDecimal decimal = new BigDecimal(value);
        return new Literal(
                decimal,
                new DecimalType(Math.max(decimal.precision(), decimal.scale()), decimal.scale()));
    }

    static Literal date(String value) {
        return new Literal(LocalDate.parse(value).toEpochDay(), ScalarType.DATE);
    }

    static Literal timestamp(String value) {
        Instant instant = Instant.parse(value + "Z");
        return new Literal(
                instant.getEpochSecond() * 1_000_000 + instant.getNano() / 1000,
                ScalarType.TIMESTAMP);
    }

    static Literal days(long days) {
        return new Literal(days * 86_400_000_000L, ScalarType.INTERVAL_DAY_TIME);
    }

    static Literal months(long months) {
        return new Literal(months, ScalarType.INTERVAL_YEAR_MONTH);
    }

    /// A call whose type the catalogue derives.
    static Call call(String function, RowExpression... arguments) {
        List<Type> types = List.of(arguments).stream().map(RowExpression::type).toList();
        return new Call(
                function,
                List.of(arguments),
                ScalarFunctions.find(function).orElseThrow().resultType(types));
    }

    static Cast cast(RowExpression value, Type type) {
        return new Cast(value, type, false);
    }

    static Cast tryCast(RowExpression value, Type type) {
        return new Cast(value, type, true);
    }

    @Nullable Object constant(RowExpression expression) {
        return compiler.constant(expression);
    }

    /// Builds a column in a form.
    Column column(Form form, Type type, List<?> values) {
        if (form == Form.FLAT || values.isEmpty()) {
            return ColumnBuilder.of(allocator, type, values);
        }
        List<@Nullable Object> distinct = new ArrayList<>();
        distinct.add(null); // a null in the dictionary, used by every other null row
        for (Object value : values) {
            if (value != null && !distinct.contains(value)) {
                distinct.add(value);
            }
        }
        boolean nulls = values.contains(null);
        boolean nullCode = nulls && form == Form.DICTIONARY;
        List<@Nullable Object> entries = nullCode ? distinct : distinct.subList(1, distinct.size());
        if (entries.isEmpty()) {
            return ColumnBuilder.of(allocator, type, values);
        }
        DataBuffer codes = allocator.allocate(4L * values.size());
        DataBuffer validity = nulls ? allocator.allocateZeroed(Bitmap.bytes(values.size())) : null;
        int seen = 0;
        for (int i = 0; i < values.size(); i++) {
            Object value = values.get(i);
            int code = Math.max(0, entries.indexOf(value));
            boolean null2 = value == null && (!nullCode || seen++ % 2 == 0);
            codes.segment()
                    .set(ValueLayout.JAVA_INT_UNALIGNED, 4L * i, null2 ? entries.size() - 1 : code);
            if (validity != null) {
                Bitmap.set(validity.segment(), i, !null2);
            }
        }
        return new DictionaryColumn(
                values.size(), codes, ColumnBuilder.of(allocator, type, entries), validity);
    }

    Column constantColumn(Type type, @Nullable Object value, int rows) {
        return new ConstantColumn(
                rows, ColumnBuilder.of(allocator, type, Collections.singletonList(value)));
    }

    Batch batch(Column... columns) {
        return Batch.of(columns[0].rowCount(), columns);
    }

    /// Selects rows of a batch.
    Batch selected(Column[] columns, boolean... rows) {
        DataBuffer bits = allocator.allocateZeroed(Bitmap.bytes(rows.length));
        for (int i = 0; i < rows.length; i++) {
            Bitmap.set(bits.segment(), i, rows[i]);
        }
        return Batch.selected(
                rows.length, columns, bits, Bitmap.count(bits.segment(), rows.length));
    }

    /// Evaluates over a batch, twice with one evaluator, and closes the batch.
    List<@Nullable Object> evaluate(RowExpression expression, Batch batch) {
        try (batch;
                ExpressionEvaluator evaluator = compiler.evaluator(expression, allocator)) {
            evaluator.evaluate(batch).release();
            Column result = evaluator.evaluate(batch);
            List<@Nullable Object> values = new ArrayList<>();
            for (int i = 0; i < result.rowCount(); i++) {
                DataBuffer selection = batch.selection();
                boolean counts = selection == null || Bitmap.get(selection.segment(), i);
                values.add(counts ? result.value(i) : "-");
            }
            result.release();
            return values;
        }
    }

    /// Finds the rows that pass, also when the same dictionaries come again, and closes the batch.
    List<Integer> pass(RowExpression expression, Batch batch) {
        try (batch;
                PredicateEvaluator evaluator = compiler.predicate(expression, allocator)) {
            DataBuffer bits = allocator.allocate(Bitmap.bytes(batch.rowCount()));
            List<Integer> first = null;
            for (int time = 0; time < 3; time++) {
                int count = evaluator.evaluate(batch, bits.segment());
                List<Integer> rows = new ArrayList<>();
                for (int i = 0; i < batch.rowCount(); i++) {
                    if (Bitmap.get(bits.segment(), i)) {
                        rows.add(i);
                    }
                }
                if (count != rows.size()) {
                    throw new AssertionError("Count " + count + " differs from bits " + rows);
                }
                if (first != null && !first.equals(rows)) {
                    throw new AssertionError("First " + first + ", then " + rows);
                }
                first = rows;
            }
            bits.release();
            return Objects.requireNonNull(first);
        }
    }

    @Override
    public void close() {
        root.close();
    }
}
