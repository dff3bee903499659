package io.neuralake.exec.expression.compile;

import io.neuralake.exec.kernel.BitmapKernels;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.type.Type;

import java.util.List;

/// CASE. Each branch sees only the rows that take it.
final class CaseNode extends Node {
    private final List<Condition> conditions;
    private final List<Node> results;
    private final Node otherwise;

    CaseNode(List<Condition> conditions, List<Node> results, Node otherwise, Type type) {
        super(type);
        this.conditions = List.copyOf(conditions);
        this.results = List.copyOf(results);
        this.otherwise = otherwise;
    }

    @Override
    Column evaluate(Frame frame) {
        int rows = frame.rowCount();
        ColumnMerge merge = new ColumnMerge(frame, type());
        DataBuffer open = frame.activeBits();
        for (int i = 0; i < conditions.size(); i++) {
            if (BitmapKernels.isEmpty(open.segment(), rows)) {
                return merge.finish();
            }
            DataBuffer taken = frame.bitmap();
            BitmapKernels.copy(open.segment(), rows, taken.segment());
            conditions.get(i).select(frame, taken.segment(), true);
            if (BitmapKernels.isEmpty(taken.segment(), rows)) {
                continue;
            }
            merge.add(results.get(i).evaluate(frame.narrowed(taken.segment())), taken.segment());
            BitmapKernels.andNot(open.segment(), taken.segment(), rows);
        }
        if (!BitmapKernels.isEmpty(open.segment(), rows)) {
            merge.add(otherwise.evaluate(frame.narrowed(open.segment())), open.segment());
        }
        return merge.finish();
    }

    @Override
    public void close() {
        conditions.forEach(Condition::close);
        results.forEach(Node::close);
        otherwise.close();
    }
}
