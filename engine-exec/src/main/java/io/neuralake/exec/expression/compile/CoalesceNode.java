package io.neuralake.exec.expression.compile;

import io.neuralake.exec.function.ColumnComparison;
import io.neuralake.exec.kernel.BitmapKernels;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.type.Type;

import java.util.List;

/// COALESCE. Each value is computed only for the rows on which all before it are null.
final class CoalesceNode extends Node {
    private final List<Node> values;

    CoalesceNode(List<Node> values, Type type) {
        super(type);
        this.values = List.copyOf(values);
    }

    @Override
    Column evaluate(Frame frame) {
        int rows = frame.rowCount();
        ColumnMerge merge = new ColumnMerge(frame, type());
        DataBuffer open = frame.activeBits();
        for (Node value : values) {
            if (BitmapKernels.isEmpty(open.segment(), rows)) {
                break;
            }
            Column column = frame.memory().flatten(value.evaluate(frame.narrowed(open.segment())));
            DataBuffer taken = frame.bitmap();
            BitmapKernels.copy(open.segment(), rows, taken.segment());
            ColumnComparison.narrowToValid(column, rows, taken.segment());
            if (!BitmapKernels.isEmpty(taken.segment(), rows)) {
                merge.add(column, taken.segment());
                BitmapKernels.andNot(open.segment(), taken.segment(), rows);
            }
        }
        return merge.finish();
    }

    @Override
    public void close() {
        values.forEach(Node::close);
    }
}
