package io.neuralake.server.output;

import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.TimeMicroVector;
import org.apache.arrow.vector.TimeStampMicroTZVector;
import org.apache.arrow.vector.TimeStampMicroVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.complex.StructVector;
import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Period;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/// Turns values of Arrow vectors into text as `psql` and `duckdb` print it.
final class ArrowText {
    private static final long MICROS = 1_000_000L;
    private static final DateTimeFormatter TIME =
            new DateTimeFormatterBuilder()
                    .appendPattern("HH:mm:ss")
                    .appendFraction(ChronoField.NANO_OF_SECOND, 0, 6, true)
                    .toFormatter();
    private static final DateTimeFormatter TIMESTAMP =
            new DateTimeFormatterBuilder()
                    .append(DateTimeFormatter.ISO_LOCAL_DATE)
                    .appendLiteral(' ')
                    .append(TIME)
                    .toFormatter();

    private ArrowText() {}

    /// Returns the value's text, or null for null.
    static @Nullable String of(FieldVector vector, int row) {
        if (vector.isNull(row)) {
            return null;
        }
        return switch (vector) {
            case VarCharVector v -> new String(v.get(row), StandardCharsets.UTF_8);
            case IntVector v -> Integer.toString(v.get(row));
            case BigIntVector v -> Long.toString(v.get(row));
            case DateDayVector v -> LocalDate.ofEpochDay(v.get(row)).toString();
            case TimeMicroVector v -> TIME.format(LocalTime.ofNanoOfDay(v.get(row) * 1000));
            case TimeStampMicroVector v -> TIMESTAMP.format(dateTime(v.get(row)));
            case TimeStampMicroTZVector v -> TIMESTAMP.format(dateTime(v.get(row))) + "+00";
            case VarBinaryVector v -> "\\x" + HexFormat.of().formatHex(v.get(row));
            case MapVector v -> map(v, row);
            case ListVector v -> list(v, row);
            case StructVector v -> struct(v, row);
            default -> scalar(vector.getObject(row));
        };
    }

    private static LocalDateTime dateTime(long micros) {
        Instant instant =
                Instant.ofEpochSecond(
                        Math.floorDiv(micros, MICROS), Math.floorMod(micros, MICROS) * 1000);
        return LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
    }

    private static String scalar(Object value) {
        return switch (value) {
            case BigDecimal decimal -> decimal.toPlainString();
            case Period period -> period.toTotalMonths() + " months";
            case Duration duration -> duration.toString();
            default -> value.toString();
        };
    }

    private static String list(ListVector vector, int row) {
        List<String> parts = new ArrayList<>();
        FieldVector child = vector.getDataVector();
        for (int i = vector.getElementStartIndex(row); i < vector.getElementEndIndex(row); i++) {
            parts.add(orNull(of(child, i)));
        }
        return "[" + String.join(", ", parts) + "]";
    }

    private static String map(MapVector vector, int row) {
        List<String> parts = new ArrayList<>();
        StructVector entries = (StructVector) vector.getDataVector();
        List<FieldVector> members = entries.getChildrenFromFields();
        for (int i = vector.getElementStartIndex(row); i < vector.getElementEndIndex(row); i++) {
            parts.add(orNull(of(members.get(0), i)) + "=" + orNull(of(members.get(1), i)));
        }
        return "{" + String.join(", ", parts) + "}";
    }

    private static String struct(StructVector vector, int row) {
        List<String> parts = new ArrayList<>();
        for (FieldVector member : vector.getChildrenFromFields()) {
            parts.add("'" + member.getName() + "': " + orNull(of(member, row)));
        }
        return "{" + String.join(", ", parts) + "}";
    }

    private static String orNull(@Nullable String text) {
        return text == null ? "NULL" : text;
    }
}
