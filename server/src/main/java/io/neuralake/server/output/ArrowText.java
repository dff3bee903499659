package io.neuralake.server.output;

import io.neuralake.exec.function.DoubleText;
import io.neuralake.exec.function.TemporalText;

import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DurationVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.IntervalYearVector;
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
import java.time.ZoneOffset;
import java.util.List;

/// Turns values of Arrow vectors into the text that a cast to VARCHAR gives, instants in UTC.
final class ArrowText {
    private static final String HEX = "0123456789ABCDEF";

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
            default -> {
                StringBuilder text = new StringBuilder();
                append(text, vector, row);
                yield text.toString();
            }
        };
    }

    /// Appends the value's text, `NULL` for null.
    private static void append(StringBuilder text, FieldVector vector, int row) {
        if (vector.isNull(row)) {
            text.append("NULL");
            return;
        }
        switch (vector) {
            case VarCharVector v -> text.append(new String(v.get(row), StandardCharsets.UTF_8));
            case Float8Vector v -> text.append(DoubleText.of(v.get(row)));
            case Float4Vector v -> text.append(DoubleText.of(v.get(row)));
            case DateDayVector v -> TemporalText.date(text, v.get(row));
            case TimeMicroVector v -> TemporalText.time(text, v.get(row));
            case TimeStampMicroVector v -> TemporalText.timestamp(text, v.get(row));
            case TimeStampMicroTZVector v -> TemporalText.instant(text, v.get(row), ZoneOffset.UTC);
            case IntervalYearVector v -> TemporalText.months(text, v.get(row));
            case DurationVector v ->
                    TemporalText.interval(text, DurationVector.get(v.getDataBuffer(), row));
            case VarBinaryVector v -> binary(text, v.get(row));
            case MapVector v -> map(text, v, row);
            case ListVector v -> list(text, v, row);
            case StructVector v -> struct(text, v, row);
            default -> {
                Object value = vector.getObject(row);
                text.append(value instanceof BigDecimal d ? d.toPlainString() : value.toString());
            }
        }
    }

    private static void binary(StringBuilder text, byte[] bytes) {
        for (byte b : bytes) {
            if (b >= 0x20 && b < 0x7F && b != '\\' && b != '\'' && b != '"') {
                text.append((char) b);
            } else {
                text.append("\\x").append(HEX.charAt(b >> 4 & 15)).append(HEX.charAt(b & 15));
            }
        }
    }

    private static void list(StringBuilder text, ListVector vector, int row) {
        int start = vector.getElementStartIndex(row);
        text.append('[');
        for (int i = start; i < vector.getElementEndIndex(row); i++) {
            text.append(i == start ? "" : ", ");
            append(text, vector.getDataVector(), i);
        }
        text.append(']');
    }

    private static void map(StringBuilder text, MapVector vector, int row) {
        StructVector entries = (StructVector) vector.getDataVector();
        List<FieldVector> members = entries.getChildrenFromFields();
        int start = vector.getElementStartIndex(row);
        text.append('{');
        for (int i = start; i < vector.getElementEndIndex(row); i++) {
            text.append(i == start ? "" : ", ");
            append(text, members.get(0), i);
            text.append('=');
            append(text, members.get(1), i);
        }
        text.append('}');
    }

    private static void struct(StringBuilder text, StructVector vector, int row) {
        text.append('{');
        boolean first = true;
        for (FieldVector member : vector.getChildrenFromFields()) {
            text.append(first ? "'" : ", '").append(member.getName()).append("': ");
            append(text, member, row);
            first = false;
        }
        text.append('}');
    }
}
