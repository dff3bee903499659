package io.neuralake.connector.parquet.write;

import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.StringView;
import io.neuralake.spi.batch.ViewColumn;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/// Texts or bytes, one behind the other.
final class TextValues extends LeafValues {
    private static final long MAX_BYTES = Integer.MAX_VALUE - 64;

    byte[] heap = new byte[0];

    /// Where each value begins, and the last one ends.
    int[] starts = new int[1];

    @Override
    void add(Column column, int[] rows, int rowCount) {
        MemorySegment views = ((ViewColumn) column).views();
        if (starts.length < count + rowCount + 1) {
            starts = Arrays.copyOf(starts, capacity(count + rowCount + 1));
        }
        long end = starts[count];
        for (int i = 0; i < rowCount; i++) {
            end += StringView.length(views, (long) rows[i] * StringView.BYTES);
        }
        if (end > MAX_BYTES) {
            throw new NeuralakeException(
                    ErrorCode.UNSUPPORTED, "Texts of one batch are longer than 2 GiB together");
        }
        if (heap.length < end) {
            heap = Arrays.copyOf(heap, (int) Math.min(MAX_BYTES, Math.max(4096, 2 * end)));
        }
        int at = starts[count];
        for (int i = 0; i < rowCount; i++) {
            long view = (long) rows[i] * StringView.BYTES;
            int length = StringView.length(views, view);
            MemorySegment.copy(
                    StringView.MEMORY,
                    ValueLayout.JAVA_BYTE,
                    StringView.address(views, view),
                    heap,
                    at,
                    length);
            at += length;
            starts[count + i + 1] = at;
        }
        count += rowCount;
    }

    int length(int index) {
        return starts[index + 1] - starts[index];
    }

    /// Compares two values bytewise, unsigned.
    int compare(int left, int right) {
        return Arrays.compareUnsigned(
                heap, starts[left], starts[left + 1], heap, starts[right], starts[right + 1]);
    }

    @Override
    long bytes() {
        return starts[count] + (long) count * Integer.BYTES;
    }

    @Override
    void clear() {
        count = 0;
    }
}
