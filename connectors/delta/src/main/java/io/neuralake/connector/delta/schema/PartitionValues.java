package io.neuralake.connector.delta.schema;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.Locale;

/// Reads and writes partition values, which the log has as texts (PROTOCOL.md, "Partition Value
/// Serialization").
public final class PartitionValues {
    private static final DateTimeFormatter TIMESTAMP =
            new DateTimeFormatterBuilder()
                    .append(DateTimeFormatter.ISO_LOCAL_DATE)
                    .appendLiteral(' ')
                    .appendPattern("HH:mm:ss")
                    .optionalStart()
                    .appendFraction(ChronoField.NANO_OF_SECOND, 1, 9, true)
                    .optionalEnd()
                    .toFormatter();

    private static final DateTimeFormatter INSTANT =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS", Locale.ROOT);
    private static final DateTimeFormatter TIMESTAMP_SIX =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSS", Locale.ROOT);

    private PartitionValues() {}

    /// Returns the text of a value in Java form; null for null and for the empty text, which the protocol does not
    /// tell apart. Throws UNSUPPORTED for a value that no text would bring back.
    public static @Nullable String format(Type type, @Nullable Object value) {
        if (value == null) {
            return null;
        }
        if (type instanceof DecimalType) {
            return ((BigDecimal) value).toPlainString();
        }
        if (!(type instanceof ScalarType scalar)) {
            throw unsupported(type);
        }
        return switch (scalar) {
            case BOOLEAN, TINYINT, SMALLINT, INTEGER, BIGINT, DOUBLE -> value.toString();
            case REAL -> Float.toString(((Number) value).floatValue());
            case VARCHAR -> ((String) value).isEmpty() ? null : (String) value;
            case VARBINARY -> binary((byte[]) value);
            case DATE -> LocalDate.ofEpochDay((Long) value).toString();
            case TIMESTAMP, TIMESTAMP_TZ -> timestamp((Long) value, scalar);
            case NULL, TIME, INTERVAL_YEAR_MONTH, INTERVAL_DAY_TIME -> throw unsupported(type);
        };
    }

    private static NeuralakeException unsupported(Type type) {
        return new NeuralakeException(
                ErrorCode.UNSUPPORTED, "Type cannot be partitioned by: " + type.sql());
    }

    /// Bytes are kept as the text that they are.
    private static @Nullable String binary(byte[] value) {
        try {
            String text =
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(value)).toString();
            return text.isEmpty() ? null : text;
        } catch (CharacterCodingException noText) {
            throw new NeuralakeException(
                    ErrorCode.UNSUPPORTED,
                    "Partition value is no text, and cannot be kept in a Delta log: "
                            + HexFormat.of().formatHex(value),
                    noText);
        }
    }

    /// An instant is written in ISO 8601 with its zone, which says all; one without zone as the protocol has it.
    private static String timestamp(long micros, ScalarType type) {
        LocalDateTime time =
                LocalDateTime.ofInstant(
                        Instant.EPOCH.plus(micros, ChronoUnit.MICROS), ZoneOffset.UTC);
        return type == ScalarType.TIMESTAMP_TZ
                ? time.format(INSTANT) + "Z"
                : time.format(TIMESTAMP_SIX);
    }

    /// Returns the value in Java form; null for null and for the empty text. Timestamps without zone
    /// are taken as UTC. Throws CORRUPT_FILE for a text that is none of the column's type.
    static @Nullable Object parse(Field field, @Nullable String text) {
        if (text == null || text.isEmpty()) {
            return null;
        }
        try {
            return parse(field.type(), text);
        } catch (RuntimeException e) {
            throw new NeuralakeException(
                    ErrorCode.CORRUPT_FILE,
                    "Partition value is not of its column's type: "
                            + field.name()
                            + " "
                            + field.type().sql()
                            + " = '"
                            + text
                            + "'",
                    e);
        }
    }

    private static Object parse(Type type, String text) {
        if (type instanceof DecimalType decimal) {
            return new BigDecimal(text.trim()).setScale(decimal.scale());
        }
        if (!(type instanceof ScalarType scalar)) {
            throw new IllegalArgumentException("Not a partition column's type: " + type.sql());
        }
        return switch (scalar) {
            case BOOLEAN -> bool(text);
            case TINYINT, SMALLINT, INTEGER, BIGINT -> Long.valueOf(text.trim());
            case REAL -> (double) Float.parseFloat(text);
            case DOUBLE -> Double.valueOf(text);
            case VARCHAR -> text;
            case VARBINARY -> text.getBytes(StandardCharsets.UTF_8);
            case DATE -> LocalDate.parse(text.trim()).toEpochDay();
            case TIMESTAMP, TIMESTAMP_TZ -> micros(text.trim());
            case NULL, TIME, INTERVAL_YEAR_MONTH, INTERVAL_DAY_TIME ->
                    throw new IllegalArgumentException("Not a type of Delta: " + scalar);
        };
    }

    private static boolean bool(String text) {
        if (text.equalsIgnoreCase("true")) {
            return true;
        }
        if (text.equalsIgnoreCase("false")) {
            return false;
        }
        throw new IllegalArgumentException("Neither true nor false: " + text);
    }

    /// Reads `2024-01-01 12:00:00.123456` or ISO 8601, with a zone or without.
    static long micros(String text) {
        Instant instant;
        if (text.indexOf('T') < 0) {
            instant =
                    text.length() == 10
                            ? LocalDate.parse(text).atStartOfDay().toInstant(ZoneOffset.UTC)
                            : LocalDateTime.parse(text, TIMESTAMP).toInstant(ZoneOffset.UTC);
        } else if (text.endsWith("Z") || text.lastIndexOf('+') > 0 || text.lastIndexOf('-') > 10) {
            instant = OffsetDateTime.parse(text).toInstant();
        } else {
            instant = LocalDateTime.parse(text).toInstant(ZoneOffset.UTC);
        }
        return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
    }
}
