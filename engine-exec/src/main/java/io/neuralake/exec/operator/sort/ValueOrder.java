package io.neuralake.exec.operator.sort;

import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.FlatColumn;
import io.neuralake.spi.batch.ListColumn;
import io.neuralake.spi.batch.StringView;
import io.neuralake.spi.batch.StructColumn;
import io.neuralake.spi.batch.ViewColumn;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.type.PhysicalType;

import java.lang.foreign.MemorySegment;
import java.util.List;

/// Compares rows of one plain column of any type. Lists compare element by element, then by length;
/// structs member by member; a null within is greater than any value. Thread-safe.
final class ValueOrder {
    private final Column column;

    ValueOrder(Column column) {
        this.column = column;
    }

    /// Compares two rows; null rows are equal to all.
    int compare(int left, int right) {
        return column.isNull(left) || column.isNull(right)
                ? 0
                : compareValues(column, left, column, right);
    }

    private static int compareNullable(Column column, int left, Column other, int right) {
        boolean leftNull = column.isNull(left);
        boolean rightNull = other.isNull(right);
        return leftNull || rightNull
                ? Boolean.compare(leftNull, rightNull)
                : compareValues(column, left, other, right);
    }

    /// Compares rows of two plain columns of one type, neither of them null.
    static int compareValues(Column column, int left, Column other, int right) {
        return switch (column) {
            case ViewColumn views ->
                    StringView.compare(
                            views.views(), 16L * left, ((ViewColumn) other).views(), 16L * right);
            case FlatColumn flat -> compareFlat(flat, left, (FlatColumn) other, right);
            case ListColumn list -> compareLists(list, left, (ListColumn) other, right);
            case StructColumn struct ->
                    compareStructs(
                            struct.children(), left, ((StructColumn) other).children(), right);
            default -> throw new IllegalStateException("Not a plain column");
        };
    }

    private static int compareFlat(FlatColumn flat, int left, FlatColumn other, int right) {
        PhysicalType physical = flat.type().physical();
        MemorySegment values = flat.values();
        MemorySegment others = other.values();
        return switch (physical) {
            case FLOAT32, FLOAT64 ->
                    Long.compare(
                            KeyPart.orderedFloat(physical, values, left),
                            KeyPart.orderedFloat(physical, others, right));
            case INT128 -> {
                int high = Long.compare(half(values, left, 8), half(others, right, 8));
                yield high != 0
                        ? high
                        : Long.compareUnsigned(half(values, left, 0), half(others, right, 0));
            }
            default ->
                    Long.compare(
                            KeyPart.integer(physical, values, left),
                            KeyPart.integer(physical, others, right));
        };
    }

    private static long half(MemorySegment values, int row, int offset) {
        return NativeMemory.getLong(values, 16L * row + offset);
    }

    private static int compareLists(ListColumn list, int left, ListColumn other, int right) {
        MemorySegment offsets = list.offsets();
        MemorySegment others = other.offsets();
        int leftFrom = NativeMemory.getInt(offsets, 4L * left);
        int leftTo = NativeMemory.getInt(offsets, 4L * left + 4);
        int rightFrom = NativeMemory.getInt(others, 4L * right);
        int rightTo = NativeMemory.getInt(others, 4L * right + 4);
        int common = Math.min(leftTo - leftFrom, rightTo - rightFrom);
        for (int i = 0; i < common; i++) {
            int result = compareNullable(list.child(), leftFrom + i, other.child(), rightFrom + i);
            if (result != 0) {
                return result;
            }
        }
        return Integer.compare(leftTo - leftFrom, rightTo - rightFrom);
    }

    private static int compareStructs(
            List<Column> members, int left, List<Column> others, int right) {
        for (int i = 0; i < members.size(); i++) {
            int result = compareNullable(members.get(i), left, others.get(i), right);
            if (result != 0) {
                return result;
            }
        }
        return 0;
    }
}
