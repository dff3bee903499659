package io.neuralake.exec.kernel.vector;

import io.neuralake.exec.kernel.CodeKernels;
import io.neuralake.exec.kernel.CodeSet;
import io.neuralake.exec.kernel.Comparison;
import io.neuralake.exec.kernel.ScalarCodeKernels;
import io.neuralake.spi.batch.Bitmap;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

/// Looks codes up with vectors: whole words of 64 rows here, the rest by the scalar twin. Codes of a range
/// are compared; bits of a small dictionary lie in one vector, of which lanes are selected. Wide vectors also select
/// from up to eight for a larger dictionary, and gather the bits of a still larger one; narrow ones are no faster at
/// that than scalar code.
public final class VectorCodeKernels implements CodeKernels {
    private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
    private static final int LANES = INTS.length();
    private static final int WIDE_LANES = 16;
    private static final int WORD_BITS = 32;
    private static final int WORD_SHIFT = 5;
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    private static final CodeKernels TAIL = new ScalarCodeKernels();

    @Override
    public void narrow(MemorySegment codes, int rowCount, CodeSet set, MemorySegment bits) {
        if (set.count() == set.size()) {
            return;
        }
        int whole = rowCount & -64;
        if (set.isRange()) {
            range(codes, set.first(), set.count(), whole, bits);
        } else if (set.size() <= LANES * WORD_BITS) {
            select(codes, set.words(), whole, bits);
        } else if (LANES < WIDE_LANES) {
            whole = 0;
        } else if (set.size() <= 8 * LANES * WORD_BITS) {
            selectOfEight(codes, set.words(), whole, bits);
        } else {
            gather(codes, set.words(), whole, bits);
        }
        if (whole < rowCount) {
            TAIL.narrow(
                    codes.asSlice((long) whole << 2),
                    rowCount - whole,
                    set,
                    bits.asSlice(whole >>> 3));
        }
    }

    @Override
    public void compare(
            Comparison comparison,
            MemorySegment leftCodes,
            int[] left,
            MemorySegment rightCodes,
            int[] right,
            int rowCount,
            MemorySegment bits) {
        int whole = LANES >= WIDE_LANES ? rowCount & -64 : 0;
        switch (comparison) {
            case EQUAL -> equal(leftCodes, left, rightCodes, right, whole, bits, 0);
            case NOT_EQUAL -> equal(leftCodes, left, rightCodes, right, whole, bits, -1);
            case LESS -> less(leftCodes, left, rightCodes, right, whole, bits, 0);
            case GREATER_OR_EQUAL -> less(leftCodes, left, rightCodes, right, whole, bits, -1);
            case GREATER -> less(rightCodes, right, leftCodes, left, whole, bits, 0);
            case LESS_OR_EQUAL -> less(rightCodes, right, leftCodes, left, whole, bits, -1);
        }
        if (whole < rowCount) {
            TAIL.compare(
                    comparison,
                    leftCodes.asSlice((long) whole << 2),
                    left,
                    rightCodes.asSlice((long) whole << 2),
                    right,
                    rowCount - whole,
                    bits.asSlice(whole >>> 3));
        }
    }

    private static void equal(
            MemorySegment leftCodes,
            int[] left,
            MemorySegment rightCodes,
            int[] right,
            int rowCount,
            MemorySegment bits,
            long flip) {
        int[] places = new int[2 * LANES];
        for (int row = 0, w = 0; row < rowCount; row += 64, w++) {
            long old = Bitmap.word(bits, w);
            if (old == 0) {
                continue;
            }
            long word = 0;
            for (int j = 0; j < 64; j += LANES) {
                long at = (long) (row + j) << 2;
                IntVector.fromMemorySegment(INTS, leftCodes, at, ORDER).intoArray(places, 0);
                IntVector.fromMemorySegment(INTS, rightCodes, at, ORDER).intoArray(places, LANES);
                word |=
                        IntVector.fromArray(INTS, left, 0, places, 0)
                                        .compare(
                                                VectorOperators.EQ,
                                                IntVector.fromArray(INTS, right, 0, places, LANES))
                                        .toLong()
                                << j;
            }
            Bitmap.setWord(bits, w, old & (word ^ flip));
        }
    }

    private static void less(
            MemorySegment leftCodes,
            int[] left,
            MemorySegment rightCodes,
            int[] right,
            int rowCount,
            MemorySegment bits,
            long flip) {
        int[] places = new int[2 * LANES];
        for (int row = 0, w = 0; row < rowCount; row += 64, w++) {
            long old = Bitmap.word(bits, w);
            if (old == 0) {
                continue;
            }
            long word = 0;
            for (int j = 0; j < 64; j += LANES) {
                long at = (long) (row + j) << 2;
                IntVector.fromMemorySegment(INTS, leftCodes, at, ORDER).intoArray(places, 0);
                IntVector.fromMemorySegment(INTS, rightCodes, at, ORDER).intoArray(places, LANES);
                word |=
                        IntVector.fromArray(INTS, left, 0, places, 0)
                                        .compare(
                                                VectorOperators.LT,
                                                IntVector.fromArray(INTS, right, 0, places, LANES))
                                        .toLong()
                                << j;
            }
            Bitmap.setWord(bits, w, old & (word ^ flip));
        }
    }

