package io.neuralake.planner.lower;

import io.neuralake.exec.expression.RowExpression.Literal;
import io.neuralake.planner.rel.TypeMapping;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.ListType;
import io.neuralake.spi.type.MapType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.StructType;
import io.neuralake.spi.type.Type;

import org.apache.calcite.avatica.util.ByteString;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.util.DateString;
import org.apache.calcite.util.NlsString;
import org.apache.calcite.util.TimeString;
import org.apache.calcite.util.TimestampString;
import org.apache.calcite.util.TimestampWithTimeZoneString;
import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Converts constants between Calcite's form and the engine's Java form.
public final class Literals {
    private static final long MICROS_PER_MILLI = 1000;

    private Literals() {}

    /// Translates a literal.
    static Literal of(RexLiteral literal) {
        Type type = TypeMapping.toType(literal.getType());
        return new Literal(literal.isNull() ? null : java(kept(literal), type), type);
    }

    /// Returns the value as Calcite keeps it; the Calendar of `getValue` has no microseconds.
    @SuppressWarnings("rawtypes")
    private static @Nullable Object kept(RexLiteral literal) {
        return literal.getValueAs(Comparable.class);
    }

    /// Returns a value as Calcite keeps it in the Java form of a type.
    static @Nullable Object java(@Nullable Object value, Type type) {
        if (value == null) {
            return null;
        }
        return switch (type) {
            case ScalarType scalar -> scalar(value, scalar);
            case DecimalType decimal ->
                    number(value).setScale(decimal.scale(), RoundingMode.HALF_UP);
            case ListType list -> elements(value, list.element());
            case StructType struct -> members(value, struct);
            case MapType map -> throw unsupported(type);
        };
    }

    private static NeuralakeException unsupported(Type type) {
        return new NeuralakeException(
                ErrorCode.UNSUPPORTED, "Constant not supported: " + type.sql());
    }

    private static @Nullable Object scalar(Object value, ScalarType type) {
        return switch (type) {
            case NULL -> null;
            case BOOLEAN -> value;
            case TINYINT, SMALLINT, INTEGER, BIGINT -> number(value).longValue();
            case REAL, DOUBLE -> ((Number) value).doubleValue();
            case VARCHAR -> value instanceof NlsString s ? s.getValue() : value.toString();
            case VARBINARY -> ((ByteString) value).getBytes();
            case DATE -> days(value);
            case TIME -> micros(LocalTime.parse(timeText(value)));
            case TIMESTAMP, TIMESTAMP_TZ -> timestamp(value);
            case INTERVAL_YEAR_MONTH -> number(value).longValue();
            case INTERVAL_DAY_TIME ->
                    number(value).multiply(BigDecimal.valueOf(MICROS_PER_MILLI)).longValue();
        };
    }

    private static BigDecimal number(Object value) {
        return switch (value) {
            case BigDecimal d -> d;
            case Double d -> BigDecimal.valueOf(d);
            case Number n -> BigDecimal.valueOf(n.longValue());
            default -> throw new IllegalStateException("Not a number: " + value.getClass());
        };
    }

    private static long days(Object value) {
        return switch (value) {
            case DateString d -> d.getDaysSinceEpoch();
            case Number n -> n.longValue();
            case java.util.Calendar c ->
                    Math.floorDiv(c.getTimeInMillis(), ChronoUnit.DAYS.getDuration().toMillis());
            default -> throw new IllegalStateException("Not a date: " + value.getClass());
        };
    }

    private static String timeText(Object value) {
        return value instanceof java.util.Calendar calendar
                ? TimeString.fromCalendarFields(calendar).toString()
                : value.toString();
    }

    private static long micros(LocalTime time) {
        return time.getLong(ChronoField.MICRO_OF_DAY);
    }

    private static long timestamp(Object value) {
        return switch (value) {
            case TimestampString t -> epochMicros(t.toString());
            case TimestampWithTimeZoneString t ->
                    epochMicros(t.getLocalTimestampString().toString());
            case java.util.Calendar c -> c.getTimeInMillis() * MICROS_PER_MILLI;
            case Number n -> n.longValue() * MICROS_PER_MILLI;
            default -> throw new IllegalStateException("Not a timestamp: " + value.getClass());
        };
    }

    private static long epochMicros(String text) {
        LocalDateTime time = LocalDateTime.parse(text.replace(' ', 'T'));
        return ChronoUnit.MICROS.between(LocalDateTime.ofEpochSecond(0, 0, ZoneOffset.UTC), time);
    }

    private static List<Object> elements(Object value, Type element) {
        List<Object> result = new ArrayList<>();
        for (Object item : (List<?>) value) {
            result.add(java(item instanceof RexLiteral l ? kept(l) : item, element));
        }
        return java.util.Collections.unmodifiableList(result);
    }

    private static List<Object> members(Object value, StructType struct) {
        List<?> items = (List<?>) value;
        List<Object> result = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            Object item = items.get(i);
            result.add(
                    java(
                            item instanceof RexLiteral l ? kept(l) : item,
                            struct.fields().get(i).type()));
        }
        return java.util.Collections.unmodifiableList(result);
    }

    /// Makes a Calcite literal; empty for values that it cannot hold.
    public static Optional<RexNode> toRex(
            @Nullable Object value, RelDataType type, RexBuilder rexBuilder) {
        if (value == null) {
            return Optional.of(rexBuilder.makeNullLiteral(type));
        }
        if (!(TypeMapping.toType(type) instanceof ScalarType scalar)) {
            return value instanceof BigDecimal number
                    ? Optional.of(rexBuilder.makeExactLiteral(number, type))
                    : Optional.empty();
        }
        return switch (scalar) {
            case BOOLEAN -> Optional.of(rexBuilder.makeLiteral((Boolean) value));
            case TINYINT, SMALLINT, INTEGER, BIGINT ->
                    Optional.of(
                            rexBuilder.makeExactLiteral(BigDecimal.valueOf((Long) value), type));
            case REAL, DOUBLE ->
                    isDecimal((Double) value)
                            ? Optional.of(
                                    rexBuilder.makeApproxLiteral(
                                            new BigDecimal((Double) value), type))
                            : Optional.empty();
            case VARCHAR -> Optional.of(rexBuilder.makeLiteral(value, type, true));
            case DATE ->
                    Optional.of(
                            rexBuilder.makeDateLiteral(
                                    DateString.fromDaysSinceEpoch(((Long) value).intValue())));
            case TIMESTAMP ->
                    Optional.of(
                            rexBuilder.makeTimestampLiteral(
                                    timestampString((Long) value), TypeMapping.FRACTION_DIGITS));
            case TIMESTAMP_TZ ->
                    Optional.of(
                            rexBuilder.makeTimestampWithLocalTimeZoneLiteral(
                                    timestampString((Long) value), TypeMapping.FRACTION_DIGITS));
            default -> Optional.empty();
        };
    }

    /// Tells whether a decimal number holds the value: not NaN, infinity or negative zero.
    private static boolean isDecimal(double value) {
        return Double.isFinite(value) && (value != 0 || 1 / value > 0);
    }

    private static TimestampString timestampString(long micros) {
        LocalDateTime time =
                LocalDateTime.ofEpochSecond(
                        Math.floorDiv(micros, 1_000_000L),
                        (int) Math.floorMod(micros, 1_000_000L) * 1000,
                        ZoneOffset.UTC);
        return new TimestampString(
                        time.getYear(),
                        time.getMonthValue(),
                        time.getDayOfMonth(),
                        time.getHour(),
                        time.getMinute(),
                        time.getSecond())
                .withNanos(time.getNano());
    }
}
