package io.neuralake.exec.function;

import io.neuralake.exec.kernel.BitmapKernels;
import io.neuralake.exec.kernel.Comparison;
import io.neuralake.exec.kernel.HashKernels;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ColumnBuilder;
import io.neuralake.spi.batch.ConstantColumn;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.FlatColumn;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// A set of constants of one type, for IN. Up to a few are compared one after the other; more are
/// looked up in an [ExactSet], or, where their type has none, in an open hash table of candidate rows,
/// keyed by the hash of the column.
public final class ConstantSet implements AutoCloseable {
    private static final int MAX_COMPARED = 4;

    /// Of numbers, which are compared several at a time.
    private static final int MAX_COMPARED_NUMBERS = 8;

    private final Column all;
    private final List<Column> singles = new ArrayList<>();
    private final @Nullable ExactSet exact;
    private final int[] table;
    private final long[] hashes;
    private boolean closed;

    /// Builds the set.
    ///
    /// @param values in the Java form of the type, none null
    public ConstantSet(Type type, List<Object> values, MemoryAllocator allocator) {
        this.all = ColumnBuilder.of(allocator, type, values);
        int count = values.size();
        boolean few = count <= (all instanceof FlatColumn ? MAX_COMPARED_NUMBERS : MAX_COMPARED);
        this.exact = few ? null : ExactSet.of(all, count).orElse(null);
        if (few || exact != null) {
            this.table = new int[0];
            this.hashes = new long[0];
            if (few) {
                compareSingly(type, values, allocator);
            }
            return;
        }
        this.table = new int[Integer.highestOneBit(count * 2) * 2];
        this.hashes = new long[count];
        DataBuffer buffer = allocator.allocate(8L * count);
        HashKernels.hash(all, count, buffer.segment(), false);
        for (int i = 0; i < count; i++) {
            long hash = NativeMemory.getLong(buffer.segment(), 8L * i);
            hashes[i] = hash;
            int slot = slot(hash);
            while (table[slot] != 0) {
                slot = slot + 1 & table.length - 1;
            }
            table[slot] = i + 1;
        }
        buffer.release();
    }

    private void compareSingly(Type type, List<Object> values, MemoryAllocator allocator) {
        for (Object value : values) {
            singles.add(new ConstantColumn(1, ColumnBuilder.of(allocator, type, List.of(value))));
        }
    }

    private int slot(long hash) {
        return (int) (hash >>> 32) & table.length - 1;
    }

    /// Narrows `bits` to the rows whose value is in the set; none of them is null.
    ///
    /// @param column flat form
    public void narrow(Column column, int rowCount, MemorySegment bits, EvaluationMemory memory) {
        if (exact != null) {
            exact.narrow(column, rowCount, bits);
            return;
        }
        if (table.length > 0) {
            lookUp(column, rowCount, bits, memory);
            return;
        }
        MemorySegment open = memory.scratch(Bitmap.bytes(rowCount)).segment();
        BitmapKernels.copy(bits, rowCount, open);
        MemorySegment found = memory.scratch(Bitmap.bytes(rowCount)).segment();
        BitmapKernels.clear(bits, rowCount);
        for (Column single : singles) {
            BitmapKernels.copy(open, rowCount, found);
            ColumnComparison.narrow(Comparison.EQUAL, column, single, rowCount, found, memory);
            BitmapKernels.or(bits, found, rowCount);
            BitmapKernels.andNot(open, found, rowCount);
        }
    }

    private void lookUp(Column column, int rowCount, MemorySegment bits, EvaluationMemory memory) {
        MemorySegment rowHashes = memory.scratch(8L * rowCount).segment();
        HashKernels.hash(column, rowCount, rowHashes, false);
        for (int i = BitmapKernels.next(bits, 0, rowCount);
                i >= 0;
                i = BitmapKernels.next(bits, i + 1, rowCount)) {
            if (!contains(column, i, NativeMemory.getLong(rowHashes, 8L * i))) {
                Bitmap.set(bits, i, false);
            }
        }
    }

    private boolean contains(Column column, int row, long hash) {
        int slot = slot(hash);
        while (table[slot] != 0) {
            int candidate = table[slot] - 1;
            if (hashes[candidate] == hash
                    && RowComparison.compare(column, row, all, candidate) == 0) {
                return true;
            }
            slot = slot + 1 & table.length - 1;
        }
        return false;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            all.release();
            singles.forEach(Column::release);
        }
    }
}
