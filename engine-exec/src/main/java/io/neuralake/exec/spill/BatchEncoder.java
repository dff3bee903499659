package io.neuralake.exec.spill;

import io.neuralake.exec.row.ColumnFlatten;
import io.neuralake.spi.batch.Batch;
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
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.type.PhysicalType;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Writes batches into one contiguous piece of memory, from which [BatchDecoder] makes columns
/// without copying. Belongs to one thread.
///
/// A column is a header (int32 form, int32 rows, int32 whether it has a validity), then its buffers,
/// each aligned to 64 bytes, then its children. Views are written with offsets into the heap that
/// follows, in place of addresses; the heap holds just the bytes of these rows. Dictionaries of more
/// than half as many values as rows are decoded.
final class BatchEncoder implements AutoCloseable {
    static final int FLAT = 0;
    static final int VIEW = 1;
    static final int LIST = 2;
    static final int STRUCT = 3;
    static final int DICTIONARY = 4;
    static final int CONSTANT = 5;
    static final int HEADER_BYTES = 16;
    static final long ALIGNMENT = 64;

    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final long FIRST_BYTES = 16 * 1024;

    private final MemoryAllocator allocator;
    private @Nullable DataBuffer buffer;
    private MemorySegment memory = MemorySegment.NULL;
    private long at;

    BatchEncoder(MemoryAllocator allocator) {
        this.allocator = allocator;
    }

    /// Returns the batch in encoded form, valid until the next call. The batch, which must have no
    /// selection, stays the caller's.
    MemorySegment encode(Batch batch) {
        if (batch.selection() != null && batch.selectedCount() < batch.rowCount()) {
            throw new IllegalArgumentException("Batch has a selection");
        }
        at = 0;
        for (int i = 0; i < batch.columnCount(); i++) {
            column(batch.column(i));
        }
        room(0);
        return memory.asSlice(0, at);
    }

    private void column(Column column) {
        switch (column) {
            case FlatColumn flat -> {
                header(FLAT, flat);
                bytes(flat.values(), valueBytes(flat.type().physical(), flat.rowCount()));
            }
            case ViewColumn views -> views(views);
            case ListColumn list -> {
                header(LIST, list);
                bytes(list.offsets(), 4L * (list.rowCount() + 1));
                column(list.child());
            }
            case StructColumn struct -> {
                header(STRUCT, struct);
                struct.children().forEach(this::column);
            }
            case DictionaryColumn coded -> dictionary(coded);
            case ConstantColumn constant -> {
                header(CONSTANT, constant);
                column(constant.single());
            }
        }
    }

    static long valueBytes(PhysicalType physical, int rows) {
        return physical == PhysicalType.BIT ? Bitmap.bytes(rows) : (long) rows * physical.width();
    }

    private void dictionary(DictionaryColumn coded) {
        if (coded.dictionary().rowCount() <= coded.rowCount() / 2) {
            header(DICTIONARY, coded);
            bytes(coded.codes(), 4L * coded.rowCount());
            column(coded.dictionary());
            return;
        }
        Column flat = ColumnFlatten.flatten(coded, allocator);
        try {
            column(flat);
        } finally {
            flat.release();
        }
    }

    private void views(ViewColumn column) {
        header(VIEW, column);
        int rows = column.rowCount();
        MemorySegment from = column.views();
        long viewsAt = at;
        bytes(from, (long) rows * StringView.BYTES);
        long heapBytes = 0;
        for (int i = 0; i < rows; i++) {
            int length = StringView.length(from, (long) i << 4);
            heapBytes += length > StringView.MAX_INLINE ? length : 0;
        }
        room(8 + heapBytes + ALIGNMENT);
        memory.set(LONG, at, heapBytes);
        at = align(at + 8);
        long heapAt = at;
        for (int i = 0; i < rows; i++) {
            int length = StringView.length(from, (long) i << 4);
            if (length > StringView.MAX_INLINE) {
                long address = StringView.address(from, (long) i << 4);
                MemorySegment.copy(StringView.MEMORY, address, memory, at, length);
                memory.set(LONG, viewsAt + ((long) i << 4) + 8, at - heapAt);
                at += length;
            }
        }
        at = align(at);
    }

    private void header(int form, Column column) {
        DataBuffer validity = column.validity();
        room(HEADER_BYTES);
        memory.set(INT, at, form);
        memory.set(INT, at + 4, column.rowCount());
        memory.set(INT, at + 8, validity == null ? 0 : 1);
        memory.set(INT, at + 12, 0);
        at = align(at + HEADER_BYTES);
        if (validity != null) {
            bytes(validity.segment(), Bitmap.bytes(column.rowCount()));
        }
    }

    private void bytes(MemorySegment from, long count) {
        room(count);
        // a bitmap from elsewhere may end with its last byte, not its last word
        MemorySegment.copy(from, 0, memory, at, Math.min(count, from.byteSize()));
        at = align(at + count);
    }

    static long align(long offset) {
        return (offset + ALIGNMENT - 1) & -ALIGNMENT;
    }

    /// Makes room for `more` bytes and what aligns them.
    private void room(long more) {
        long needed = at + more + ALIGNMENT;
        DataBuffer old = buffer;
        if (old != null && old.size() >= needed) {
            return;
        }
        DataBuffer grown =
                allocator.allocateZeroed(Math.max(FIRST_BYTES, Math.max(needed, at * 2)));
        MemorySegment.copy(memory, 0, grown.segment(), 0, at);
        if (old != null) {
            old.release();
        }
        buffer = grown;
        memory = grown.segment();
    }

    @Override
    public void close() {
        if (buffer != null) {
            buffer.release();
            buffer = null;
        }
        memory = MemorySegment.NULL;
        at = 0;
    }
}
