package io.neuralake.exec.operator.sort;

import io.neuralake.exec.plan.PhysicalPlan.SortKey;
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
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.type.PhysicalType;

import java.lang.foreign.MemorySegment;

/// Maps values of a sort key to unsigned 64-bit words that never contradict the order, whatever
/// column they come from, though different values may have equal words.
final class KeyPrefix {

    private KeyPrefix() {}

    /// Writes the word of a key of each row; zero for lists and structs, which have none.
    ///
    /// @param column the key's column, in plain form
    static void words(Column column, SortKey key, int count, MemorySegment words) {
        PhysicalType physical = column.type().physical();
        long flip = key.descending() ? -1L : 0L;
        switch (column) {
            case ViewColumn views -> stringWords(views.views(), count, words, flip);
            case FlatColumn flat -> flatWords(physical, flat.values(), count, words, flip);
            case ListColumn _, StructColumn _ -> {
                words.asSlice(0, 8L * count).fill((byte) 0);
                return;
            }
            case DictionaryColumn _, ConstantColumn _ ->
                    throw new IllegalStateException("Not a plain column");
        }
        DataBuffer validity = column.validity();
        if (validity != null) {
            long ofNull = key.nullsFirst() ? 0 : -1L;
            for (int i = 0; i < count; i++) {
                if (!Bitmap.get(validity.segment(), i)) {
                    NativeMemory.setLong(words, 8L * i, ofNull);
                }
            }
        }
    }

    private static void flatWords(
            PhysicalType physical,
            MemorySegment values,
            int count,
            MemorySegment words,
            long flip) {
        switch (physical) {
            case INT64 -> {
                for (int i = 0; i < count; i++) {
                    NativeMemory.setLong(
                            words,
                            8L * i,
                            NativeMemory.getLong(values, 8L * i) - Long.MIN_VALUE ^ flip);
                }
            }
            case INT32 -> {
                for (int i = 0; i < count; i++) {
                    long value = NativeMemory.getInt(values, 4L * i);
                    NativeMemory.setLong(words, 8L * i, value - Long.MIN_VALUE ^ flip);
                }
            }
            case INT128 -> {
                for (int i = 0; i < count; i++) {
                    NativeMemory.setLong(
                            words, 8L * i, saturated(values, i) - Long.MIN_VALUE ^ flip);
                }
            }
            case FLOAT32, FLOAT64 -> {
                for (int i = 0; i < count; i++) {
                    long value = KeyPart.orderedFloat(physical, values, i);
                    NativeMemory.setLong(words, 8L * i, value - Long.MIN_VALUE ^ flip);
                }
            }
            default -> {
                for (int i = 0; i < count; i++) {
                    long value = KeyPart.integer(physical, values, i);
                    NativeMemory.setLong(words, 8L * i, value - Long.MIN_VALUE ^ flip);
                }
            }
        }
    }

    private static long saturated(MemorySegment values, int row) {
        long low = NativeMemory.getLong(values, 16L * row);
        long high = NativeMemory.getLong(values, 16L * row + 8);
        if (high == low >> 63) {
            return low;
        }
        return high < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
    }

    private static void stringWords(
            MemorySegment views, int count, MemorySegment words, long flip) {
        for (int i = 0; i < count; i++) {
            long offset = 16L * i;
            int length = StringView.length(views, offset);
            long address = StringView.address(views, offset);
            long word = Long.reverseBytes(NativeMemory.getLong(StringView.MEMORY, address));
            if (length < 8) {
                word = length == 0 ? 0 : word & -1L << (64 - 8 * length);
            }
            NativeMemory.setLong(words, 8L * i, word ^ flip);
        }
    }
}
