package io.neuralake.exec.expression.compile;

import io.neuralake.exec.function.ColumnComparison;
import io.neuralake.exec.function.ConstantSet;
import io.neuralake.exec.kernel.BitmapKernels;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;

import java.lang.foreign.MemorySegment;

/// IN over constants, three-valued: unknown where the value is null, or is not found among
/// candidates of which one is null.
final class InCondition extends Condition {
    private final Node value;
    private final ConstantSet candidates;
    private final boolean nullCandidate;

    InCondition(Node value, ConstantSet candidates, boolean nullCandidate) {
        this.value = value;
        this.candidates = candidates;
        this.nullCandidate = nullCandidate;
    }

    @Override
    Column evaluate(Frame frame) {
        int rows = frame.rowCount();
        Column column = frame.memory().expand(value.evaluate(frame));
        DataBuffer found = frame.activeBits();
        ColumnComparison.narrowToValid(column, rows, found.segment());
        candidates.narrow(column, rows, found.segment(), frame.memory());
        if (nullCandidate) {
            return BooleanColumns.of(frame, found, found);
        }
        return BooleanColumns.of(frame, found, column.validity());
    }

    @Override
    void select(Frame frame, MemorySegment bits, boolean want) {
        int rows = frame.rowCount();
        if (!want && nullCandidate) {
            BitmapKernels.clear(bits, rows);
            return;
        }
        Column column = frame.memory().expand(value.evaluate(frame.narrowed(bits)));
        ColumnComparison.narrowToValid(column, rows, bits);
        if (want) {
            candidates.narrow(column, rows, bits, frame.memory());
            return;
        }
        DataBuffer found = frame.memory().scratch(Bitmap.bytes(rows));
        BitmapKernels.copy(bits, rows, found.segment());
        candidates.narrow(column, rows, found.segment(), frame.memory());
        BitmapKernels.andNot(bits, found.segment(), rows);
    }

    @Override
    public void close() {
        value.close();
        candidates.close();
    }
}
