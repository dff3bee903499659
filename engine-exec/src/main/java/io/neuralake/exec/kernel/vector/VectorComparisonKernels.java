package io.neuralake.exec.kernel.vector;

import io.neuralake.exec.kernel.Comparison;
import io.neuralake.exec.kernel.ComparisonKernels;
import io.neuralake.exec.kernel.ScalarComparisonKernels;
import io.neuralake.spi.batch.Bitmap;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

/// Compares with vectors: whole words of 64 rows here, the rest by the scalar twin. One small loop
/// an operation, since HotSpot compiles vector code well only where the operator is a constant.
public final class VectorComparisonKernels implements ComparisonKernels {
    private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Long> LONGS = LongVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Double> DOUBLES = DoubleVector.SPECIES_PREFERRED;
    private static final int INT_LANES = INTS.length();
    private static final int LONG_LANES = LONGS.length();
    private static final int DOUBLE_LANES = DOUBLES.length();
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    private static final ComparisonKernels TAIL = new ScalarComparisonKernels();

    @Override
    public void int32(
            Comparison comparison,
            MemorySegment values,
            int constant,
            int rowCount,
            MemorySegment bits) {
        int whole = rowCount & -64;
        if (whole < rowCount) {
            TAIL.int32(
                    comparison,
                    values.asSlice((long) whole << 2),
                    constant,
                    rowCount - whole,
                    bits.asSlice(whole >>> 3));
        }
        switch (comparison) {
            case EQUAL -> equalInt32(values, constant, whole, bits, 0);
            case NOT_EQUAL -> equalInt32(values, constant, whole, bits, -1);
            case LESS -> lessInt32(values, constant, whole, bits, 0);
            case GREATER_OR_EQUAL -> lessInt32(values, constant, whole, bits, -1);
            case LESS_OR_EQUAL -> lessOrEqualInt32(values, constant, whole, bits, 0);
            case GREATER -> lessOrEqualInt32(values, constant, whole, bits, -1);
        }
    }

    @Override
    public void int32(
            Comparison comparison,
            MemorySegment left,
            MemorySegment right,
            int rowCount,
            MemorySegment bits) {
        int whole = rowCount & -64;
        if (whole < rowCount) {
            TAIL.int32(
                    comparison,
                    left.asSlice((long) whole << 2),
                    right.asSlice((long) whole << 2),
                    rowCount - whole,
                    bits.asSlice(whole >>> 3));
        }
        switch (comparison) {
            case EQUAL -> equalInt32(left, right, whole, bits, 0);
            case NOT_EQUAL -> equalInt32(left, right, whole, bits, -1);
            case LESS -> lessInt32(left, right, whole, bits, 0);
            case GREATER_OR_EQUAL -> lessInt32(left, right, whole, bits, -1);
            case GREATER -> lessInt32(right, left, whole, bits, 0);
            case LESS_OR_EQUAL -> lessInt32(right, left, whole, bits, -1);
        }
    }

    private static void equalInt32(
            MemorySegment v, int constant, int rowCount, MemorySegment bits, long flip) {
        for (int row = 0, w = 0; row < rowCount; row += 64, w++) {
            long old = Bitmap.word(bits, w);
            if (old == 0) {
                continue;
            }
            long word = 0;
            for (int j = 0; j < 64; j += INT_LANES) {
                long at = (long) (row + j) << 2;
                VectorMask<Integer> m =
                        IntVector.fromMemorySegment(INTS, v, at, ORDER)
                                .compare(VectorOperators.EQ, constant);
                word |= m.toLong() << j;
            }
            Bitmap.setWord(bits, w, old & (word ^ flip));
        }
    }

