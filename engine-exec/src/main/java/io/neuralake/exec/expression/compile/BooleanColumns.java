package io.neuralake.exec.expression.compile;

import io.neuralake.exec.function.ColumnComparison;
import io.neuralake.exec.kernel.BitmapKernels;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ConstantColumn;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.FlatColumn;
import io.neuralake.spi.type.ScalarType;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/// Reads and makes columns of truth values.
final class BooleanColumns {
    private BooleanColumns() {}

    /// Narrows `bits` to the rows whose value is `want`.
    static void narrow(Frame frame, Column column, MemorySegment bits, boolean want) {
        narrow(frame, column, bits, want, frame.rowCount());
    }

    /// As above, for a column of another row count than the frame's.
    static void narrow(Frame frame, Column column, MemorySegment bits, boolean want, int rowCount) {
        Column flat = frame.memory().flatten(column);
        ColumnComparison.narrowToValid(flat, rowCount, bits);
        if (flat.type() == ScalarType.NULL) {
            BitmapKernels.clear(bits, rowCount);
        } else if (flat instanceof ConstantColumn constant) {
            if (!constant.isNull() && Bitmap.get(values(constant.single()), 0) != want) {
                BitmapKernels.clear(bits, rowCount);
            }
        } else if (want) {
            BitmapKernels.and(bits, values(flat), rowCount);
        } else {
            BitmapKernels.andNot(bits, values(flat), rowCount);
        }
    }

    private static MemorySegment values(Column column) {
        return ((FlatColumn) column).values();
    }

    /// Makes a column of lent bitmaps.
    static Column of(Frame frame, DataBuffer values, @Nullable DataBuffer validity) {
        return frame.memory().flat(ScalarType.BOOLEAN, frame.rowCount(), values, validity);
    }

    /// Makes a column that is TRUE where a condition is and FALSE elsewhere, for conditions that are
    /// never unknown.
    static Column known(Frame frame, Condition condition) {
        DataBuffer bits = frame.activeBits();
        condition.select(frame, bits.segment(), true);
        return of(frame, bits, null);
    }
}
