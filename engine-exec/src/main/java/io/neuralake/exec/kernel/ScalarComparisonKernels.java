package io.neuralake.exec.kernel;

import io.neuralake.spi.batch.Bitmap;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Compares one value at a time, without branches on data. Each loop handles the 64 rows of one
/// word; only equality and "less" have loops, the other comparisons swap sides or negate the word.
public final class ScalarComparisonKernels implements ComparisonKernels {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE_UNALIGNED;

    @Override
    public void int32(
            Comparison comparison,
            MemorySegment values,
            int constant,
            int rowCount,
            MemorySegment bits) {
        for (int row = 0, w = 0; row < rowCount; row += 64, w++) {
            long old = Bitmap.word(bits, w);
            if (old == 0) {
                continue;
            }
            int end = Math.min(rowCount, row + 64);
            long found =
                    switch (comparison) {
                        case EQUAL -> equalInt32(values, constant, row, end);
                        case NOT_EQUAL -> ~equalInt32(values, constant, row, end);
                        case LESS -> lessInt32(values, constant, row, end);
                        case GREATER_OR_EQUAL -> ~lessInt32(values, constant, row, end);
                        case GREATER -> greaterInt32(values, constant, row, end);
                        case LESS_OR_EQUAL -> ~greaterInt32(values, constant, row, end);
                    };
            Bitmap.setWord(bits, w, old & found);
        }
    }

    @Override
    public void int32(
            Comparison comparison,
            MemorySegment left,
            MemorySegment right,
            int rowCount,
            MemorySegment bits) {
        for (int row = 0, w = 0; row < rowCount; row += 64, w++) {
            long old = Bitmap.word(bits, w);
            if (old == 0) {
                continue;
            }
            int end = Math.min(rowCount, row + 64);
            long found =
                    switch (comparison) {
                        case EQUAL -> equalInt32(left, right, row, end);
                        case NOT_EQUAL -> ~equalInt32(left, right, row, end);
                        case LESS -> lessInt32(left, right, row, end);
                        case GREATER_OR_EQUAL -> ~lessInt32(left, right, row, end);
                        case GREATER -> lessInt32(right, left, row, end);
                        case LESS_OR_EQUAL -> ~lessInt32(right, left, row, end);
                    };
            Bitmap.setWord(bits, w, old & found);
        }
    }

    private static long equalInt32(MemorySegment v, int constant, int from, int to) {
        long word = 0;
        for (int i = from; i < to; i++) {
            word |= (v.get(INT, (long) i << 2) == constant ? 1L : 0L) << i;
        }
        return word;
    }

    private static long lessInt32(MemorySegment v, int constant, int from, int to) {
        long word = 0;
        for (int i = from; i < to; i++) {
            word |= (v.get(INT, (long) i << 2) < constant ? 1L : 0L) << i;
        }
        return word;
    }

    private static long greaterInt32(MemorySegment v, int constant, int from, int to) {
        long word = 0;
        for (int i = from; i < to; i++) {
            word |= (v.get(INT, (long) i << 2) > constant ? 1L : 0L) << i;
        }
        return word;
    }

    private static long equalInt32(MemorySegment l, MemorySegment r, int from, int to) {
        long word = 0;
        for (int i = from; i < to; i++) {
            word |= (l.get(INT, (long) i << 2) == r.get(INT, (long) i << 2) ? 1L : 0L) << i;
        }
        return word;
    }

    private static long lessInt32(MemorySegment l, MemorySegment r, int from, int to) {
        long word = 0;
        for (int i = from; i < to; i++) {
            word |= (l.get(INT, (long) i << 2) < r.get(INT, (long) i << 2) ? 1L : 0L) << i;
        }
        return word;
    }

    @Override
    public void int64(
            Comparison comparison,
            MemorySegment values,
            long constant,
            int rowCount,
            MemorySegment bits) {
        for (int row = 0, w = 0; row < rowCount; row += 64, w++) {
            long old = Bitmap.word(bits, w);
            if (old == 0) {
                continue;
            }
            int end = Math.min(rowCount, row + 64);
            long found =
                    switch (comparison) {
                        case EQUAL -> equalInt64(values, constant, row, end);
                        case NOT_EQUAL -> ~equalInt64(values, constant, row, end);
                        case LESS -> lessInt64(values, constant, row, end);
                        case GREATER_OR_EQUAL -> ~lessInt64(values, constant, row, end);
                        case GREATER -> greaterInt64(values, constant, row, end);
                        case LESS_OR_EQUAL -> ~greaterInt64(values, constant, row, end);
                    };
            Bitmap.setWord(bits, w, old & found);
        }
    }

    @Override
    public void int64(
            Comparison comparison,
            MemorySegment left,
            MemorySegment right,
            int rowCount,
            MemorySegment bits) {
        for (int row = 0, w = 0; row < rowCount; row += 64, w++) {
            long old = Bitmap.word(bits, w);
            if (old == 0) {
                continue;
            }
            int end = Math.min(rowCount, row + 64);
            long found =
                    switch (comparison) {
                        case EQUAL -> equalInt64(left, right, row, end);
                        case NOT_EQUAL -> ~equalInt64(left, right, row, end);
                        case LESS -> lessInt64(left, right, row, end);
                        case GREATER_OR_EQUAL -> ~lessInt64(left, right, row, end);
                        case GREATER -> lessInt64(right, left, row, end);
                        case LESS_OR_EQUAL -> ~lessInt64(right, left, row, end);
                    };
            Bitmap.setWord(bits, w, old & found);
        }
    }

