package io.neuralake.connector.delta.schema;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
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

/// Parses partition values, which the log has as texts (PROTOCOL.md, "Partition Value Serialization").
final class PartitionValues {
    private static final DateTimeFormatter TIMESTAMP =
            new DateTimeFormatterBuilder()
                    .append(DateTimeFormatter.ISO_LOCAL_DATE)
                    .appendLiteral(' ')
                    .appendPattern("HH:mm:ss")
                    .optionalStart()
                    .appendFraction(ChronoField.NANO_OF_SECOND, 1, 9, true)
                    .optionalEnd()
                    .toFormatter();

    private PartitionValues() {}

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
