package io.neuralake.planner;

import io.neuralake.exec.expression.RowExpression.Literal;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ListType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Casts bound values to the types of a statement's parameters, as an assignment would.
public final class ParameterValues {
    private static final long MICROS_PER_DAY = 86_400_000_000L;

    private final ZoneId zone;

    private ParameterValues(ZoneId zone) {
        this.zone = zone;
    }

    /// Casts all values. Throws UNBOUND_PARAMETER when there are too few, INVALID_PARAMETER when there
    /// are too many or a value does not fit, TYPE_MISMATCH when its type does not.
    public static List<Literal> cast(List<Literal> values, Schema parameters, ZoneId zone) {
        if (values.size() < parameters.size()) {
            throw new NeuralakeException(
                    ErrorCode.UNBOUND_PARAMETER,
                    "Parameter is not bound: " + (values.size() + 1) + " of " + parameters.size());
        }
        if (values.size() > parameters.size()) {
            throw new NeuralakeException(
                    ErrorCode.INVALID_PARAMETER,
                    "Too many parameters: "
                            + values.size()
                            + " bound, the statement has "
                            + parameters.size());
        }
        ParameterValues caster = new ParameterValues(zone);
        List<Literal> cast = new ArrayList<>(values.size());
        for (int i = 0; i < values.size(); i++) {
            cast.add(caster.cast(values.get(i), parameters.field(i)));
        }
        return cast;
    }

    private Literal cast(Literal value, Field parameter) {
        Type target = parameter.type();
        Object java = value.value();
        if (java == null || value.type().equals(target)) {
            return new Literal(java, target);
        }
        try {
            Object converted = convert(java, value.type(), target);
            if (converted != null) {
                return new Literal(converted, target);
            }
        } catch (NumberFormatException | ArithmeticException | DateTimeException e) {
            throw new NeuralakeException(
                    ErrorCode.INVALID_PARAMETER,
                    "Value does not fit parameter "
                            + parameter.name()
                            + " of type "
                            + target.sql()
                            + ": "
                            + java,
                    e);
        }
        throw new NeuralakeException(
                ErrorCode.TYPE_MISMATCH,
                "Parameter "
                        + parameter.name()
                        + " is of type "
                        + target.sql()
                        + ", not "
                        + value.type().sql());
    }

    /// Returns the Java form in the target type; null when the types do not convert.
    private @Nullable Object convert(Object value, Type from, Type to) {
        if (from.equals(to)) {
            return value;
        }
        return switch (to) {
            case ScalarType scalar -> scalar(value, from, scalar);
            case DecimalType decimal -> decimal(value, from, decimal);
            case ListType list ->
                    from instanceof ListType source && value instanceof List<?> elements
                            ? elements(elements, source.element(), list.element())
                            : null;
            default -> null;
        };
    }

    private @Nullable Object elements(List<?> values, Type from, Type to) {
        List<@Nullable Object> converted = new ArrayList<>(values.size());
        for (Object element : values) {
            Object value = element == null ? null : convert(element, from, to);
            if (element != null && value == null) {
                return null;
            }
            converted.add(value);
        }
        return converted;
    }

    private @Nullable Object scalar(Object value, Type from, ScalarType to) {
        return switch (to) {
            case NULL -> null;
            case BOOLEAN -> from == ScalarType.VARCHAR ? bool((String) value) : null;
            case TINYINT -> whole(value, from, Byte.MIN_VALUE, Byte.MAX_VALUE);
            case SMALLINT -> whole(value, from, Short.MIN_VALUE, Short.MAX_VALUE);
            case INTEGER -> whole(value, from, Integer.MIN_VALUE, Integer.MAX_VALUE);
            case BIGINT -> whole(value, from, Long.MIN_VALUE, Long.MAX_VALUE);
            case REAL, DOUBLE -> {
                BigDecimal number = number(value, from);
                yield value instanceof Double d ? d : number == null ? null : number.doubleValue();
            }
            case VARCHAR -> text(value, from);
            case VARBINARY -> null;
            case DATE -> date(value, from);
            case TIME ->
                    from == ScalarType.VARCHAR
                            ? (Object) (LocalTime.parse((String) value).toNanoOfDay() / 1000)
                            : null;
            case TIMESTAMP -> timestamp(value, from);
            case TIMESTAMP_TZ -> instant(value, from);
            case INTERVAL_YEAR_MONTH, INTERVAL_DAY_TIME -> null;
        };
    }

    private static Boolean bool(String text) {
        return switch (text.strip().toLowerCase(Locale.ROOT)) {
            case "true", "t", "1", "yes", "on" -> true;
            case "false", "f", "0", "no", "off" -> false;
            default -> throw new NumberFormatException("Not a Boolean: " + text);
        };
    }

