package io.neuralake.server.generate;

import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.FlatColumn;
import io.neuralake.spi.batch.ListColumn;
import io.neuralake.spi.batch.StringView;
import io.neuralake.spi.batch.ViewColumn;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.type.ListType;
import io.neuralake.spi.type.PhysicalType;
import io.neuralake.spi.type.Schema;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;

/// Collects rows, a value at a time in the order of the columns, into batches. A row is one setter
/// call a column. Values sit on the heap until [#take].
public final class RowBuilder {
    private final Schema schema;
    private final long[][] fixed;
    private final byte[][] bytes;
    private final int[][] ends;
    private final BitSet[] nulls;
    private int rows;
    private int column;

    /// Collects rows of flat types, strings, and lists of SMALLINT.
    ///
    /// @param capacity most rows of a batch
    public RowBuilder(Schema schema, int capacity) {
        this.schema = schema;
        this.fixed = new long[schema.size()][];
        this.bytes = new byte[schema.size()][];
        this.ends = new int[schema.size()][];
        this.nulls = new BitSet[schema.size()];
        for (int c = 0; c < schema.size(); c++) {
            nulls[c] = new BitSet(capacity);
            switch (schema.field(c).type().physical()) {
                case VIEW, LIST -> {
                    bytes[c] = new byte[64 * capacity];
                    ends[c] = new int[capacity + 1];
                }
                default -> fixed[c] = new long[capacity];
            }
        }
    }

    /// Adds a null.
    public RowBuilder addNull() {
        nulls[column].set(rows);
        if (fixed[column] == null) {
            ends[column][rows + 1] = ends[column][rows];
        } else {
            fixed[column][rows] = 0;
        }
        column++;
        return this;
    }

    /// Adds an integer, a date, a time, a Boolean (0 or 1) or an unscaled short decimal.
    public RowBuilder add(long value) {
        fixed[column++][rows] = value;
        return this;
    }

    /// Adds a REAL or DOUBLE.
    public RowBuilder add(double value) {
        return add(
                schema.field(column).type().physical() == PhysicalType.FLOAT32
                        ? Float.floatToRawIntBits((float) value)
                        : Double.doubleToRawLongBits(value));
    }

    /// Adds a string.
    public RowBuilder add(String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        int from = ends[column][rows];
        System.arraycopy(utf8, 0, room(from + utf8.length), from, utf8.length);
        ends[column++][rows + 1] = from + utf8.length;
        return this;
    }

    /// Adds a list of SMALLINT.
    public RowBuilder add(short[] values) {
        int from = ends[column][rows];
        MemorySegment target = MemorySegment.ofArray(room(from + 2 * values.length));
        MemorySegment.copy(
                values, 0, target, ValueLayout.JAVA_SHORT_UNALIGNED, from, values.length);
        ends[column++][rows + 1] = from + 2 * values.length;
        return this;
    }

    private byte[] room(int size) {
        if (bytes[column].length < size) {
            bytes[column] = Arrays.copyOf(bytes[column], Math.max(size, 2 * bytes[column].length));
        }
        return bytes[column];
    }

    /// Completes the row and returns the number of rows collected.
    public int endRow() {
        if (column != schema.size()) {
            throw new IllegalStateException("Row has too few values: " + column);
        }
        column = 0;
        return ++rows;
    }

    /// Returns the number of rows collected.
    public int rowCount() {
        return rows;
    }

    /// Moves the rows into a batch, which the caller owns, and starts anew.
    public Batch take(MemoryAllocator allocator) {
        Column[] columns = new Column[schema.size()];
        for (int c = 0; c < columns.length; c++) {
            Type type = schema.field(c).type();
            columns[c] =
                    switch (type.physical()) {
                        case VIEW -> views(allocator, type, c);
                        case LIST -> list(allocator, (ListType) type, c);
                        default -> flat(allocator, type, c);
                    };
        }
        Batch batch = Batch.of(rows, columns);
        Arrays.stream(nulls).forEach(BitSet::clear);
        rows = 0;
        return batch;
    }

    private Column flat(MemoryAllocator allocator, Type type, int c) {
        boolean bits = type.physical() == PhysicalType.BIT;
        int width = type.physical().width();
        DataBuffer buffer =
                allocator.allocateZeroed(bits ? Bitmap.bytes(rows) : (long) rows * width);
        MemorySegment to = buffer.segment();
        for (int i = 0; i < rows; i++) {
            long value = fixed[c][i];
            switch (width) {
                case 0 -> Bitmap.set(to, i, value != 0);
                case 1 -> to.set(ValueLayout.JAVA_BYTE, i, (byte) value);
                case 2 -> to.set(ValueLayout.JAVA_SHORT_UNALIGNED, 2L * i, (short) value);
                case 4 -> to.set(ValueLayout.JAVA_INT_UNALIGNED, 4L * i, (int) value);
                case 8 -> to.set(ValueLayout.JAVA_LONG_UNALIGNED, 8L * i, value);
                default -> throw new IllegalStateException("Not generated: " + type.sql());
            }
        }
        return new FlatColumn(type, rows, buffer, validity(allocator, c));
    }

    private Column views(MemoryAllocator allocator, Type type, int c) {
        DataBuffer heap = copied(allocator, c);
        DataBuffer views = allocator.allocate((long) rows * StringView.BYTES);
        for (int i = 0; i < rows; i++) {
            StringView.write(
                    views.segment(),
                    (long) i * StringView.BYTES,
                    heap.address() + ends[c][i],
                    ends[c][i + 1] - ends[c][i]);
        }
        return new ViewColumn(type, rows, views, heap, validity(allocator, c));
    }

    private Column list(MemoryAllocator allocator, ListType type, int c) {
        DataBuffer offsets = allocator.allocate(4L * (rows + 1));
        for (int i = 0; i <= rows; i++) {
            offsets.segment().set(ValueLayout.JAVA_INT_UNALIGNED, 4L * i, ends[c][i] / 2);
        }
        Column child =
                new FlatColumn(type.element(), ends[c][rows] / 2, copied(allocator, c), null);
        return new ListColumn(type, rows, offsets, child, validity(allocator, c));
    }

    private @Nullable DataBuffer validity(MemoryAllocator allocator, int c) {
        if (nulls[c].isEmpty()) {
            return null;
        }
        DataBuffer validity = allocator.allocateZeroed(Bitmap.bytes(rows));
        for (int i = 0; i < rows; i++) {
            Bitmap.set(validity.segment(), i, !nulls[c].get(i));
        }
        return validity;
    }

    private DataBuffer copied(MemoryAllocator allocator, int c) {
        DataBuffer buffer = allocator.allocate(ends[c][rows]);
        MemorySegment.copy(bytes[c], 0, buffer.segment(), ValueLayout.JAVA_BYTE, 0, ends[c][rows]);
        return buffer;
    }
}
