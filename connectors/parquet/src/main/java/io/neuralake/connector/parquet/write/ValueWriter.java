package io.neuralake.connector.parquet.write;

import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ConstantColumn;
import io.neuralake.spi.batch.DictionaryColumn;
import io.neuralake.spi.batch.FlatColumn;
import io.neuralake.spi.batch.ListColumn;
import io.neuralake.spi.batch.StringView;
import io.neuralake.spi.batch.StructColumn;
import io.neuralake.spi.batch.ViewColumn;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.MapType;
import io.neuralake.spi.type.StructType;

import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/// Hands values of columns to parquet-hadoop's record consumer.
final class ValueWriter {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

    private final RecordConsumer consumer;

    ValueWriter(RecordConsumer consumer) {
        this.consumer = consumer;
    }

    /// Writes one field of a record or group; nothing for null.
    void field(String name, int index, Column column, int row) {
        if (!column.isNull(row)) {
            consumer.startField(name, index);
            value(column, row);
            consumer.endField(name, index);
        }
    }

    private void value(Column column, int row) {
        switch (column) {
            case FlatColumn flat -> flat(flat, row);
            case ViewColumn view ->
                    consumer.addBinary(
                            Binary.fromConstantByteArray(
                                    StringView.bytes(view.views(), (long) row * StringView.BYTES)));
            case DictionaryColumn dictionary ->
                    value(dictionary.dictionary(), dictionary.codes().get(INT, 4L * row));
            case ConstantColumn constant -> value(constant.single(), 0);
            case StructColumn struct -> struct(struct, row);
            case ListColumn list when list.type() instanceof MapType -> map(list, row);
            case ListColumn list -> list(list, row);
        }
    }

    private void flat(FlatColumn column, int row) {
        MemorySegment v = column.values();
        switch (column.type().physical()) {
            case BIT -> consumer.addBoolean(Bitmap.get(v, row));
            case INT8 -> consumer.addInteger(v.get(ValueLayout.JAVA_BYTE, row));
            case INT16 -> consumer.addInteger(v.get(ValueLayout.JAVA_SHORT_UNALIGNED, 2L * row));
            case INT32 -> consumer.addInteger(v.get(INT, 4L * row));
            case INT64 -> {
                long value = v.get(LONG, 8L * row);
                if (column.type() instanceof DecimalType d
                        && d.precision() <= ParquetTypes.INT32_DIGITS) {
                    consumer.addInteger((int) value);
                } else {
                    consumer.addLong(value);
                }
            }
            case FLOAT32 -> consumer.addFloat(v.get(ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * row));
            case FLOAT64 -> consumer.addDouble(v.get(ValueLayout.JAVA_DOUBLE_UNALIGNED, 8L * row));
            case INT128 -> {
                byte[] bigEndian = new byte[ParquetTypes.LONG_DECIMAL_BYTES];
                MemorySegment to = MemorySegment.ofArray(bigEndian);
                to.set(LONG, 0, Long.reverseBytes(v.get(LONG, 16L * row + 8)));
                to.set(LONG, 8, Long.reverseBytes(v.get(LONG, 16L * row)));
                consumer.addBinary(Binary.fromConstantByteArray(bigEndian));
            }
            case VIEW, LIST, STRUCT ->
                    throw new IllegalStateException("Not a flat type: " + column.type().sql());
        }
    }

    private void struct(StructColumn column, int row) {
        List<Field> fields = ((StructType) column.type()).fields();
        consumer.startGroup();
        for (int i = 0; i < fields.size(); i++) {
            field(fields.get(i).name(), i, column.children().get(i), row);
        }
        consumer.endGroup();
    }

    private void list(ListColumn column, int row) {
        int from = column.offsets().get(INT, 4L * row);
        int to = column.offsets().get(INT, 4L * row + 4);
        consumer.startGroup();
        if (to > from) {
            consumer.startField("list", 0);
            for (int i = from; i < to; i++) {
                consumer.startGroup();
                field("element", 0, column.child(), i);
                consumer.endGroup();
            }
            consumer.endField("list", 0);
        }
        consumer.endGroup();
    }

    private void map(ListColumn column, int row) {
        int from = column.offsets().get(INT, 4L * row);
        int to = column.offsets().get(INT, 4L * row + 4);
        StructColumn entries = (StructColumn) column.child();
        consumer.startGroup();
        if (to > from) {
            consumer.startField("key_value", 0);
            for (int i = from; i < to; i++) {
                consumer.startGroup();
                field("key", 0, entries.children().get(0), i);
                field("value", 1, entries.children().get(1), i);
                consumer.endGroup();
            }
            consumer.endField("key_value", 0);
        }
        consumer.endGroup();
    }
}
