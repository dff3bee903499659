package io.neuralake.connector.parquet.decode;

import io.neuralake.connector.parquet.file.CorruptFile;
import io.neuralake.connector.parquet.schema.ParquetField;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.FlatColumn;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.PhysicalType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigInteger;

/// Values of a shredded variant that are neither objects nor lists. For one thread.
final class VariantScalar implements VariantTyped {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

    private final Type type;
    private final int digits;
    private final JsonText out;
    private final @Nullable ViewCursor texts;
    private @Nullable Column column;
    private MemorySegment values = MemorySegment.NULL;

    VariantScalar(ParquetField.Leaf leaf, VariantParts parts) {
        this.type = leaf.type();
        this.digits = parts.nanos().contains(leaf.column().index()) ? 9 : 6;
        this.out = parts.out();
        this.texts =
                type.physical() == PhysicalType.VIEW ? new ViewCursor(parts.reservation()) : null;
    }

    @Override
    public void bind(Column next) {
        column = next;
        if (texts != null) {
            texts.bind(next);
        } else {
            values = ((FlatColumn) next).values();
        }
    }

    @Override
    public boolean isNull(int row) {
        return column == null || column.isNull(row);
    }

    @Override
    public void write(int row, @Nullable ViewCursor rest) {
        CorruptFile.check(rest == null, "a shredded variant has two values");
        switch (type) {
            case DecimalType decimal when decimal.isShort() ->
                    out.decimal(values.get(LONG, 8L * row), decimal.scale());
            case DecimalType decimal -> out.decimal(wide(row), decimal.scale());
            case ScalarType scalar -> scalar(scalar, row);
            default -> throw unknown();
        }
    }

    private BigInteger wide(int row) {
        return BigInteger.valueOf(values.get(LONG, 16L * row + 8))
                .shiftLeft(64)
                .or(new BigInteger(Long.toUnsignedString(values.get(LONG, 16L * row))));
    }

    private void scalar(ScalarType scalar, int row) {
        switch (scalar) {
            case BOOLEAN -> out.raw(Bitmap.get(values, row) ? "true" : "false");
            case TINYINT -> out.integer(values.get(ValueLayout.JAVA_BYTE, row));
            case SMALLINT -> out.integer(values.get(ValueLayout.JAVA_SHORT_UNALIGNED, 2L * row));
            case INTEGER -> out.integer(values.get(ValueLayout.JAVA_INT_UNALIGNED, 4L * row));
            case BIGINT -> out.integer(values.get(LONG, 8L * row));
            case REAL -> out.number(values.get(ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * row));
            case DOUBLE -> out.number(values.get(ValueLayout.JAVA_DOUBLE_UNALIGNED, 8L * row));
            case DATE -> out.date(values.get(ValueLayout.JAVA_INT_UNALIGNED, 4L * row));
            case TIME -> out.time(values.get(LONG, 8L * row));
            case TIMESTAMP -> out.timestamp(values.get(LONG, 8L * row), digits, false);
            case TIMESTAMP_TZ -> out.timestamp(values.get(LONG, 8L * row), digits, true);
            case VARCHAR, VARBINARY -> text(scalar, row);
            case NULL, INTERVAL_YEAR_MONTH, INTERVAL_DAY_TIME -> throw unknown();
        }
    }

    private void text(ScalarType scalar, int row) {
        ViewCursor text = texts;
        if (text == null) {
            throw unknown();
        }
        text.load(row);
        if (scalar == ScalarType.VARCHAR) {
            out.string(text.bytes(), 0, text.length());
        } else {
            out.base64(text.bytes(), 0, text.length());
        }
    }

    private CorruptFile unknown() {
        return new CorruptFile("variants are shredded as " + type.sql() + ", which cannot be");
    }
}
