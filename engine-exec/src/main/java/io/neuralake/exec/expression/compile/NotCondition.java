package io.neuralake.exec.expression.compile;

import io.neuralake.exec.kernel.BitmapKernels;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ConstantColumn;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.FlatColumn;

import java.lang.foreign.MemorySegment;

/// NOT, three-valued.
final class NotCondition extends Condition {
    private final Condition condition;

    NotCondition(Condition condition) {
        this.condition = condition;
    }

    @Override
    Column evaluate(Frame frame) {
        Column column = frame.memory().flatten(condition.evaluate(frame));
        if (column instanceof ConstantColumn constant && constant.isNull()) {
            return column;
        }
        FlatColumn flat = (FlatColumn) frame.memory().expand(column);
        DataBuffer values = frame.bitmap();
        for (int w = 0; w < BitmapKernels.words(frame.rowCount()); w++) {
            Bitmap.setWord(values.segment(), w, ~Bitmap.word(flat.values(), w));
        }
        return BooleanColumns.of(frame, values, flat.validity());
    }

    @Override
    void select(Frame frame, MemorySegment bits, boolean want) {
        condition.select(frame, bits, !want);
    }

    @Override
    public void close() {
        condition.close();
    }
}
