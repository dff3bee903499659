package io.neuralake.exec.function;

import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ListColumn;
import io.neuralake.spi.batch.StructColumn;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Reads one argument of lists or maps.
final class ListArgument {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;

    private final MemorySegment offsets;
    private final int mask;
    private final Column child;

    ListArgument(FunctionInput input, int argument) {
        ListColumn list = (ListColumn) input.memory().expand(input.rows(argument));
        this.offsets = list.offsets();
        this.mask = input.mask(argument);
        this.child = input.memory().expand(list.child());
    }

    /// Returns the first element of a row.
    int from(int row) {
        return offsets.get(INT, 4L * (row & mask));
    }

    /// Returns the element behind the last of a row.
    int to(int row) {
        return offsets.get(INT, 4L * (row & mask) + 4);
    }

    /// Returns the number of elements of a row.
    int size(int row) {
        return to(row) - from(row);
    }

    /// Returns all elements in flat form; entries for maps.
    Column child() {
        return child;
    }

    /// Returns the keys (0) or values (1) of a map in flat form.
    Column entries(FunctionInput input, int member) {
        return input.memory().expand(((StructColumn) child).children().get(member));
    }
}
