package io.neuralake.exec.row;

import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ConstantColumn;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.DictionaryColumn;
import io.neuralake.spi.batch.FlatColumn;
import io.neuralake.spi.batch.ListColumn;
import io.neuralake.spi.batch.StructColumn;
import io.neuralake.spi.batch.ViewColumn;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.memory.NativeMemory;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Brings columns into the plain forms: flat, views, lists and structs of such. Thread-safe.
public final class ColumnFlatten {

    private ColumnFlatten() {}

    /// Returns the column without dictionaries and constants at any depth; the same object, retained,
    /// when there are none. The caller owns the result.
    public static Column flatten(Column column, MemoryAllocator allocator) {
        return switch (column) {
            case FlatColumn flat -> flat.retain();
            case ViewColumn view -> view.retain();
            case ListColumn list -> flattenList(list, allocator);
            case StructColumn struct -> flattenStruct(struct, allocator);
            case DictionaryColumn dictionary -> decode(dictionary, allocator);
            case ConstantColumn constant -> repeat(constant, allocator);
        };
    }

    private static Column repeat(ConstantColumn constant, MemoryAllocator allocator) {
        int rows = constant.rowCount();
        DataBuffer zeros = allocator.allocateZeroed((long) rows << 2);
        try {
            return deep(
                    ColumnGather.gather(constant.single(), zeros.segment(), rows, allocator),
                    allocator);
        } finally {
            zeros.release();
        }
    }

    private static Column decode(DictionaryColumn column, MemoryAllocator allocator) {
        int rows = column.rowCount();
        DataBuffer validity = column.validity();
        if (validity == null) {
            return deep(
                    ColumnGather.gather(column.dictionary(), column.codes(), rows, allocator),
                    allocator);
        }
        DataBuffer indexes = allocator.allocate((long) rows << 2);
        try {
            nullableCodes(column.codes(), validity.segment(), rows, indexes.segment());
            return deep(
                    ColumnGather.gatherNullable(
                            column.dictionary(), indexes.segment(), rows, allocator),
                    allocator);
        } finally {
            indexes.release();
        }
    }

    private static void nullableCodes(
            MemorySegment codes, MemorySegment validity, int rows, MemorySegment to) {
        for (int w = 0, i = 0; i < rows; w++) {
            long word = Bitmap.word(validity, w);
            int end = Math.min(rows, i + 64);
            for (int bit = 0; i < end; i++, bit++) {
                int absent = (int) (word >>> bit & 1) - 1;
                NativeMemory.setInt(
                        to, (long) i << 2, NativeMemory.getInt(codes, (long) i << 2) | absent);
            }
        }
    }

    /// Flattens what a gather gave, whose children may have kept their forms. Takes ownership.
    private static Column deep(Column column, MemoryAllocator allocator) {
        if (column instanceof FlatColumn || column instanceof ViewColumn) {
            return column;
        }
        try {
            return flatten(column, allocator);
        } finally {
            column.release();
        }
    }

    private static Column flattenList(ListColumn list, MemoryAllocator allocator) {
        Column child = flatten(list.child(), allocator);
        if (child == list.child()) {
            child.release();
            return list.retain();
        }
        return new ListColumn(
                list.type(),
                list.rowCount(),
                list.offsetsBuffer().retain(),
                child,
                retain(list.validity()));
    }

    private static Column flattenStruct(StructColumn struct, MemoryAllocator allocator) {
        try (Ownership owned = new Ownership()) {
            List<Column> children = new ArrayList<>(struct.children().size());
            boolean same = true;
            for (Column child : struct.children()) {
                Column flat = owned.hold(flatten(child, allocator));
                same &= flat == child;
                children.add(flat);
            }
            if (same) {
                return struct.retain();
            }
            Column result =
                    new StructColumn(
                            struct.type(), struct.rowCount(), children, retain(struct.validity()));
            owned.transfer();
            return result;
        }
    }

    private static @Nullable DataBuffer retain(@Nullable DataBuffer buffer) {
        return buffer == null ? null : buffer.retain();
    }
}
