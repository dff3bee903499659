package io.neuralake.exec.function;

import io.neuralake.exec.kernel.BitmapKernels;
import io.neuralake.exec.kernel.Comparison;
import io.neuralake.exec.kernel.ComparisonKernels;
import io.neuralake.exec.kernel.Int128;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ConstantColumn;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.FlatColumn;
import io.neuralake.spi.batch.ViewColumn;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.simd.SimdCapabilities;
import io.neuralake.spi.type.PhysicalType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import java.lang.foreign.MemorySegment;

/// Compares two columns of one type and narrows a bitmap to the rows for which the comparison holds.
/// Values under null rows are compared as they lie; the caller takes care of nulls. Columns are flat
/// forms or constants. Belongs to one worker.
public final class ColumnComparison {
    private static final ComparisonKernels KERNELS =
            ComparisonKernels.best(SimdCapabilities.detected());

    private ColumnComparison() {}

    /// Narrows `bits` to the rows for which `left comparison right` holds.
    ///
    /// @param bits bits behind the row count are clear
    public static void narrow(
            Comparison comparison,
            Column left,
            Column right,
            int rowCount,
            MemorySegment bits,
            EvaluationMemory memory) {
        if (left instanceof ConstantColumn && !(right instanceof ConstantColumn)) {
            narrow(comparison.swapped(), right, left, rowCount, bits, memory);
            return;
        }
        if (left instanceof ConstantColumn l && right instanceof ConstantColumn r) {
            if (!comparison.test(RowComparison.compare(l.single(), 0, r.single(), 0))) {
                BitmapKernels.clear(bits, rowCount);
            }
            return;
        }
        PhysicalType physical = left.type().physical();
        if (left.type() == ScalarType.NULL) {
            return;
        }
        switch (physical) {
            case INT32 -> int32(comparison, values(left), right, rowCount, bits);
            case INT64 -> int64(comparison, values(left), right, rowCount, bits);
            case INT8, INT16 ->
                    int64(
                            comparison,
                            Int64Arguments.of(left, memory),
                            Int64Arguments.of(rows(right), memory),
                            right instanceof ConstantColumn,
                            rowCount,
                            bits);
            case FLOAT64 ->
                    float64(
                            comparison,
                            values(left),
                            values(rows(right)),
                            right instanceof ConstantColumn,
                            rowCount,
                            bits);
            case FLOAT32 ->
                    float64(
                            comparison,
                            widened(left, memory),
                            widened(rows(right), memory),
                            right instanceof ConstantColumn,
                            rowCount,
                            bits);
            case INT128 -> int128(comparison, left, right, rowCount, bits);
            case BIT -> bits(comparison, left, right, rowCount, bits);
            case VIEW ->
                    ViewComparison.narrow(
                            comparison,
                            ((ViewColumn) left).views(),
                            ((ViewColumn) rows(right)).views(),
                            right instanceof ConstantColumn ? 0 : -1,
                            rowCount,
                            bits);
            case LIST, STRUCT -> nested(comparison, left, right, rowCount, bits);
        }
    }

    private static Column rows(Column column) {
        return column instanceof ConstantColumn constant ? constant.single() : column;
    }

    private static MemorySegment values(Column column) {
        return ((FlatColumn) column).values();
    }

    private static void int32(
            Comparison comparison, MemorySegment left, Column right, int rows, MemorySegment bits) {
        if (right instanceof ConstantColumn constant) {
            KERNELS.int32(
                    comparison,
                    left,
                    NativeMemory.getInt(values(constant.single()), 0),
                    rows,
                    bits);
        } else {
            KERNELS.int32(comparison, left, values(right), rows, bits);
        }
    }

    private static void int64(
            Comparison comparison, MemorySegment left, Column right, int rows, MemorySegment bits) {
        int64(comparison, left, values(rows(right)), right instanceof ConstantColumn, rows, bits);
    }

    private static void int64(
            Comparison comparison,
            MemorySegment left,
            MemorySegment right,
            boolean constant,
            int rows,
            MemorySegment bits) {
        if (constant) {
            KERNELS.int64(comparison, left, NativeMemory.getLong(right, 0), rows, bits);
        } else {
            KERNELS.int64(comparison, left, right, rows, bits);
        }
    }

