package io.neuralake.exec.expression.compile;

import io.neuralake.exec.function.ColumnComparison;
import io.neuralake.exec.kernel.BitmapKernels;
import io.neuralake.exec.kernel.Comparison;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.type.Type;

import java.lang.foreign.MemorySegment;
import java.util.List;

/// GREATEST and LEAST, which leave out nulls.
final class ExtremeNode extends Node {
    private final List<Node> values;
    private final Comparison keep;

    /// @param keep the comparison under which the earlier value stays
    ExtremeNode(List<Node> values, Comparison keep, Type type) {
        super(type);
        this.values = List.copyOf(values);
        this.keep = keep;
    }

    @Override
    Column evaluate(Frame frame) {
        int rows = frame.rowCount();
        Column best = frame.memory().flatten(values.get(0).evaluate(frame));
        for (int v = 1; v < values.size(); v++) {
            Column next = frame.memory().flatten(values.get(v).evaluate(frame));
            DataBuffer stay = frame.activeBits();
            ColumnComparison.narrow(keep, best, next, rows, stay.segment(), frame.memory());
            MemorySegment bestValid = valid(frame, best);
            MemorySegment nextValid = valid(frame, next);
            DataBuffer change = frame.activeBits();
            for (int w = 0; w < BitmapKernels.words(rows); w++) {
                long b = Bitmap.word(bestValid, w);
                long n = Bitmap.word(nextValid, w);
                long active = Bitmap.word(change.segment(), w);
                long stays = (Bitmap.word(stay.segment(), w) & b | ~n) & active;
                Bitmap.setWord(stay.segment(), w, stays);
                Bitmap.setWord(change.segment(), w, active & ~stays);
            }
            ColumnMerge merge = new ColumnMerge(frame, type());
            merge.add(best, stay.segment());
            merge.add(next, change.segment());
            best = frame.memory().flatten(merge.finish());
        }
        return best;
    }

    private static MemorySegment valid(Frame frame, Column column) {
        DataBuffer bits = frame.activeBits();
        ColumnComparison.narrowToValid(column, frame.rowCount(), bits.segment());
        return bits.segment();
    }

    @Override
    public void close() {
        values.forEach(Node::close);
    }
}
