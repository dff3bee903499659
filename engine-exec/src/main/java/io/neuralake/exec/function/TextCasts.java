package io.neuralake.exec.function;

import io.neuralake.exec.kernel.Int128;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ConstantColumn;
import io.neuralake.spi.batch.DictionaryColumn;
import io.neuralake.spi.batch.FlatColumn;
import io.neuralake.spi.batch.ListColumn;
import io.neuralake.spi.batch.StringView;
import io.neuralake.spi.batch.StructColumn;
import io.neuralake.spi.batch.ViewColumn;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.MapType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.StructType;
import io.neuralake.spi.type.Type;

import java.lang.foreign.MemorySegment;
import java.math.BigDecimal;
import java.time.ZoneId;

/// Writes values of every type as text, in DuckDB's forms.
final class TextCasts {
    private static final String HEX = "0123456789ABCDEF";

    private TextCasts() {}

    static ScalarImplementation toText(ZoneId zone) {
        return in -> {
            Column column = in.rows(0);
            int mask = in.mask(0);
            TextBuilder builder = new TextBuilder(in);
            StringBuilder text = new StringBuilder();
            for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
                text.setLength(0);
                append(text, column, i & mask, zone);
                builder.append(text);
                builder.finishRow(i);
            }
            return builder.finish(ScalarType.VARCHAR);
        };
    }

    /// Appends the text of a row; NULL as `NULL`.
    static void append(StringBuilder text, Column column, int row, ZoneId zone) {
        if (column.isNull(row)) {
            text.append("NULL");
            return;
        }
        switch (column) {
            case ConstantColumn c -> append(text, c.single(), 0, zone);
            case DictionaryColumn d ->
                    append(text, d.dictionary(), NativeMemory.getInt(d.codes(), 4L * row), zone);
            case FlatColumn f -> flat(text, f, row, zone);
            case ViewColumn v -> {
                if (v.type() == ScalarType.VARBINARY) {
                    binary(text, StringView.bytes(v.views(), 16L * row));
                } else {
                    text.append(StringView.string(v.views(), 16L * row));
                }
            }
            case ListColumn l -> list(text, l, row, zone);
            case StructColumn s -> struct(text, s, row, zone);
        }
    }

    private static void list(StringBuilder text, ListColumn column, int row, ZoneId zone) {
        boolean map = column.type() instanceof MapType;
        int from = NativeMemory.getInt(column.offsets(), 4L * row);
        int to = NativeMemory.getInt(column.offsets(), 4L * row + 4);
        text.append(map ? '{' : '[');
        for (int i = from; i < to; i++) {
            if (i > from) {
                text.append(", ");
            }
            if (map && column.child() instanceof StructColumn entries) {
                append(text, entries.children().get(0), i, zone);
                text.append('=');
                append(text, entries.children().get(1), i, zone);
            } else {
                append(text, column.child(), i, zone);
            }
        }
        text.append(map ? '}' : ']');
    }

    private static void struct(StringBuilder text, StructColumn column, int row, ZoneId zone) {
        StructType type = (StructType) column.type();
        text.append('{');
        for (int i = 0; i < type.fields().size(); i++) {
            text.append(i == 0 ? "'" : ", '").append(type.fields().get(i).name()).append("': ");
            append(text, column.children().get(i), row, zone);
        }
        text.append('}');
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

    private static void flat(StringBuilder text, FlatColumn column, int row, ZoneId zone) {
        MemorySegment values = column.values();
        Type type = column.type();
        if (type instanceof DecimalType decimal) {
            text.append(
                    decimal.isShort()
                            ? BigDecimal.valueOf(
                                            NativeMemory.getLong(values, 8L * row), decimal.scale())
                                    .toPlainString()
                            : new BigDecimal(Int128.get(values, row), decimal.scale())
                                    .toPlainString());
            return;
        }
        switch ((ScalarType) type) {
            case BOOLEAN -> text.append(Bitmap.get(values, row));
            case TINYINT -> text.append(NativeMemory.getByte(values, row));
            case SMALLINT -> text.append(NativeMemory.getShort(values, 2L * row));
            case INTEGER -> text.append(NativeMemory.getInt(values, 4L * row));
            case BIGINT -> text.append(NativeMemory.getLong(values, 8L * row));
            case REAL -> text.append(DoubleText.of(NativeMemory.getFloat(values, 4L * row)));
            case DOUBLE -> text.append(DoubleText.of(NativeMemory.getDouble(values, 8L * row)));
            case DATE -> TemporalText.date(text, NativeMemory.getInt(values, 4L * row));
            case TIME -> TemporalText.time(text, NativeMemory.getLong(values, 8L * row));
            case TIMESTAMP -> TemporalText.timestamp(text, NativeMemory.getLong(values, 8L * row));
            case TIMESTAMP_TZ ->
                    TemporalText.instant(text, NativeMemory.getLong(values, 8L * row), zone);
            case INTERVAL_YEAR_MONTH ->
                    TemporalText.months(text, NativeMemory.getInt(values, 4L * row));
            case INTERVAL_DAY_TIME ->
                    TemporalText.interval(text, NativeMemory.getLong(values, 8L * row));
            case NULL, VARCHAR, VARBINARY -> throw new IllegalStateException("Not a flat type");
        }
    }
}