    private static long equalInt64(MemorySegment v, long constant, int from, int to) {
        long word = 0;
        for (int i = from; i < to; i++) {
            word |= (v.get(LONG, (long) i << 3) == constant ? 1L : 0L) << i;
        }
        return word;
    }

    private static long lessInt64(MemorySegment v, long constant, int from, int to) {
        long word = 0;
        for (int i = from; i < to; i++) {
            word |= (v.get(LONG, (long) i << 3) < constant ? 1L : 0L) << i;
        }
        return word;
    }

    private static long greaterInt64(MemorySegment v, long constant, int from, int to) {
        long word = 0;
        for (int i = from; i < to; i++) {
            word |= (v.get(LONG, (long) i << 3) > constant ? 1L : 0L) << i;
        }
        return word;
    }

    private static long equalInt64(MemorySegment l, MemorySegment r, int from, int to) {
        long word = 0;
        for (int i = from; i < to; i++) {
            word |= (l.get(LONG, (long) i << 3) == r.get(LONG, (long) i << 3) ? 1L : 0L) << i;
        }
        return word;
    }

    private static long lessInt64(MemorySegment l, MemorySegment r, int from, int to) {
        long word = 0;
        for (int i = from; i < to; i++) {
            word |= (l.get(LONG, (long) i << 3) < r.get(LONG, (long) i << 3) ? 1L : 0L) << i;
        }
        return word;
    }

    @Override
    public void float64(
            Comparison comparison,
            MemorySegment values,
            double constant,
            int rowCount,
            MemorySegment bits) {
        for (int row = 0, w = 0; row < rowCount; row += 64, w++) {
            long old = Bitmap.word(bits, w);
            if (old == 0) {
                continue;
            }
            int end = Math.min(rowCount, row + 64);
            long found =
                    switch (comparison) {
                        case EQUAL -> equalFloat64(values, constant, row, end);
                        case NOT_EQUAL -> ~equalFloat64(values, constant, row, end);
                        case LESS -> lessFloat64(values, constant, row, end);
                        case GREATER_OR_EQUAL -> ~lessFloat64(values, constant, row, end);
                        case GREATER -> greaterFloat64(values, constant, row, end);
                        case LESS_OR_EQUAL -> ~greaterFloat64(values, constant, row, end);
                    };
            Bitmap.setWord(bits, w, old & found);
        }
    }

    @Override
    public void float64(
            Comparison comparison,
            MemorySegment left,
            MemorySegment right,
            int rowCount,
            MemorySegment bits) {
        for (int row = 0, w = 0; row < rowCount; row += 64, w++) {
            long old = Bitmap.word(bits, w);
            if (old == 0) {
                continue;
            }
            int end = Math.min(rowCount, row + 64);
            long found =
                    switch (comparison) {
                        case EQUAL -> equalFloat64(left, right, row, end);
                        case NOT_EQUAL -> ~equalFloat64(left, right, row, end);
                        case LESS -> lessFloat64(left, right, row, end);
                        case GREATER_OR_EQUAL -> ~lessFloat64(left, right, row, end);
                        case GREATER -> lessFloat64(right, left, row, end);
                        case LESS_OR_EQUAL -> ~lessFloat64(right, left, row, end);
                    };
            Bitmap.setWord(bits, w, old & found);
        }
    }

    private static long equalFloat64(MemorySegment v, double constant, int from, int to) {
        long word = 0;
        for (int i = from; i < to; i++) {
            word |= (equal(v.get(DOUBLE, (long) i << 3), constant) ? 1L : 0L) << i;
        }
        return word;
    }

    private static long lessFloat64(MemorySegment v, double constant, int from, int to) {
        long word = 0;
        for (int i = from; i < to; i++) {
            word |= (less(v.get(DOUBLE, (long) i << 3), constant) ? 1L : 0L) << i;
        }
        return word;
    }

    private static long greaterFloat64(MemorySegment v, double constant, int from, int to) {
        long word = 0;
        for (int i = from; i < to; i++) {
            word |= (less(constant, v.get(DOUBLE, (long) i << 3)) ? 1L : 0L) << i;
        }
        return word;
    }

    private static long equalFloat64(MemorySegment l, MemorySegment r, int from, int to) {
        long word = 0;
        for (int i = from; i < to; i++) {
            double a = l.get(DOUBLE, (long) i << 3);
            double b = r.get(DOUBLE, (long) i << 3);
            word |= (equal(a, b) ? 1L : 0L) << i;
        }
        return word;
    }

    private static long lessFloat64(MemorySegment l, MemorySegment r, int from, int to) {
        long word = 0;
        for (int i = from; i < to; i++) {
            double a = l.get(DOUBLE, (long) i << 3);
            double b = r.get(DOUBLE, (long) i << 3);
            word |= (less(a, b) ? 1L : 0L) << i;
        }
        return word;
    }

    /// Tells whether two doubles are equal; NaN is to NaN.
    public static boolean equal(double a, double b) {
        return a == b | (Double.isNaN(a) & Double.isNaN(b));
    }

    /// Tells whether one double is less than another; NaN is the greatest.
    public static boolean less(double a, double b) {
        return a < b | (!Double.isNaN(a) & Double.isNaN(b));
    }
}
