package io.neuralake.spi.arrow;

import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ConstantColumn;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.DictionaryColumn;
import io.neuralake.spi.batch.FlatColumn;
import io.neuralake.spi.batch.ListColumn;
import io.neuralake.spi.batch.StringView;
import io.neuralake.spi.batch.StructColumn;
import io.neuralake.spi.batch.ViewColumn;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.ListType;
import io.neuralake.spi.type.MapType;
import io.neuralake.spi.type.PhysicalType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.StructType;
import io.neuralake.spi.type.Type;

import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.NullVector;
import org.apache.arrow.vector.ipc.message.ArrowFieldNode;
import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/// Appends rows of columns of one type to Arrow's plain layout. One writer a field, children
/// included.
final class ArrowColumnWriter implements AutoCloseable {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

    private final Type type;
    private final BufferAllocator allocator;
    private final GrowingBuffer validity;
    private final GrowingBuffer values;
    private final GrowingBuffer bytes;
    private final List<ArrowColumnWriter> children = new ArrayList<>();
    private int rows;
    private int nulls;
    private long byteCount;

    ArrowColumnWriter(Type type, BufferAllocator allocator) {
        this.type = type;
        this.allocator = allocator;
        this.validity = new GrowingBuffer(allocator);
        this.values = new GrowingBuffer(allocator);
        this.bytes = new GrowingBuffer(allocator);
        switch (type) {
            case ListType list -> children.add(new ArrowColumnWriter(list.element(), allocator));
            case MapType map -> children.add(new ArrowColumnWriter(map.entry(), allocator));
            case StructType struct ->
                    struct.fields()
                            .forEach(f -> children.add(new ArrowColumnWriter(f.type(), allocator)));
            case ScalarType _, DecimalType _ -> {}
        }
    }

    /// Returns the bytes written so far, roughly.
    long sizeInBytes() {
        long size = (long) rows * Math.max(1, arrowWidth()) + byteCount;
        for (ArrowColumnWriter child : children) {
            size += child.sizeInBytes();
        }
        return size;
    }

    private int arrowWidth() {
        return switch (type.physical()) {
            case VIEW, LIST -> 4;
            case INT64 -> type instanceof DecimalType ? 16 : 8;
            default -> type.physical().width();
        };
    }

    /// Appends rows of a column of any form.
    void append(Column column, RowSource source) {
        switch (column) {
            case DictionaryColumn dictionary -> {
                try (GrowingBuffer scratch = new GrowingBuffer(allocator)) {
                    MemorySegment codes = scratch.ensure(4L * source.count());
                    for (int i = 0; i < source.count(); i++) {
                        codes.set(INT, 4L * i, dictionary.codes().get(INT, 4L * source.row(i)));
                    }
                    RowSource decoded = new RowSource(codes, 0, source.count());
                    appendValidity(dictionary.validity(), source, dictionary.dictionary(), decoded);
                    appendValues(dictionary.dictionary(), decoded);
                }
            }
            case ConstantColumn constant -> {
                try (GrowingBuffer scratch = new GrowingBuffer(allocator)) {
                    MemorySegment zeros = scratch.ensure(4L * source.count());
                    zeros.fill((byte) 0);
                    RowSource first = new RowSource(zeros, 0, source.count());
                    appendValidity(null, first, constant.single(), first);
                    appendValues(constant.single(), first);
                }
            }
            case FlatColumn _, ViewColumn _, ListColumn _, StructColumn _ -> {
                appendValidity(null, source, column, source);
                appendValues(column, source);
            }
        }
        rows += source.count();
    }

