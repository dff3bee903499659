package io.neuralake.exec.operator.join;

import io.neuralake.exec.row.ValueEquality;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.FlatColumn;
import io.neuralake.spi.batch.StringView;
import io.neuralake.spi.batch.ViewColumn;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.type.PhysicalType;

import java.lang.foreign.MemorySegment;

/// Compares keys of pairs of rows.
final class KeyEquality {
    private static final MemorySegment MEMORY = StringView.MEMORY;

    private KeyEquality() {}

    /// Clears `equal` where the values of a pair differ. Nulls equal nulls only.
    ///
    /// @param leftRows `count` int32 rows of `left`
    /// @param rightRows `count` int32 rows of `right`
    /// @param equal one byte a pair, 1 or 0
    static void and(
            Column left,
            MemorySegment leftRows,
            Column right,
            MemorySegment rightRows,
            int count,
            MemorySegment equal) {
        boolean nulls = KeyNulls.mayHaveNulls(left) || KeyNulls.mayHaveNulls(right);
        PhysicalType type = left.type().physical();
        if (!nulls && left instanceof ViewColumn l && right instanceof ViewColumn r) {
            views(l.views(), leftRows, r.views(), rightRows, count, equal);
        } else if (!nulls
                && left instanceof FlatColumn l
                && right instanceof FlatColumn r
                && type == right.type().physical()
                && (type == PhysicalType.INT32 || type == PhysicalType.INT64)) {
            if (type == PhysicalType.INT32) {
                int32(l.values(), leftRows, r.values(), rightRows, count, equal);
            } else {
                int64(l.values(), leftRows, r.values(), rightRows, count, equal);
            }
        } else {
            for (int i = 0; i < count; i++) {
                if (NativeMemory.getByte(equal, i) != 0
                        && !ValueEquality.equal(left, row(leftRows, i), right, row(rightRows, i))) {
                    NativeMemory.setByte(equal, i, (byte) 0);
                }
            }
        }
    }

    /// Clears `possible` where the comparison of a pair is FALSE, keeping where it is TRUE or, as a
    /// side is null, UNKNOWN.
    static void andPossible(
            Column left,
            MemorySegment leftRows,
            Column right,
            MemorySegment rightRows,
            int count,
            MemorySegment possible) {
        for (int i = 0; i < count; i++) {
            int l = row(leftRows, i);
            int r = row(rightRows, i);
            if (NativeMemory.getByte(possible, i) != 0
                    && !left.isNull(l)
                    && !right.isNull(r)
                    && !ValueEquality.equal(left, l, right, r)) {
                NativeMemory.setByte(possible, i, (byte) 0);
            }
        }
    }

    private static int row(MemorySegment rows, int i) {
        return NativeMemory.getInt(rows, (long) i << 2);
    }

    private static void views(
            MemorySegment left,
            MemorySegment leftRows,
            MemorySegment right,
            MemorySegment rightRows,
            int count,
            MemorySegment equal) {
        long l = left.address();
        long r = right.address();
        for (int i = 0; i < count; i++) {
            long a = l + ((long) row(leftRows, i) << 4);
            long b = r + ((long) row(rightRows, i) << 4);
            byte same = (byte) (StringView.equal(MEMORY, a, MEMORY, b) ? 1 : 0);
            NativeMemory.setByte(equal, i, (byte) (NativeMemory.getByte(equal, i) & same));
        }
    }

    private static void int32(
            MemorySegment left,
            MemorySegment leftRows,
            MemorySegment right,
            MemorySegment rightRows,
            int count,
            MemorySegment equal) {
        long l = left.address();
        long r = right.address();
        for (int i = 0; i < count; i++) {
            int a = NativeMemory.getInt(MEMORY, l + ((long) row(leftRows, i) << 2));
            int b = NativeMemory.getInt(MEMORY, r + ((long) row(rightRows, i) << 2));
            NativeMemory.setByte(
                    equal, i, (byte) (NativeMemory.getByte(equal, i) & (a == b ? 1 : 0)));
        }
    }

    private static void int64(
            MemorySegment left,
            MemorySegment leftRows,
            MemorySegment right,
            MemorySegment rightRows,
            int count,
            MemorySegment equal) {
        long l = left.address();
        long r = right.address();
        for (int i = 0; i < count; i++) {
            long a = NativeMemory.getLong(MEMORY, l + ((long) row(leftRows, i) << 3));
            long b = NativeMemory.getLong(MEMORY, r + ((long) row(rightRows, i) << 3));
            NativeMemory.setByte(
                    equal, i, (byte) (NativeMemory.getByte(equal, i) & (a == b ? 1 : 0)));
        }
    }
}