    /// Returns a number; null when the value is none.
    private static @Nullable BigDecimal number(Object value, Type from) {
        return switch (value) {
            case Double d -> Double.isFinite(d) ? new BigDecimal(d) : notFinite(d);
            case BigDecimal decimal -> decimal;
            case Long l when isInteger(from) -> BigDecimal.valueOf(l);
            case Boolean b -> b ? BigDecimal.ONE : BigDecimal.ZERO;
            case String text -> new BigDecimal(text.strip());
            default -> null;
        };
    }

    private static @Nullable BigDecimal notFinite(double value) {
        throw new ArithmeticException("Not a finite number: " + value);
    }

    private static boolean isInteger(Type type) {
        return type == ScalarType.TINYINT
                || type == ScalarType.SMALLINT
                || type == ScalarType.INTEGER
                || type == ScalarType.BIGINT;
    }

    private static @Nullable Object whole(Object value, Type from, long min, long max) {
        BigDecimal number = value instanceof Boolean ? null : number(value, from);
        if (number == null) {
            return null;
        }
        long whole = number.setScale(0, RoundingMode.HALF_UP).longValueExact();
        if (whole < min || whole > max) {
            throw new ArithmeticException("Out of range: " + whole);
        }
        return whole;
    }

    private static @Nullable Object decimal(Object value, Type from, DecimalType to) {
        BigDecimal number = value instanceof Boolean ? null : number(value, from);
        if (number == null) {
            return null;
        }
        BigDecimal scaled = number.setScale(to.scale(), RoundingMode.HALF_UP);
        if (scaled.precision() > to.precision() && scaled.signum() != 0) {
            throw new ArithmeticException("Out of range: " + number);
        }
        return scaled;
    }

    private static @Nullable Object text(Object value, Type from) {
        return switch (value) {
            case String s -> s;
            case Boolean b -> b.toString();
            case BigDecimal d -> d.toPlainString();
            case Double d -> d.toString();
            case Long l ->
                    switch (from) {
                        case ScalarType.DATE -> LocalDate.ofEpochDay(l).toString();
                        case ScalarType.TIMESTAMP, ScalarType.TIMESTAMP_TZ ->
                                dateTime(l).toString().replace('T', ' ');
                        case ScalarType.TIME -> LocalTime.ofNanoOfDay(l * 1000).toString();
                        default -> l.toString();
                    };
            default -> null;
        };
    }

    private @Nullable Object date(Object value, Type from) {
        return switch (value) {
            case String s -> LocalDate.parse(s.strip()).toEpochDay();
            case Long l when from == ScalarType.TIMESTAMP -> Math.floorDiv(l, MICROS_PER_DAY);
            case Long l when from == ScalarType.TIMESTAMP_TZ -> local(l).toLocalDate().toEpochDay();
            default -> null;
        };
    }

    private @Nullable Object timestamp(Object value, Type from) {
        return switch (value) {
            case String s -> micros(parse(s));
            case Long l when from == ScalarType.DATE -> Math.multiplyExact(l, MICROS_PER_DAY);
            case Long l when from == ScalarType.TIMESTAMP_TZ -> micros(local(l));
            default -> null;
        };
    }

    private @Nullable Object instant(Object value, Type from) {
        return switch (value) {
            case String s -> instant(s.strip());
            case Long l when from == ScalarType.DATE ->
                    zoned(LocalDate.ofEpochDay(l).atStartOfDay());
            case Long l when from == ScalarType.TIMESTAMP -> zoned(dateTime(l));
            default -> null;
        };
    }

    private long instant(String text) {
        String iso = text.replace(' ', 'T');
        if (iso.matches(".*T.*([Zz]|[+-]\\d{2}(:?\\d{2})?)$")) {
            String offset = iso.matches(".*[+-]\\d{2}$") ? iso + ":00" : iso;
            return micros(
                    OffsetDateTime.parse(offset)
                            .withOffsetSameInstant(ZoneOffset.UTC)
                            .toLocalDateTime());
        }
        return zoned(parse(text));
    }

    private long zoned(LocalDateTime local) {
        return micros(local.atZone(zone).withZoneSameInstant(ZoneOffset.UTC).toLocalDateTime());
    }

    private LocalDateTime local(long micros) {
        return dateTime(micros).atZone(ZoneOffset.UTC).withZoneSameInstant(zone).toLocalDateTime();
    }

    private static LocalDateTime parse(String text) {
        String iso = text.strip().replace(' ', 'T');
        return iso.contains("T") ? LocalDateTime.parse(iso) : LocalDate.parse(iso).atStartOfDay();
    }

    private static LocalDateTime dateTime(long micros) {
        return LocalDateTime.ofEpochSecond(
                Math.floorDiv(micros, 1_000_000L),
                (int) Math.floorMod(micros, 1_000_000L) * 1000,
                ZoneOffset.UTC);
    }

    private static long micros(LocalDateTime time) {
        return Math.addExact(
                Math.multiplyExact(time.toEpochSecond(ZoneOffset.UTC), 1_000_000L),
                time.getNano() / 1000);
    }
}