    private void appendValidity(
            @Nullable DataBuffer outer, RowSource outerRows, Column inner, RowSource innerRows) {
        int count = outerRows.count();
        long before = Bitmap.bytes(rows);
        MemorySegment bits = validity.ensure(Bitmap.bytes(rows + count) + 8);
        if (rows == 0) {
            before = 0;
        }
        long after = Bitmap.bytes(rows + count);
        if (after > before) {
            bits.asSlice(before, after - before).fill((byte) 0);
        }
        DataBuffer innerBits = inner.validity();
        if (outer == null && innerBits == null && type != ScalarType.NULL) {
            setRange(bits, rows, count);
            return;
        }
        for (int i = 0; i < count; i++) {
            boolean valid =
                    type != ScalarType.NULL
                            && (outer == null || Bitmap.get(outer.segment(), outerRows.row(i)))
                            && (innerBits == null
                                    || Bitmap.get(innerBits.segment(), innerRows.row(i)));
            if (valid) {
                Bitmap.set(bits, (long) rows + i, true);
            } else {
                nulls++;
            }
        }
    }

    private static void setRange(MemorySegment bits, int from, int count) {
        int at = from;
        int end = from + count;
        while (at < end && (at & 63) != 0) {
            Bitmap.set(bits, at++, true);
        }
        while (end - at >= 64) {
            Bitmap.setWord(bits, at >>> 6, -1L);
            at += 64;
        }
        while (at < end) {
            Bitmap.set(bits, at++, true);
        }
    }

    private void appendValues(Column column, RowSource source) {
        switch (column) {
            case FlatColumn flat -> appendFlat(flat, source);
            case ViewColumn view -> appendViews(view, source);
            case ListColumn list -> appendLists(list, source);
            case StructColumn struct -> {
                for (int c = 0; c < children.size(); c++) {
                    children.get(c).append(struct.children().get(c), source);
                }
            }
            case DictionaryColumn _, ConstantColumn _ ->
                    throw new IllegalStateException("Not a flat form");
        }
    }

    private void appendFlat(FlatColumn column, RowSource source) {
        MemorySegment from = column.values();
        int count = source.count();
        PhysicalType physical = type.physical();
        if (physical == PhysicalType.BIT) {
            appendBits(from, source);
            return;
        }
        int width = arrowWidth();
        MemorySegment to = values.ensure((long) (rows + count) * width);
        long at = (long) rows * width;
        if (physical == PhysicalType.INT64 && type instanceof DecimalType) {
            for (int i = 0; i < count; i++) {
                long value = from.get(LONG, 8L * source.row(i));
                to.set(LONG, at + 16L * i, value);
                to.set(LONG, at + 16L * i + 8, value >> 63);
            }
            return;
        }
        MemorySegment indexes = source.indexes();
        if (indexes == null) {
            MemorySegment.copy(from, (long) source.start() * width, to, at, (long) count * width);
            return;
        }
        switch (width) {
            case 1 -> {
                for (int i = 0; i < count; i++) {
                    to.set(
                            ValueLayout.JAVA_BYTE,
                            at + i,
                            from.get(ValueLayout.JAVA_BYTE, source.row(i)));
                }
            }
            case 2 -> {
                for (int i = 0; i < count; i++) {
                    to.set(
                            ValueLayout.JAVA_SHORT_UNALIGNED,
                            at + 2L * i,
                            from.get(ValueLayout.JAVA_SHORT_UNALIGNED, 2L * source.row(i)));
                }
            }
            case 4 -> {
                for (int i = 0; i < count; i++) {
                    to.set(INT, at + 4L * i, from.get(INT, 4L * source.row(i)));
                }
            }
            case 8 -> {
                for (int i = 0; i < count; i++) {
                    to.set(LONG, at + 8L * i, from.get(LONG, 8L * source.row(i)));
                }
            }
            default -> {
                for (int i = 0; i < count; i++) {
                    long row = 16L * source.row(i);
                    to.set(LONG, at + 16L * i, from.get(LONG, row));
                    to.set(LONG, at + 16L * i + 8, from.get(LONG, row + 8));
                }
            }
        }
    }

