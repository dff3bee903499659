package io.neuralake.exec.kernel.vector;

import io.neuralake.exec.kernel.ArithmeticKernels;
import io.neuralake.exec.kernel.ScalarArithmeticKernels;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

/// Computes with vectors; rows behind the last whole vector by the scalar twin.
public final class VectorArithmeticKernels implements ArithmeticKernels {
    private static final VectorSpecies<Long> LONGS = LongVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Double> DOUBLES = DoubleVector.SPECIES_PREFERRED;
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    private static final ArithmeticKernels TAIL = new ScalarArithmeticKernels();

    private static MemorySegment rest(MemorySegment segment, int row) {
        return segment.asSlice((long) row << 3);
    }

    @Override
    public long addInt64(MemorySegment left, MemorySegment right, int rowCount, MemorySegment to) {
        int whole = LONGS.loopBound(rowCount);
        LongVector overflow = LongVector.zero(LONGS);
        for (int i = 0; i < whole; i += LONGS.length()) {
            long at = (long) i << 3;
            LongVector a = LongVector.fromMemorySegment(LONGS, left, at, ORDER);
            LongVector b = LongVector.fromMemorySegment(LONGS, right, at, ORDER);
            LongVector r = a.add(b);
            overflow =
                    overflow.or(
                            a.lanewise(VectorOperators.XOR, r)
                                    .and(b.lanewise(VectorOperators.XOR, r)));
            r.intoMemorySegment(to, at, ORDER);
        }
        return overflow.reduceLanes(VectorOperators.OR)
                | TAIL.addInt64(
                        rest(left, whole), rest(right, whole), rowCount - whole, rest(to, whole));
    }

    @Override
    public long addInt64(MemorySegment left, long right, int rowCount, MemorySegment to) {
        int whole = LONGS.loopBound(rowCount);
        LongVector overflow = LongVector.zero(LONGS);
        LongVector b = LongVector.broadcast(LONGS, right);
        for (int i = 0; i < whole; i += LONGS.length()) {
            long at = (long) i << 3;
            LongVector a = LongVector.fromMemorySegment(LONGS, left, at, ORDER);
            LongVector r = a.add(b);
            overflow =
                    overflow.or(
                            a.lanewise(VectorOperators.XOR, r)
                                    .and(b.lanewise(VectorOperators.XOR, r)));
            r.intoMemorySegment(to, at, ORDER);
        }
        return overflow.reduceLanes(VectorOperators.OR)
                | TAIL.addInt64(rest(left, whole), right, rowCount - whole, rest(to, whole));
    }

    @Override
    public long subtractInt64(
            MemorySegment left, MemorySegment right, int rowCount, MemorySegment to) {
        int whole = LONGS.loopBound(rowCount);
        LongVector overflow = LongVector.zero(LONGS);
        for (int i = 0; i < whole; i += LONGS.length()) {
            long at = (long) i << 3;
            LongVector a = LongVector.fromMemorySegment(LONGS, left, at, ORDER);
            LongVector b = LongVector.fromMemorySegment(LONGS, right, at, ORDER);
            LongVector r = a.sub(b);
            overflow =
                    overflow.or(
                            a.lanewise(VectorOperators.XOR, b)
                                    .and(a.lanewise(VectorOperators.XOR, r)));
            r.intoMemorySegment(to, at, ORDER);
        }
        return overflow.reduceLanes(VectorOperators.OR)
                | TAIL.subtractInt64(
                        rest(left, whole), rest(right, whole), rowCount - whole, rest(to, whole));
    }

    @Override
    public long subtractInt64(long left, MemorySegment right, int rowCount, MemorySegment to) {
        int whole = LONGS.loopBound(rowCount);
        LongVector overflow = LongVector.zero(LONGS);
        LongVector a = LongVector.broadcast(LONGS, left);
        for (int i = 0; i < whole; i += LONGS.length()) {
            long at = (long) i << 3;
            LongVector b = LongVector.fromMemorySegment(LONGS, right, at, ORDER);
            LongVector r = a.sub(b);
            overflow =
                    overflow.or(
                            a.lanewise(VectorOperators.XOR, b)
                                    .and(a.lanewise(VectorOperators.XOR, r)));
            r.intoMemorySegment(to, at, ORDER);
        }
        return overflow.reduceLanes(VectorOperators.OR)
                | TAIL.subtractInt64(left, rest(right, whole), rowCount - whole, rest(to, whole));
    }

    @Override
    public void multiplyInt64(
            MemorySegment left, MemorySegment right, int rowCount, MemorySegment to) {
        int whole = LONGS.loopBound(rowCount);
        for (int i = 0; i < whole; i += LONGS.length()) {
            long at = (long) i << 3;
            LongVector a = LongVector.fromMemorySegment(LONGS, left, at, ORDER);
            LongVector b = LongVector.fromMemorySegment(LONGS, right, at, ORDER);
            LongVector r = a.mul(b);
            r.intoMemorySegment(to, at, ORDER);
        }
        TAIL.multiplyInt64(
                rest(left, whole), rest(right, whole), rowCount - whole, rest(to, whole));
    }