    private static void lessInt32(
            MemorySegment v, int constant, int rowCount, MemorySegment bits, long flip) {
        for (int row = 0, w = 0; row < rowCount; row += 64, w++) {
            long old = Bitmap.word(bits, w);
            if (old == 0) {
                continue;
            }
            long word = 0;
            for (int j = 0; j < 64; j += INT_LANES) {
                long at = (long) (row + j) << 2;
                VectorMask<Integer> m =
                        IntVector.fromMemorySegment(INTS, v, at, ORDER)
                                .compare(VectorOperators.LT, constant);
                word |= m.toLong() << j;
            }
            Bitmap.setWord(bits, w, old & (word ^ flip));
        }
    }

    private static void lessOrEqualInt32(
            MemorySegment v, int constant, int rowCount, MemorySegment bits, long flip) {
        for (int row = 0, w = 0; row < rowCount; row += 64, w++) {
            long old = Bitmap.word(bits, w);
            if (old == 0) {
                continue;
            }
            long word = 0;
            for (int j = 0; j < 64; j += INT_LANES) {
                long at = (long) (row + j) << 2;
                VectorMask<Integer> m =
                        IntVector.fromMemorySegment(INTS, v, at, ORDER)
                                .compare(VectorOperators.LE, constant);
                word |= m.toLong() << j;
            }
            Bitmap.setWord(bits, w, old & (word ^ flip));
        }
    }

    private static void equalInt32(
            MemorySegment l, MemorySegment r, int rowCount, MemorySegment bits, long flip) {
        for (int row = 0, w = 0; row < rowCount; row += 64, w++) {
            long old = Bitmap.word(bits, w);
            if (old == 0) {
                continue;
            }
            long word = 0;
            for (int j = 0; j < 64; j += INT_LANES) {
                long at = (long) (row + j) << 2;
                IntVector a = IntVector.fromMemorySegment(INTS, l, at, ORDER);
                IntVector b = IntVector.fromMemorySegment(INTS, r, at, ORDER);
                VectorMask<Integer> m = a.compare(VectorOperators.EQ, b);
                word |= m.toLong() << j;
            }
            Bitmap.setWord(bits, w, old & (word ^ flip));
        }
    }

    private static void lessInt32(
            MemorySegment l, MemorySegment r, int rowCount, MemorySegment bits, long flip) {
        for (int row = 0, w = 0; row < rowCount; row += 64, w++) {
            long old = Bitmap.word(bits, w);
            if (old == 0) {
                continue;
            }
            long word = 0;
            for (int j = 0; j < 64; j += INT_LANES) {
                long at = (long) (row + j) << 2;
                IntVector a = IntVector.fromMemorySegment(INTS, l, at, ORDER);
                IntVector b = IntVector.fromMemorySegment(INTS, r, at, ORDER);
                VectorMask<Integer> m = a.compare(VectorOperators.LT, b);
                word |= m.toLong() << j;
            }
            Bitmap.setWord(bits, w, old & (word ^ flip));
        }
    }

    @Override
    public void int64(
            Comparison comparison,
            MemorySegment values,
            long constant,
            int rowCount,
            MemorySegment bits) {
        int whole = rowCount & -64;
        if (whole < rowCount) {
            TAIL.int64(
                    comparison,
                    values.asSlice((long) whole << 3),
                    constant,
                    rowCount - whole,
                    bits.asSlice(whole >>> 3));
        }
        switch (comparison) {
            case EQUAL -> equalInt64(values, constant, whole, bits, 0);
            case NOT_EQUAL -> equalInt64(values, constant, whole, bits, -1);
            case LESS -> lessInt64(values, constant, whole, bits, 0);
            case GREATER_OR_EQUAL -> lessInt64(values, constant, whole, bits, -1);
            case LESS_OR_EQUAL -> lessOrEqualInt64(values, constant, whole, bits, 0);
            case GREATER -> lessOrEqualInt64(values, constant, whole, bits, -1);
        }
    }

