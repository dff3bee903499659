package io.neuralake.exec.function;

import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ColumnBuilder;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.ListColumn;
import io.neuralake.spi.batch.StringView;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Builds a column of lists of text: add parts, then [#finishRow], in ascending order of rows.
final class TextListBuilder {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;

    private final FunctionInput input;
    private final DataBuffer offsets;
    private final List<String> parts = new ArrayList<>();
    private int nextRow;

    TextListBuilder(FunctionInput input) {
        this.input = input;
        this.offsets = input.memory().scratchZeroed(4L * (input.rowCount() + 1));
    }

    /// Adds bytes at an absolute address.
    void add(long address, int length) {
        byte[] bytes = new byte[length];
        MemorySegment.copy(StringView.MEMORY, ValueLayout.JAVA_BYTE, address, bytes, 0, length);
        parts.add(new String(bytes, StandardCharsets.UTF_8));
    }

    /// Adds text.
    void add(String text) {
        parts.add(text);
    }

    /// Ends the list of a row.
    void finishRow(int row) {
        int before = nextRow == 0 ? 0 : offsets.segment().get(INT, 4L * nextRow);
        while (nextRow < row) {
            offsets.segment().set(INT, 4L * ++nextRow, before);
        }
        offsets.segment().set(INT, 4L * ++nextRow, parts.size());
    }

    /// Lends the column.
    Column finish(Type type) {
        while (nextRow < input.rowCount()) {
            offsets.segment().set(INT, 4L * ++nextRow, parts.size());
        }
        Column child =
                input.memory().keep(ColumnBuilder.of(input.memory(), ScalarType.VARCHAR, parts));
        return input.memory()
                .keep(
                        new ListColumn(
                                type,
                                input.rowCount(),
                                offsets.retain(),
                                child.retain(),
                                EvaluationMemory.retain(input.validity())));
    }
}
