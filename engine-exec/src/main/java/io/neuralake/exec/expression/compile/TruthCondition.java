package io.neuralake.exec.expression.compile;

import io.neuralake.exec.kernel.BitmapKernels;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;

import java.lang.foreign.MemorySegment;

/// IS TRUE and IS FALSE. Never unknown.
final class TruthCondition extends Condition {
    private final Condition condition;
    private final boolean truth;

    TruthCondition(Condition condition, boolean truth) {
        this.condition = condition;
        this.truth = truth;
    }

    @Override
    Column evaluate(Frame frame) {
        return BooleanColumns.known(frame, this);
    }

    @Override
    void select(Frame frame, MemorySegment bits, boolean want) {
        if (want) {
            condition.select(frame, bits, truth);
            return;
        }
        DataBuffer holds = frame.memory().scratch(Bitmap.bytes(frame.rowCount()));
        BitmapKernels.copy(bits, frame.rowCount(), holds.segment());
        condition.select(frame, holds.segment(), truth);
        BitmapKernels.andNot(bits, holds.segment(), frame.rowCount());
    }

    @Override
    public void close() {
        condition.close();
    }
}