    @Override
    public void int64(
            Comparison comparison,
            MemorySegment left,
            MemorySegment right,
            int rowCount,
            MemorySegment bits) {
        int whole = rowCount & -64;
        if (whole < rowCount) {
            TAIL.int64(
                    comparison,
                    left.asSlice((long) whole << 3),
                    right.asSlice((long) whole << 3),
                    rowCount - whole,
                    bits.asSlice(whole >>> 3));
        }
        switch (comparison) {
            case EQUAL -> equalInt64(left, right, whole, bits, 0);
            case NOT_EQUAL -> equalInt64(left, right, whole, bits, -1);
            case LESS -> lessInt64(left, right, whole, bits, 0);
            case GREATER_OR_EQUAL -> lessInt64(left, right, whole, bits, -1);
            case GREATER -> lessInt64(right, left, whole, bits, 0);
            case LESS_OR_EQUAL -> lessInt64(right, left, whole, bits, -1);
        }
    }

    private static void equalInt64(
            MemorySegment v, long constant, int rowCount, MemorySegment bits, long flip) {
        for (int row = 0, w = 0; row < rowCount; row += 64, w++) {
            long old = Bitmap.word(bits, w);
            if (old == 0) {
                continue;
            }
            long word = 0;
            for (int j = 0; j < 64; j += LONG_LANES) {
                long at = (long) (row + j) << 3;
                VectorMask<Long> m =
                        LongVector.fromMemorySegment(LONGS, v, at, ORDER)
                                .compare(VectorOperators.EQ, constant);
                word |= m.toLong() << j;
            }
            Bitmap.setWord(bits, w, old & (word ^ flip));
        }
    }

    private static void lessInt64(
            MemorySegment v, long constant, int rowCount, MemorySegment bits, long flip) {
        for (int row = 0, w = 0; row < rowCount; row += 64, w++) {
            long old = Bitmap.word(bits, w);
            if (old == 0) {
                continue;
            }
            long word = 0;
            for (int j = 0; j < 64; j += LONG_LANES) {
                long at = (long) (row + j) << 3;
                VectorMask<Long> m =
                        LongVector.fromMemorySegment(LONGS, v, at, ORDER)
                                .compare(VectorOperators.LT, constant);
                word |= m.toLong() << j;
            }
            Bitmap.setWord(bits, w, old & (word ^ flip));
        }
    }

    private static void lessOrEqualInt64(
            MemorySegment v, long constant, int rowCount, MemorySegment bits, long flip) {
        for (int row = 0, w = 0; row < rowCount; row += 64, w++) {
            long old = Bitmap.word(bits, w);
            if (old == 0) {
                continue;
            }
            long word = 0;
            for (int j = 0; j < 64; j += LONG_LANES) {
                long at = (long) (row + j) << 3;
                VectorMask<Long> m =
                        LongVector.fromMemorySegment(LONGS, v, at, ORDER)
                                .compare(VectorOperators.LE, constant);
                word |= m.toLong() << j;
            }
            Bitmap.setWord(bits, w, old & (word ^ flip));
        }
    }

    private static void equalInt64(
            MemorySegment l, MemorySegment r, int rowCount, MemorySegment bits, long flip) {
        for (int row = 0, w = 0; row < rowCount; row += 64, w++) {
            long old = Bitmap.word(bits, w);
            if (old == 0) {
                continue;
            }
            long word = 0;
            for (int j = 0; j < 64; j += LONG_LANES) {
                long at = (long) (row + j) << 3;
                LongVector a = LongVector.fromMemorySegment(LONGS, l, at, ORDER);
                LongVector b = LongVector.fromMemorySegment(LONGS, r, at, ORDER);
                VectorMask<Long> m = a.compare(VectorOperators.EQ, b);
                word |= m.toLong() << j;
            }
            Bitmap.setWord(bits, w, old & (word ^ flip));
        }
    }

