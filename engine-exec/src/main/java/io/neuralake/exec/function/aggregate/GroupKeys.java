package io.neuralake.exec.function.aggregate;

import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.FlatColumn;
import io.neuralake.spi.batch.StringView;
import io.neuralake.spi.batch.ViewColumn;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.type.PhysicalType;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/// Reads keys that are not nested out of the rows of groups.
///
/// @param nullGroup the group of null, where the one key fills its word; else -1
record GroupKeys(KeyLayout layout, GroupRows rows, StringArena arena, int nullGroup) {
    private static final MemorySegment MEMORY = StringView.MEMORY;

    /// Returns the values of one key, which the caller owns.
    ///
    /// @param groups `count` int32; null for those from `from` on
    Column column(
            int key, @Nullable MemorySegment groups, int from, int count, MemoryAllocator target) {
        Type type = layout.type(key);
        DataBuffer validity = null;
        DataBuffer values = null;
        try {
            validity = validity(key, groups, from, count, target);
            values = target.allocate(valueBytes(type, count));
            fill(key, groups, from, count, values.segment());
        } catch (RuntimeException | Error e) {
            if (validity != null) {
                validity.release();
            }
            if (values != null) {
                values.release();
            }
            throw e;
        }
        if (layout.isView(key)) {
            DataBuffer heap = arena.heap();
            return new ViewColumn(
                    type, count, values, heap == null ? null : heap.retain(), validity);
        }
        return new FlatColumn(type, count, values, validity);
    }

    private static int group(@Nullable MemorySegment groups, int from, int i) {
        return groups == null ? from + i : NativeMemory.getInt(groups, (long) i << 2);
    }

    private static long valueBytes(Type type, int count) {
        return type.physical() == PhysicalType.BIT
                ? Bitmap.bytes(count)
                : (long) count * type.physical().width();
    }

    private @Nullable DataBuffer validity(
            int key, @Nullable MemorySegment groups, int from, int count, MemoryAllocator target) {
        boolean any = false;
        for (int i = 0; i < count && !any; i++) {
            any = isNull(key, group(groups, from, i));
        }
        if (!any) {
            return null;
        }
        DataBuffer validity = target.allocateZeroed(Bitmap.bytes(count));
        for (int i = 0; i < count; i++) {
            if (!isNull(key, group(groups, from, i))) {
                Bitmap.set(validity.segment(), i, true);
            }
        }
        return validity;
    }

    private boolean isNull(int key, int group) {
        if (layout.fullWord()) {
            return group == nullGroup;
        }
        long row = rows.address(group);
        if (layout.packed()) {
            return layout.nullable(key)
                    && (NativeMemory.getLong(MEMORY, row) >>> layout.shift(key) + layout.bits(key)
                                    & 1)
                            != 0;
        }
        return (NativeMemory.getLong(MEMORY, row + 8 + 8L * (key >> 6)) >>> key & 1) != 0;
    }

    private void fill(
            int key, @Nullable MemorySegment groups, int from, int count, MemorySegment out) {
        PhysicalType physical = layout.type(key).physical();
        int unused = layout.packed() ? 64 - layout.bits(key) : 0;
        int shift = layout.packed() ? layout.shift(key) : 0;
        long directory = rows.directory();
        long stride = rows.stride();
        long offset = layout.packed() ? 0 : layout.wordOffset(key);
        if (physical == PhysicalType.BIT) {
            out.fill((byte) 0);
        }
        for (int i = 0; i < count; i++) {
            long at = GroupRows.address(directory, group(groups, from, i), stride) + offset;
            long word = NativeMemory.getLong(MEMORY, at);
            // sign-extends packed keys
            long value = word >>> shift << unused >> unused;
            switch (physical) {
                case BIT -> Bitmap.set(out, i, (value & 1) != 0);
                case INT8 -> NativeMemory.setByte(out, i, (byte) value);
                case INT16 -> NativeMemory.setShort(out, (long) i << 1, (short) value);
                case INT32, FLOAT32 -> NativeMemory.setInt(out, (long) i << 2, (int) value);
                case INT64, FLOAT64 -> NativeMemory.setLong(out, (long) i << 3, value);
                case INT128, VIEW -> {
                    NativeMemory.setLong(out, (long) i << 4, word);
                    NativeMemory.setLong(
                            out, ((long) i << 4) + 8, NativeMemory.getLong(MEMORY, at + 8));
                }
                case LIST, STRUCT -> throw new IllegalStateException("Nested key");
            }
        }
    }
}