    private static void float64(
            Comparison comparison,
            MemorySegment left,
            MemorySegment right,
            boolean constant,
            int rows,
            MemorySegment bits) {
        if (constant) {
            KERNELS.float64(comparison, left, NativeMemory.getDouble(right, 0), rows, bits);
        } else {
            KERNELS.float64(comparison, left, right, rows, bits);
        }
    }

    private static MemorySegment widened(Column column, EvaluationMemory memory) {
        MemorySegment from = values(column);
        int rows = column.rowCount();
        MemorySegment to = memory.scratch(8L * rows).segment();
        for (int i = 0; i < rows; i++) {
            NativeMemory.setDouble(to, (long) i << 3, NativeMemory.getFloat(from, (long) i << 2));
        }
        return to;
    }

    private static void int128(
            Comparison comparison, Column left, Column right, int rows, MemorySegment bits) {
        MemorySegment l = values(left);
        MemorySegment r = values(rows(right));
        int mask = right instanceof ConstantColumn ? 0 : -1;
        for (int row = 0, w = 0; row < rows; row += 64, w++) {
            long old = Bitmap.word(bits, w);
            if (old == 0) {
                continue;
            }
            int end = Math.min(rows, row + 64);
            long less = 0;
            long equal = 0;
            for (int i = row; i < end; i++) {
                int j = i & mask;
                long lh = Int128.high(l, i);
                long rh = Int128.high(r, j);
                long ll = Int128.low(l, i);
                long rl = Int128.low(r, j);
                boolean same = lh == rh;
                less |= (lh < rh | (same & Long.compareUnsigned(ll, rl) < 0) ? 1L : 0L) << i;
                equal |= (same & ll == rl ? 1L : 0L) << i;
            }
            Bitmap.setWord(bits, w, old & combine(comparison, less, equal));
        }
    }

    static long combine(Comparison comparison, long less, long equal) {
        return switch (comparison) {
            case EQUAL -> equal;
            case NOT_EQUAL -> ~equal;
            case LESS -> less;
            case LESS_OR_EQUAL -> less | equal;
            case GREATER -> ~(less | equal);
            case GREATER_OR_EQUAL -> ~less;
        };
    }

    private static void bits(
            Comparison comparison, Column left, Column right, int rows, MemorySegment bits) {
        MemorySegment l = values(left);
        MemorySegment r = values(rows(right));
        boolean constant = right instanceof ConstantColumn;
        long same = constant && Bitmap.get(r, 0) ? -1 : 0;
        for (int w = 0; w < BitmapKernels.words(rows); w++) {
            long a = Bitmap.word(l, w);
            long b = constant ? same : Bitmap.word(r, w);
            long found = combine(comparison, ~a & b, ~(a ^ b));
            Bitmap.setWord(bits, w, Bitmap.word(bits, w) & found);
        }
    }

    private static void nested(
            Comparison comparison, Column left, Column right, int rows, MemorySegment bits) {
        Column r = rows(right);
        int mask = right instanceof ConstantColumn ? 0 : -1;
        for (int i = BitmapKernels.next(bits, 0, rows);
                i >= 0;
                i = BitmapKernels.next(bits, i + 1, rows)) {
            if (!comparison.test(RowComparison.compare(left, i, r, i & mask))) {
                Bitmap.set(bits, i, false);
            }
        }
    }

    /// Narrows `bits` to the rows that are not null.
    public static void narrowToValid(Column column, int rowCount, MemorySegment bits) {
        if (column instanceof ConstantColumn constant) {
            if (constant.isNull()) {
                BitmapKernels.clear(bits, rowCount);
            }
            return;
        }
        DataBuffer validity = column.validity();
        if (validity != null) {
            BitmapKernels.and(bits, validity.segment(), rowCount);
        }
    }

    /// Tells whether values of a type can be compared here.
    static boolean comparable(Type type) {
        return type.physical() != PhysicalType.BIT || type == ScalarType.BOOLEAN;
    }
}