    private static void lessInt64(
            MemorySegment l, MemorySegment r, int rowCount, MemorySegment bits, long flip) {
        for (int row = 0, w = 0; row < rowCount; row += 64, w++) {
            long old = Bitmap.word(bits, w);
            if (old == 0) {
                continue;
            }
            long word = 0;
            for (int j = 0; j < 64; j += LONG_LANES) {
                long at = (long) (row + j) << 3;
                LongVector a = LongVector.fromMemorySegment(LONGS, l, at, ORDER);
                LongVector b = LongVector.fromMemorySegment(LONGS, r, at, ORDER);
                VectorMask<Long> m = a.compare(VectorOperators.LT, b);
                word |= m.toLong() << j;
            }
            Bitmap.setWord(bits, w, old & (word ^ flip));
        }
    }

    @Override
    public void float64(
            Comparison comparison,
            MemorySegment values,
            double constant,
            int rowCount,
            MemorySegment bits) {
        int whole = rowCount & -64;
        if (whole < rowCount) {
            TAIL.float64(
                    comparison,
                    values.asSlice((long) whole << 3),
                    constant,
                    rowCount - whole,
                    bits.asSlice(whole >>> 3));
        }
        if (Double.isNaN(constant)) {
            nan(comparison, values, whole, bits);
            return;
        }
        switch (comparison) {
            case EQUAL -> equalFloat64(values, constant, whole, bits, 0);
            case NOT_EQUAL -> equalFloat64(values, constant, whole, bits, -1);
            case LESS -> lessFloat64(values, constant, whole, bits, 0);
            case GREATER_OR_EQUAL -> lessFloat64(values, constant, whole, bits, -1);
            case LESS_OR_EQUAL -> lessOrEqualFloat64(values, constant, whole, bits, 0);
            case GREATER -> lessOrEqualFloat64(values, constant, whole, bits, -1);
        }
    }

    @Override
    public void float64(
            Comparison comparison,
            MemorySegment left,
            MemorySegment right,
            int rowCount,
            MemorySegment bits) {
        int whole = rowCount & -64;
        if (whole < rowCount) {
            TAIL.float64(
                    comparison,
                    left.asSlice((long) whole << 3),
                    right.asSlice((long) whole << 3),
                    rowCount - whole,
                    bits.asSlice(whole >>> 3));
        }
        switch (comparison) {
            case EQUAL -> equalFloat64(left, right, whole, bits, 0);
            case NOT_EQUAL -> equalFloat64(left, right, whole, bits, -1);
            case LESS -> lessFloat64(left, right, whole, bits, 0);
            case GREATER_OR_EQUAL -> lessFloat64(left, right, whole, bits, -1);
            case GREATER -> lessFloat64(right, left, whole, bits, 0);
            case LESS_OR_EQUAL -> lessFloat64(right, left, whole, bits, -1);
        }
    }

    private static void equalFloat64(
            MemorySegment v, double constant, int rowCount, MemorySegment bits, long flip) {
        for (int row = 0, w = 0; row < rowCount; row += 64, w++) {
            long old = Bitmap.word(bits, w);
            if (old == 0) {
                continue;
            }
            long word = 0;
            for (int j = 0; j < 64; j += DOUBLE_LANES) {
                long at = (long) (row + j) << 3;
                VectorMask<Double> m =
                        DoubleVector.fromMemorySegment(DOUBLES, v, at, ORDER)
                                .compare(VectorOperators.EQ, constant);
                word |= m.toLong() << j;
            }
            Bitmap.setWord(bits, w, old & (word ^ flip));
        }
    }

    private static void lessFloat64(
            MemorySegment v, double constant, int rowCount, MemorySegment bits, long flip) {
        for (int row = 0, w = 0; row < rowCount; row += 64, w++) {
            long old = Bitmap.word(bits, w);
            if (old == 0) {
                continue;
            }
            long word = 0;
            for (int j = 0; j < 64; j += DOUBLE_LANES) {
                long at = (long) (row + j) << 3;
                VectorMask<Double> m =
                        DoubleVector.fromMemorySegment(DOUBLES, v, at, ORDER)
                                .compare(VectorOperators.LT, constant);
                word |= m.toLong() << j;
            }
            Bitmap.setWord(bits, w, old & (word ^ flip));
        }
    }

