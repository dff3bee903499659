package io.neuralake.exec.operator.window;

import io.neuralake.exec.function.aggregate.RowOrder;
import io.neuralake.exec.kernel.HashKernels;
import io.neuralake.exec.plan.PhysicalPlan.Window;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.memory.NativeMemory;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// The whole input, or whole partitions of it, in contiguous columns, divided by the hash of the
/// partition keys, so that workers can take whole partitions.
final class WindowInput implements AutoCloseable {
    private static final int DIVISION_BITS = 6;
    private static final int DIVIDED_ROWS = 32 * 1024;

    private final List<Column> columns = new ArrayList<>();
    private @Nullable DataBuffer rows;
    private @Nullable RowOrder order;
    private int[] starts = new int[] {0};

    /// Takes ownership of the batch, which has no selection, also when it throws.
    WindowInput(Window node, Batch all, MemoryAllocator allocator) {
        try (all) {
            for (Column column : all.columns()) {
                columns.add(column.retain());
            }
            order = new RowOrder(columns, node.orderKeys(), allocator);
            divide(node, all.rowCount(), allocator);
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private void divide(Window node, int rowCount, MemoryAllocator allocator) {
        DataBuffer divided = allocator.allocate(4L * rowCount);
        rows = divided;
        MemorySegment to = divided.segment();
        if (node.partitionKeys().isEmpty() || rowCount < DIVIDED_ROWS) {
            for (int row = 0; row < rowCount; row++) {
                NativeMemory.setInt(to, 4L * row, row);
            }
            starts = new int[] {0, rowCount};
            return;
        }
        DataBuffer hashes = allocator.allocate(8L * rowCount);
        try {
            MemorySegment h = hashes.segment();
            for (int k = 0; k < node.partitionKeys().size(); k++) {
                Column key = columns.get(node.partitionKeys().get(k));
                HashKernels.hash(key, rowCount, h, k > 0);
            }
            int shift = 64 - DIVISION_BITS;
            int[] next = new int[(1 << DIVISION_BITS) + 1];
            for (int row = 0; row < rowCount; row++) {
                long hash = NativeMemory.getLong(h, 8L * row);
                next[(int) (hash >>> shift) + 1]++;
            }
            for (int d = 1; d < next.length; d++) {
                next[d] += next[d - 1];
            }
            starts = next.clone();
            for (int row = 0; row < rowCount; row++) {
                long hash = NativeMemory.getLong(h, 8L * row);
                int at = next[(int) (hash >>> shift)]++;
                NativeMemory.setInt(to, 4L * at, row);
            }
        } finally {
            hashes.release();
        }
    }

    int divisions() {
        return starts.length - 1;
    }

    int rowCount(int division) {
        return starts[division + 1] - starts[division];
    }

    /// Sorts the rows of a division; the caller closes the result.
    SortedRows sort(Window node, int division, MemoryAllocator allocator) {
        if (rows == null || order == null) {
            throw new IllegalStateException("Input was closed");
        }
        int count = rowCount(division);
        MemorySegment part = rows.segment().asSlice(4L * starts[division], 4L * count);
        return new SortedRows(node, columns, order, part, count, allocator);
    }

    @Override
    public void close() {
        columns.forEach(Column::release);
        columns.clear();
        if (rows != null) {
            rows.release();
            rows = null;
        }
        if (order != null) {
            order.close();
            order = null;
        }
    }
}
