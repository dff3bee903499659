package io.neuralake.exec.expression.compile;

import io.neuralake.exec.function.EvaluationMemory;
import io.neuralake.exec.kernel.BitmapKernels;
import io.neuralake.exec.row.ColumnFlatten;
import io.neuralake.exec.row.ConstantColumns;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ConstantColumn;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.DictionaryColumn;
import io.neuralake.spi.batch.FlatColumn;
import io.neuralake.spi.batch.ListColumn;
import io.neuralake.spi.batch.StructColumn;
import io.neuralake.spi.batch.ViewColumn;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

/// Reads a member of a struct: the child, null where the struct is. Nothing is copied but validity.
final class MemberNode extends Node {
    private final Node struct;
    private final int index;

    MemberNode(Node struct, int index, Type type) {
        super(type);
        this.struct = struct;
        this.index = index;
    }

    @Override
    Column evaluate(Frame frame) {
        EvaluationMemory memory = frame.memory();
        Column column = memory.flatten(struct.evaluate(frame));
        if (column instanceof ConstantColumn constant) {
            if (constant.isNull()) {
                return memory.keep(ConstantColumns.nulls(type(), frame.rowCount(), memory));
            }
            Column child = ((StructColumn) constant.single()).children().get(index);
            return memory.constant(frame.rowCount(), memory.expand(child));
        }
        Column child = ((StructColumn) column).children().get(index);
        DataBuffer outer = column.validity();
        if (outer == null) {
            return child;
        }
        if (child instanceof ConstantColumn) {
            child = memory.keep(ColumnFlatten.flatten(child, memory));
        }
        DataBuffer inner = child.validity();
        DataBuffer both = outer;
        if (inner != null) {
            both = frame.bitmap();
            BitmapKernels.copy(outer.segment(), frame.rowCount(), both.segment());
            BitmapKernels.and(both.segment(), inner.segment(), frame.rowCount());
        }
        return memory.keep(withValidity(child, both));
    }

    /// Returns a column of the same values with another validity, of which it takes a reference.
    static Column withValidity(Column column, @Nullable DataBuffer validity) {
        DataBuffer kept = EvaluationMemory.retain(validity);
        int rows = column.rowCount();
        return switch (column) {
            case FlatColumn f -> new FlatColumn(f.type(), rows, f.valuesBuffer().retain(), kept);
            case ViewColumn v ->
                    new ViewColumn(
                            v.type(),
                            rows,
                            v.viewsBuffer().retain(),
                            EvaluationMemory.retain(v.heap()),
                            kept);
            case ListColumn l ->
                    new ListColumn(
                            l.type(), rows, l.offsetsBuffer().retain(), l.child().retain(), kept);
            case StructColumn s -> {
                s.children().forEach(Column::retain);
                yield new StructColumn(s.type(), rows, s.children(), kept);
            }
            case DictionaryColumn d ->
                    new DictionaryColumn(
                            rows, d.codesBuffer().retain(), d.dictionary().retain(), kept);
            case ConstantColumn _ ->
                    throw new IllegalStateException("A constant has no validity of its own");
        };
    }

    @Override
    public void close() {
        struct.close();
    }
}
