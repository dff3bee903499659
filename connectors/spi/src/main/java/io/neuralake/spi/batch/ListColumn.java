package io.neuralake.spi.batch;

import io.neuralake.spi.type.PhysicalType;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/// Lists, and maps as lists of (key, value) structs. Row `i` holds the child's rows from offset `i`
/// to offset `i + 1`; null rows are empty ranges. Offsets start at 0.
public final class ListColumn extends Column {
    private final DataBuffer offsets;
    private final Column child;

    /// Takes ownership of the buffers and of one reference of `child`.
    ///
    /// @param offsets `rowCount + 1` int32
    public ListColumn(
            Type type,
            int rowCount,
            DataBuffer offsets,
            Column child,
            @Nullable DataBuffer validity) {
        super(type, rowCount, validity);
        if (type.physical() != PhysicalType.LIST) {
            throw new IllegalArgumentException("Not a list or map type: " + type.sql());
        }
        this.offsets = offsets;
        this.child = child;
    }

    /// Returns the offsets' memory, `rowCount + 1` int32.
    public MemorySegment offsets() {
        return offsets.segment();
    }

    /// Returns the offsets' buffer, which stays the column's.
    public DataBuffer offsetsBuffer() {
        return offsets;
    }

    /// Returns the elements, which stay the column's.
    public Column child() {
        return child;
    }

    @Override
    public @Nullable Object value(int row) {
        if (isNull(row)) {
            return null;
        }
        int from = offsets.segment().get(ValueLayout.JAVA_INT_UNALIGNED, 4L * row);
        int to = offsets.segment().get(ValueLayout.JAVA_INT_UNALIGNED, 4L * row + 4);
        List<@Nullable Object> values = new ArrayList<>(to - from);
        for (int i = from; i < to; i++) {
            values.add(child.value(i));
        }
        return values;
    }

    @Override
    void free() {
        offsets.release();
        child.release();
    }
}