    private void appendBits(MemorySegment from, RowSource source) {
        int count = source.count();
        long before = rows == 0 ? 0 : Bitmap.bytes(rows);
        long after = Bitmap.bytes(rows + count);
        MemorySegment to = values.ensure(after + 8);
        if (after > before) {
            to.asSlice(before, after - before).fill((byte) 0);
        }
        for (int i = 0; i < count; i++) {
            if (Bitmap.get(from, source.row(i))) {
                Bitmap.set(to, (long) rows + i, true);
            }
        }
    }

    private void appendViews(ViewColumn column, RowSource source) {
        int count = source.count();
        MemorySegment views = column.views();
        MemorySegment offsets = values.ensure(4L * (rows + count + 1));
        if (rows == 0) {
            offsets.set(INT, 0, 0);
        }
        long total = byteCount;
        for (int i = 0; i < count; i++) {
            total += valid(i) ? StringView.length(views, 16L * source.row(i)) : 0;
            offsets.set(INT, 4L * (rows + i + 1), Math.toIntExact(total));
        }
        MemorySegment to = bytes.ensure(total);
        long at = byteCount;
        for (int i = 0; i < count; i++) {
            long end = offsets.get(INT, 4L * (rows + i + 1));
            if (end > at) {
                MemorySegment.copy(
                        StringView.MEMORY,
                        StringView.address(views, 16L * source.row(i)),
                        to,
                        at,
                        end - at);
                at = end;
            }
        }
        byteCount = total;
    }

    /// Tells whether the `i`th row of the append in progress is valid.
    private boolean valid(int i) {
        return nulls == 0
                || Bitmap.get(validity.ensure(Bitmap.bytes(rows + i + 1)), (long) rows + i);
    }

    private void appendLists(ListColumn column, RowSource source) {
        int count = source.count();
        MemorySegment from = column.offsets();
        MemorySegment offsets = values.ensure(4L * (rows + count + 1));
        if (rows == 0) {
            offsets.set(INT, 0, 0);
        }
        ArrowColumnWriter child = children.get(0);
        for (int i = 0; i < count; i++) {
            int row = source.row(i);
            int start = from.get(INT, 4L * row);
            int length = valid(i) ? from.get(INT, 4L * row + 4) - start : 0;
            if (length > 0) {
                child.append(column.child(), new RowSource(null, start, length));
            }
            offsets.set(INT, 4L * (rows + i + 1), child.rows);
        }
    }

    /// Moves what was written into `vector` and starts anew.
    void flushInto(FieldVector vector) {
        if (vector instanceof NullVector nullVector) {
            nullVector.setValueCount(rows);
            close();
            reset();
            return;
        }
        List<ArrowBuf> buffers = new ArrayList<>();
        try {
            buffers.add(validity.take((rows + 7L) >>> 3));
            switch (type.physical()) {
                case STRUCT -> {}
                case BIT -> buffers.add(values.take((rows + 7L) >>> 3));
                case LIST -> buffers.add(takeOffsets());
                case VIEW -> {
                    buffers.add(takeOffsets());
                    buffers.add(bytes.take(byteCount));
                }
                default -> buffers.add(values.take((long) rows * arrowWidth()));
            }
            List<FieldVector> childVectors = vector.getChildrenFromFields();
            for (int c = 0; c < children.size(); c++) {
                children.get(c).flushInto(childVectors.get(c));
            }
            vector.loadFieldBuffers(new ArrowFieldNode(rows, nulls), buffers);
        } finally {
            buffers.forEach(ArrowBuf::close);
        }
        reset();
    }

    private ArrowBuf takeOffsets() {
        if (rows == 0) {
            values.ensure(4).set(INT, 0, 0);
        }
        return values.take(4L * (rows + 1));
    }

    private void reset() {
        rows = 0;
        nulls = 0;
        byteCount = 0;
    }

    @Override
    public void close() {
        validity.close();
        values.close();
        bytes.close();
        children.forEach(ArrowColumnWriter::close);
    }
}
