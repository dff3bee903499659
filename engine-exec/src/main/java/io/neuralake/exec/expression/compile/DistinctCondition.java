package io.neuralake.exec.expression.compile;

import io.neuralake.exec.function.ColumnComparison;
import io.neuralake.exec.kernel.BitmapKernels;
import io.neuralake.exec.kernel.Comparison;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;

import java.lang.foreign.MemorySegment;

/// IS NOT DISTINCT FROM: equality in which NULL equals NULL. Never unknown.
final class DistinctCondition extends Condition {
    private final Node left;
    private final Node right;

    DistinctCondition(Node left, Node right) {
        this.left = left;
        this.right = right;
    }

    @Override
    Column evaluate(Frame frame) {
        return BooleanColumns.known(frame, this);
    }

    @Override
    void select(Frame frame, MemorySegment bits, boolean want) {
        int rows = frame.rowCount();
        Frame inner = frame.narrowed(bits);
        Column l = frame.memory().flatten(left.evaluate(inner));
        Column r = frame.memory().flatten(right.evaluate(inner));
        MemorySegment same = filled(frame);
        ColumnComparison.narrow(Comparison.EQUAL, l, r, rows, same, frame.memory());
        MemorySegment leftValid = filled(frame);
        ColumnComparison.narrowToValid(l, rows, leftValid);
        MemorySegment rightValid = filled(frame);
        ColumnComparison.narrowToValid(r, rows, rightValid);
        for (int w = 0; w < BitmapKernels.words(rows); w++) {
            long a = Bitmap.word(leftValid, w);
            long b = Bitmap.word(rightValid, w);
            long equal = Bitmap.word(same, w) & a & b | ~a & ~b;
            Bitmap.setWord(bits, w, Bitmap.word(bits, w) & (want ? equal : ~equal));
        }
    }

    private static MemorySegment filled(Frame frame) {
        DataBuffer bits = frame.bitmap();
        Bitmap.fill(bits.segment(), frame.rowCount());
        return bits.segment();
    }

    @Override
    public void close() {
        left.close();
        right.close();
    }
}
