package io.neuralake.connector.parquet.decode;

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
import io.neuralake.spi.type.PhysicalType;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/// Keeps the selected rows of columns, so that a batch with few of them becomes small.
public final class Compaction {
    private Compaction() {}

    /// Tells whether [#apply] knows the column's form.
    public static boolean applies(Column column) {
        return !(column instanceof ListColumn || column instanceof StructColumn);
    }

    /// Returns the rows at `indexes`, as a column which the caller owns.
    ///
    /// @param indexes `count` ascending int32
    public static Column apply(
            Column column, MemorySegment indexes, int count, MemoryAllocator allocator) {
        DataBuffer validity = bits(column.validity(), indexes, count, allocator);
        return switch (column) {
            case ConstantColumn constant -> new ConstantColumn(count, constant.single().retain());
            case FlatColumn flat ->
                    new FlatColumn(
                            flat.type(),
                            count,
                            flat.type().physical() == PhysicalType.BIT
                                    ? requiredBits(flat.valuesBuffer(), indexes, count, allocator)
                                    : values(
                                            flat.values(),
                                            flat.type().physical().width(),
                                            indexes,
                                            count,
                                            allocator),
                            validity);
            case ViewColumn view -> {
                DataBuffer heap = view.heap();
                yield new ViewColumn(
                        view.type(),
                        count,
                        values(view.views(), 16, indexes, count, allocator),
                        heap == null ? null : heap.retain(),
                        validity);
            }
            case DictionaryColumn coded ->
                    new DictionaryColumn(
                            count,
                            values(coded.codes(), 4, indexes, count, allocator),
                            coded.dictionary().retain(),
                            validity);
            case ListColumn _, StructColumn _ ->
                    throw new IllegalStateException("Nested columns are not compacted");
        };
    }

    private static DataBuffer values(
            MemorySegment from,
            int width,
            MemorySegment indexes,
            int count,
            MemoryAllocator allocator) {
        DataBuffer target = allocator.allocate((long) count * width);
        Gather.values(width, indexes, count, from, target.segment(), 0);
        return target;
    }

    private static @Nullable DataBuffer bits(
            @Nullable DataBuffer from,
            MemorySegment indexes,
            int count,
            MemoryAllocator allocator) {
        return from == null ? null : requiredBits(from, indexes, count, allocator);
    }

    private static DataBuffer requiredBits(
            DataBuffer from, MemorySegment indexes, int count, MemoryAllocator allocator) {
        DataBuffer target = allocator.allocate(Bitmap.bytes(count));
        for (int block = 0; block < count; block += 64) {
            long word = 0;
            int n = Math.min(64, count - block);
            for (int i = 0; i < n; i++) {
                int index = NativeMemory.getInt(indexes, 4L * (block + i));
                word |= (Bitmap.get(from.segment(), index) ? 1L : 0L) << i;
            }
            Bitmap.setWord(target.segment(), block >>> 6, word);
        }
        return target;
    }
}