    @Override
    public void multiplyInt64(MemorySegment left, long right, int rowCount, MemorySegment to) {
        int whole = LONGS.loopBound(rowCount);
        LongVector b = LongVector.broadcast(LONGS, right);
        for (int i = 0; i < whole; i += LONGS.length()) {
            long at = (long) i << 3;
            LongVector a = LongVector.fromMemorySegment(LONGS, left, at, ORDER);
            LongVector r = a.mul(b);
            r.intoMemorySegment(to, at, ORDER);
        }
        TAIL.multiplyInt64(rest(left, whole), right, rowCount - whole, rest(to, whole));
    }

    @Override
    public void addFloat64(
            MemorySegment left, MemorySegment right, int rowCount, MemorySegment to) {
        int whole = DOUBLES.loopBound(rowCount);
        for (int i = 0; i < whole; i += DOUBLES.length()) {
            long at = (long) i << 3;
            DoubleVector a = DoubleVector.fromMemorySegment(DOUBLES, left, at, ORDER);
            DoubleVector b = DoubleVector.fromMemorySegment(DOUBLES, right, at, ORDER);
            DoubleVector r = a.add(b);
            r.intoMemorySegment(to, at, ORDER);
        }
        TAIL.addFloat64(rest(left, whole), rest(right, whole), rowCount - whole, rest(to, whole));
    }

    @Override
    public void addFloat64(MemorySegment left, double right, int rowCount, MemorySegment to) {
        int whole = DOUBLES.loopBound(rowCount);
        DoubleVector b = DoubleVector.broadcast(DOUBLES, right);
        for (int i = 0; i < whole; i += DOUBLES.length()) {
            long at = (long) i << 3;
            DoubleVector a = DoubleVector.fromMemorySegment(DOUBLES, left, at, ORDER);
            DoubleVector r = a.add(b);
            r.intoMemorySegment(to, at, ORDER);
        }
        TAIL.addFloat64(rest(left, whole), right, rowCount - whole, rest(to, whole));
    }

    @Override
    public void subtractFloat64(
            MemorySegment left, MemorySegment right, int rowCount, MemorySegment to) {
        int whole = DOUBLES.loopBound(rowCount);
        for (int i = 0; i < whole; i += DOUBLES.length()) {
            long at = (long) i << 3;
            DoubleVector a = DoubleVector.fromMemorySegment(DOUBLES, left, at, ORDER);
            DoubleVector b = DoubleVector.fromMemorySegment(DOUBLES, right, at, ORDER);
            DoubleVector r = a.sub(b);
            r.intoMemorySegment(to, at, ORDER);
        }
        TAIL.subtractFloat64(
                rest(left, whole), rest(right, whole), rowCount - whole, rest(to, whole));
    }

    @Override
    public void subtractFloat64(double left, MemorySegment right, int rowCount, MemorySegment to) {
        int whole = DOUBLES.loopBound(rowCount);
        DoubleVector a = DoubleVector.broadcast(DOUBLES, left);
        for (int i = 0; i < whole; i += DOUBLES.length()) {
            long at = (long) i << 3;
            DoubleVector b = DoubleVector.fromMemorySegment(DOUBLES, right, at, ORDER);
            DoubleVector r = a.sub(b);
            r.intoMemorySegment(to, at, ORDER);
        }
        TAIL.subtractFloat64(left, rest(right, whole), rowCount - whole, rest(to, whole));
    }

    @Override
    public void multiplyFloat64(
            MemorySegment left, MemorySegment right, int rowCount, MemorySegment to) {
        int whole = DOUBLES.loopBound(rowCount);
        for (int i = 0; i < whole; i += DOUBLES.length()) {
            long at = (long) i << 3;
            DoubleVector a = DoubleVector.fromMemorySegment(DOUBLES, left, at, ORDER);
            DoubleVector b = DoubleVector.fromMemorySegment(DOUBLES, right, at, ORDER);
            DoubleVector r = a.mul(b);
            r.intoMemorySegment(to, at, ORDER);
        }
        TAIL.multiplyFloat64(
                rest(left, whole), rest(right, whole), rowCount - whole, rest(to, whole));
    }

    @Override
    public void multiplyFloat64(MemorySegment left, double right, int rowCount, MemorySegment to) {
        int whole = DOUBLES.loopBound(rowCount);
        DoubleVector b = DoubleVector.broadcast(DOUBLES, right);
        for (int i = 0; i < whole; i += DOUBLES.length()) {
            long at = (long) i << 3;
            DoubleVector a = DoubleVector.fromMemorySegment(DOUBLES, left, at, ORDER);
            DoubleVector r = a.mul(b);
            r.intoMemorySegment(to, at, ORDER);
        }
        TAIL.multiplyFloat64(rest(left, whole), right, rowCount - whole, rest(to, whole));
    }
}
