package io.neuralake.exec.row;

import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ConstantColumn;
import io.neuralake.spi.batch.DictionaryColumn;
import io.neuralake.spi.batch.FlatColumn;
import io.neuralake.spi.batch.ListColumn;
import io.neuralake.spi.batch.StringView;
import io.neuralake.spi.batch.StructColumn;
import io.neuralake.spi.batch.ViewColumn;
import io.neuralake.spi.type.PhysicalType;

import java.lang.foreign.MemorySegment;

/// Estimates the memory that rows take once they are kept, cheaply: the lengths of strings are
/// sampled. Thread-safe.
public final class RowBytes {
    private static final int SAMPLES = 16;

    private RowBytes() {}

    /// Returns the bytes of `count` rows of a batch.
    public static long estimate(Batch batch, int count) {
        if (batch.rowCount() == 0) {
            return 0;
        }
        double bytes = 0;
        for (int i = 0; i < batch.columnCount(); i++) {
            bytes += bytesPerRow(batch.column(i));
        }
        return (long) (bytes * count) + 1;
    }

    /// Returns the bytes of all rows of a column.
    public static long estimate(Column column) {
        return (long) (bytesPerRow(column) * column.rowCount()) + 1;
    }

    private static double bytesPerRow(Column column) {
        int rows = column.rowCount();
        if (rows == 0) {
            return 0;
        }
        double own =
                switch (column) {
                    case FlatColumn flat ->
                            flat.type().physical() == PhysicalType.BIT
                                    ? 0.125
                                    : flat.type().physical().width();
                    case ViewColumn views -> StringView.BYTES + heapBytesPerRow(views);
                    case ListColumn list ->
                            4 + bytesPerRow(list.child()) * list.child().rowCount() / rows;
                    case StructColumn struct -> {
                        double sum = 0;
                        for (Column child : struct.children()) {
                            sum += bytesPerRow(child);
                        }
                        yield sum;
                    }
                    case DictionaryColumn coded -> 4 + bytesPerRow(coded.dictionary());
                    case ConstantColumn _ -> 0;
                };
        return column.validity() == null ? own : own + 0.125;
    }

    private static double heapBytesPerRow(ViewColumn column) {
        if (column.heap() == null) {
            return 0;
        }
        MemorySegment views = column.views();
        int rows = column.rowCount();
        int step = Math.max(1, rows / SAMPLES);
        long bytes = 0;
        int sampled = 0;
        for (int i = 0; i < rows; i += step, sampled++) {
            int length = StringView.length(views, (long) i << 4);
            bytes += length > StringView.MAX_INLINE ? length : 0;
        }
        return (double) bytes / sampled;
    }
}
