package io.neuralake.exec.function;

import io.neuralake.exec.row.ColumnGather;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.ListColumn;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/// Builds a column of lists by picking elements of another column by row: add elements, then
/// [#finishRow], in ascending order of rows. Rows left out are empty. Used for one batch.
final class ElementPicker {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;

    private final FunctionInput input;
    private final DataBuffer offsets;
    private int[] picked = new int[256];
    private int count;
    private int nextRow;

    ElementPicker(FunctionInput input) {
        this.input = input;
        this.offsets = input.memory().scratch(4L * (input.rowCount() + 1));
        offsets.segment().set(INT, 0, 0);
    }

    /// Adds an element by its row in the source; -1 for null.
    void add(int element) {
        if (count == picked.length) {
            picked = Arrays.copyOf(picked, count * 2);
        }
        picked[count++] = element;
    }

    /// Ends the list of a row.
    void finishRow(int row) {
        while (nextRow < row) {
            nextRow++;
            int before = offsets.segment().get(INT, 4L * (nextRow - 1));
            offsets.segment().set(INT, 4L * nextRow, before);
        }
        nextRow++;
        offsets.segment().set(INT, 4L * nextRow, count);
    }

    /// Lends the elements picked so far, as a column of their own.
    Column gathered(Column source) {
        MemorySegment indexes = input.memory().scratch(4L * count).segment();
        MemorySegment.copy(picked, 0, indexes, INT, 0, count);
        return input.memory()
                .keep(ColumnGather.gatherNullable(source, indexes, count, input.memory()));
    }

    /// Lends the lists over rows of `source`.
    Column finish(Type type, Column source, @Nullable DataBuffer validity) {
        Column child = gathered(source);
        while (nextRow < input.rowCount()) {
            nextRow++;
            offsets.segment().set(INT, 4L * nextRow, count);
        }
        return input.memory()
                .keep(
                        new ListColumn(
                                type,
                                input.rowCount(),
                                offsets.retain(),
                                child.retain(),
                                EvaluationMemory.retain(validity)));
    }
}
