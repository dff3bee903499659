package io.neuralake.connector.files;

import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;

/// Parses texts as values in the Java form of their type.
final class TextValues {
    private TextValues() {}

    /// Throws IllegalArgumentException or DateTimeException for a text that does not fit.
    static Object parse(Type type, String text) {
        if (!(type instanceof ScalarType scalar)) {
            throw new IllegalArgumentException("Not a text type: " + type.sql());
        }
        return switch (scalar) {
            case BOOLEAN -> bool(text.strip());
            case BIGINT -> Long.valueOf(text.strip());
            case DOUBLE -> number(text.strip());
            case DATE -> LocalDate.parse(text.strip()).toEpochDay();
            case TIMESTAMP -> timestamp(text.strip());
            case TIMESTAMP_TZ -> instant(text.strip());
            case VARCHAR -> text;
            default -> throw new IllegalArgumentException("Not a text type: " + type.sql());
        };
    }

    private static boolean bool(String text) {
        if (text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false")) {
            return text.equalsIgnoreCase("true");
        }
        throw new IllegalArgumentException("Not a Boolean: " + text);
    }

    private static double number(String text) {
        char last = text.isEmpty() ? 'x' : text.charAt(text.length() - 1);
        if (last == 'd' || last == 'D' || last == 'f' || last == 'F') {
            throw new IllegalArgumentException("Not a number: " + text);
        }
        return Double.parseDouble(text);
    }

    private static long timestamp(String text) {
        LocalDateTime time = LocalDateTime.parse(text.replace(' ', 'T'));
        return ChronoUnit.MICROS.between(Instant.EPOCH, time.toInstant(ZoneOffset.UTC));
    }

    private static long instant(String text) {
        String iso = text.replaceFirst(" (?=\\d\\d:)", "T").replace(" ", "");
        if (iso.matches(".*[+-]\\d\\d")) {
            iso += ":00";
        }
        return ChronoUnit.MICROS.between(Instant.EPOCH, OffsetDateTime.parse(iso).toInstant());
    }
}