    private static void range(
            MemorySegment codes, int first, int count, int rowCount, MemorySegment bits) {
        for (int row = 0, w = 0; row < rowCount; row += 64, w++) {
            long old = Bitmap.word(bits, w);
            if (old == 0) {
                continue;
            }
            long word = 0;
            for (int j = 0; j < 64; j += LANES) {
                word |=
                        IntVector.fromMemorySegment(INTS, codes, (long) (row + j) << 2, ORDER)
                                        .sub(first)
                                        .compare(VectorOperators.ULT, count)
                                        .toLong()
                                << j;
            }
            Bitmap.setWord(bits, w, old & word);
        }
    }

    private static void select(MemorySegment codes, int[] words, int rowCount, MemorySegment bits) {
        IntVector all = IntVector.fromArray(INTS, words, 0);
        for (int row = 0, w = 0; row < rowCount; row += 64, w++) {
            long old = Bitmap.word(bits, w);
            if (old == 0) {
                continue;
            }
            long word = 0;
            for (int j = 0; j < 64; j += LANES) {
                IntVector code =
                        IntVector.fromMemorySegment(INTS, codes, (long) (row + j) << 2, ORDER);
                word |=
                        code.lanewise(VectorOperators.LSHR, WORD_SHIFT)
                                        .selectFrom(all)
                                        .lanewise(VectorOperators.LSHR, code)
                                        .and(1)
                                        .compare(VectorOperators.NE, 0)
                                        .toLong()
                                << j;
            }
            Bitmap.setWord(bits, w, old & word);
        }
    }

    /// Indexes of lanes wrap around, so that each pair of vectors is asked by the same ones.
    private static void selectOfEight(
            MemorySegment codes, int[] words, int rowCount, MemorySegment bits) {
        IntVector a = IntVector.fromArray(INTS, words, 0);
        IntVector b = IntVector.fromArray(INTS, words, LANES);
        IntVector c = IntVector.fromArray(INTS, words, 2 * LANES);
        IntVector d = IntVector.fromArray(INTS, words, 3 * LANES);
        IntVector e = IntVector.fromArray(INTS, words, 4 * LANES);
        IntVector f = IntVector.fromArray(INTS, words, 5 * LANES);
        IntVector g = IntVector.fromArray(INTS, words, 6 * LANES);
        IntVector h = IntVector.fromArray(INTS, words, 7 * LANES);
        for (int row = 0, w = 0; row < rowCount; row += 64, w++) {
            long old = Bitmap.word(bits, w);
            if (old == 0) {
                continue;
            }
            long word = 0;
            for (int j = 0; j < 64; j += LANES) {
                IntVector code =
                        IntVector.fromMemorySegment(INTS, codes, (long) (row + j) << 2, ORDER);
                IntVector at = code.lanewise(VectorOperators.LSHR, WORD_SHIFT);
                VectorMask<Integer> odd = at.and(2 * LANES).compare(VectorOperators.NE, 0);
                IntVector low = at.selectFrom(a, b).blend(at.selectFrom(c, d), odd);
                IntVector high = at.selectFrom(e, f).blend(at.selectFrom(g, h), odd);
                word |=
                        low.blend(high, at.compare(VectorOperators.GE, 4 * LANES))
                                        .lanewise(VectorOperators.LSHR, code)
                                        .and(1)
                                        .compare(VectorOperators.NE, 0)
                                        .toLong()
                                << j;
            }
            Bitmap.setWord(bits, w, old & word);
        }
    }

    private static void gather(MemorySegment codes, int[] words, int rowCount, MemorySegment bits) {
        int[] places = new int[64];
        for (int row = 0, w = 0; row < rowCount; row += 64, w++) {
            long old = Bitmap.word(bits, w);
            if (old == 0) {
                continue;
            }
            for (int j = 0; j < 64; j += LANES) {
                IntVector.fromMemorySegment(INTS, codes, (long) (row + j) << 2, ORDER)
                        .lanewise(VectorOperators.LSHR, WORD_SHIFT)
                        .intoArray(places, j);
            }
            long word = 0;
            for (int j = 0; j < 64; j += LANES) {
                IntVector code =
                        IntVector.fromMemorySegment(INTS, codes, (long) (row + j) << 2, ORDER);
                word |=
                        IntVector.fromArray(INTS, words, 0, places, j)
                                        .lanewise(VectorOperators.LSHR, code)
                                        .and(1)
                                        .compare(VectorOperators.NE, 0)
                                        .toLong()
                                << j;
            }
            Bitmap.setWord(bits, w, old & word);
        }
    }
}
