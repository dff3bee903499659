package io.neuralake.exec.expression.compile;

import io.neuralake.exec.function.ColumnComparison;
import io.neuralake.exec.kernel.BitmapKernels;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.DictionaryColumn;

import java.lang.foreign.MemorySegment;

/// IS NOT NULL. Never unknown.
final class NullCondition extends Condition {
    private final Node value;

    NullCondition(Node value) {
        this.value = value;
    }

    @Override
    Column evaluate(Frame frame) {
        return BooleanColumns.known(frame, this);
    }

    @Override
    void select(Frame frame, MemorySegment bits, boolean want) {
        Column column = value.evaluate(frame.narrowed(bits));
        if (column instanceof DictionaryColumn dictionary && dictionary.dictionaryHasNulls()) {
            column = frame.memory().flatten(column);
        }
        if (want) {
            ColumnComparison.narrowToValid(column, frame.rowCount(), bits);
            return;
        }
        DataBuffer valid = frame.bitmap();
        Bitmap.fill(valid.segment(), frame.rowCount());
        ColumnComparison.narrowToValid(column, frame.rowCount(), valid.segment());
        BitmapKernels.andNot(bits, valid.segment(), frame.rowCount());
    }

    @Override
    public void close() {
        value.close();
    }
}
