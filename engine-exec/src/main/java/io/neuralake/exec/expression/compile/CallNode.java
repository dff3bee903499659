package io.neuralake.exec.expression.compile;

import io.neuralake.exec.function.ColumnComparison;
import io.neuralake.exec.function.EvaluationMemory;
import io.neuralake.exec.function.FunctionInput;
import io.neuralake.exec.function.ScalarImplementation;
import io.neuralake.exec.kernel.BitmapKernels;
import io.neuralake.exec.row.ConstantColumns;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ConstantColumn;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Calls a function or a cast: evaluates the arguments, works out nulls, and calls once for all rows
/// where all arguments are constant.
final class CallNode extends Node {
    private final ScalarImplementation implementation;
    private final List<Node> arguments;
    private final boolean deterministic;
    private final boolean nullPropagating;

    CallNode(
            ScalarImplementation implementation,
            List<Node> arguments,
            boolean deterministic,
            boolean nullPropagating,
            Type type) {
        super(type);
        this.implementation = implementation;
        this.arguments = List.copyOf(arguments);
        this.deterministic = deterministic;
        this.nullPropagating = nullPropagating;
    }

    @Override
    Column evaluate(Frame frame) {
        int rows = frame.rowCount();
        if (!frame.anyActive()) {
            return nulls(frame);
        }
        List<Column> columns = new ArrayList<>(arguments.size());
        boolean constants = deterministic;
        for (Node argument : arguments) {
            Column column = frame.memory().flatten(argument.evaluate(frame));
            if (column instanceof ConstantColumn constant) {
                if (nullPropagating && constant.isNull()) {
                    return nulls(frame);
                }
            } else {
                constants = false;
            }
            columns.add(column);
        }
        if (constants) {
            return once(frame, columns);
        }
        DataBuffer validity = nullPropagating ? validity(frame, columns) : null;
        MemorySegment live = frame.active();
        if (validity != null) {
            DataBuffer both = frame.activeBits();
            BitmapKernels.and(both.segment(), validity.segment(), rows);
            live = both.segment();
            if (BitmapKernels.isEmpty(live, rows)) {
                return nulls(frame);
            }
        }
        return implementation.evaluate(
                new FunctionInput(frame.memory(), columns, rows, validity, live));
    }

    private Column nulls(Frame frame) {
        return frame.memory().keep(ConstantColumns.nulls(type(), frame.rowCount(), frame.memory()));
    }

    /// Calls for one row, whose value is that of all.
    private Column once(Frame frame, List<Column> columns) {
        EvaluationMemory memory = frame.memory();
        List<Column> single = new ArrayList<>(columns.size());
        for (Column column : columns) {
            single.add(((ConstantColumn) column).single());
        }
        Column result =
                memory.flatten(
                        implementation.evaluate(new FunctionInput(memory, single, 1, null, null)));
        return memory.constant(
                frame.rowCount(), result instanceof ConstantColumn c ? c.single() : result);
    }

    private static @Nullable DataBuffer validity(Frame frame, List<Column> columns) {
        DataBuffer result = null;
        boolean own = false;
        for (Column column : columns) {
            DataBuffer validity = column.validity();
            if (validity == null || validity == result) {
                continue;
            }
            if (result == null) {
                result = validity;
            } else {
                if (!own) {
                    DataBuffer copy = frame.bitmap();
                    BitmapKernels.copy(result.segment(), frame.rowCount(), copy.segment());
                    result = copy;
                    own = true;
                }
                ColumnComparison.narrowToValid(column, frame.rowCount(), result.segment());
            }
        }
        return result;
    }

    @Override
    public void close() {
        implementation.close();
        arguments.forEach(Node::close);
    }
}