    private static void lessOrEqualFloat64(
            MemorySegment v, double constant, int rowCount, MemorySegment bits, long flip) {
        for (int row = 0, w = 0; row < rowCount; row += 64, w++) {
            long old = Bitmap.word(bits, w);
            if (old == 0) {
                continue;
            }
            long word = 0;
            for (int j = 0; j < 64; j += DOUBLE_LANES) {
                long at = (long) (row + j) << 3;
                VectorMask<Double> m =
                        DoubleVector.fromMemorySegment(DOUBLES, v, at, ORDER)
                                .compare(VectorOperators.LE, constant);
                word |= m.toLong() << j;
            }
            Bitmap.setWord(bits, w, old & (word ^ flip));
        }
    }

    private static void equalFloat64(
            MemorySegment l, MemorySegment r, int rowCount, MemorySegment bits, long flip) {
        for (int row = 0, w = 0; row < rowCount; row += 64, w++) {
            long old = Bitmap.word(bits, w);
            if (old == 0) {
                continue;
            }
            long word = 0;
            for (int j = 0; j < 64; j += DOUBLE_LANES) {
                long at = (long) (row + j) << 3;
                DoubleVector a = DoubleVector.fromMemorySegment(DOUBLES, l, at, ORDER);
                DoubleVector b = DoubleVector.fromMemorySegment(DOUBLES, r, at, ORDER);
                VectorMask<Double> m = a.compare(VectorOperators.EQ, b);
                m = m.or(a.test(VectorOperators.IS_NAN).and(b.test(VectorOperators.IS_NAN)));
                word |= m.toLong() << j;
            }
            Bitmap.setWord(bits, w, old & (word ^ flip));
        }
    }

    private static void lessFloat64(
            MemorySegment l, MemorySegment r, int rowCount, MemorySegment bits, long flip) {
        for (int row = 0, w = 0; row < rowCount; row += 64, w++) {
            long old = Bitmap.word(bits, w);
            if (old == 0) {
                continue;
            }
            long word = 0;
            for (int j = 0; j < 64; j += DOUBLE_LANES) {
                long at = (long) (row + j) << 3;
                DoubleVector a = DoubleVector.fromMemorySegment(DOUBLES, l, at, ORDER);
                DoubleVector b = DoubleVector.fromMemorySegment(DOUBLES, r, at, ORDER);
                VectorMask<Double> m = a.compare(VectorOperators.LT, b);
                m = m.or(b.test(VectorOperators.IS_NAN).andNot(a.test(VectorOperators.IS_NAN)));
                word |= m.toLong() << j;
            }
            Bitmap.setWord(bits, w, old & (word ^ flip));
        }
    }

    /// Compares with NaN, which is the greatest value and equals itself.
    private static void nan(
            Comparison comparison, MemorySegment values, int rowCount, MemorySegment bits) {
        if (comparison == Comparison.GREATER || comparison == Comparison.LESS_OR_EQUAL) {
            if (comparison == Comparison.GREATER) {
                bits.asSlice(0, rowCount >>> 3).fill((byte) 0);
            }
            return;
        }
        boolean wantNan =
                comparison == Comparison.EQUAL || comparison == Comparison.GREATER_OR_EQUAL;
        isNan(values, rowCount, bits, wantNan ? 0 : -1);
    }

    private static void isNan(MemorySegment v, int rowCount, MemorySegment bits, long flip) {
        for (int row = 0, w = 0; row < rowCount; row += 64, w++) {
            long word = 0;
            for (int j = 0; j < 64; j += DOUBLE_LANES) {
                word |=
                        DoubleVector.fromMemorySegment(DOUBLES, v, (long) (row + j) << 3, ORDER)
                                        .test(VectorOperators.IS_NAN)
                                        .toLong()
                                << j;
            }
            Bitmap.setWord(bits, w, Bitmap.word(bits, w) & (word ^ flip));
        }
    }
}
