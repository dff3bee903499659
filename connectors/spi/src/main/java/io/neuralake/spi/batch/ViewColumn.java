package io.neuralake.spi.batch;

import io.neuralake.spi.type.PhysicalType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/// Strings or binary as 16-byte views. The views point into the heap, which is one buffer or a
/// bundle. Views under null rows are zero (the empty string).
public final class ViewColumn extends Column {
    private final DataBuffer views;
    private final @Nullable DataBuffer heap;

    /// Takes ownership of all buffers.
    ///
    /// @param views `rowCount` views
    /// @param heap keeps alive what long views point to; null when all are inline
    public ViewColumn(
            Type type,
            int rowCount,
            DataBuffer views,
            @Nullable DataBuffer heap,
            @Nullable DataBuffer validity) {
        super(type, rowCount, validity);
        if (type.physical() != PhysicalType.VIEW) {
            throw new IllegalArgumentException("Not a string or binary type: " + type.sql());
        }
        this.views = views;
        this.heap = heap;
    }

    /// Returns the views' memory.
    public MemorySegment views() {
        return views.segment();
    }

    /// Returns the views' buffer, which stays the column's.
    public DataBuffer viewsBuffer() {
        return views;
    }

    /// Returns what keeps the long values alive, or null when all are inline. Retain it to copy
    /// views into another column.
    public @Nullable DataBuffer heap() {
        return heap;
    }

    @Override
    public @Nullable Object value(int row) {
        if (isNull(row)) {
            return null;
        }
        long offset = (long) row * StringView.BYTES;
        return type() == ScalarType.VARBINARY
                ? StringView.bytes(views.segment(), offset)
                : StringView.string(views.segment(), offset);
    }

    @Override
    void free() {
        views.release();
        if (heap != null) {
            heap.release();
        }
    }
}
