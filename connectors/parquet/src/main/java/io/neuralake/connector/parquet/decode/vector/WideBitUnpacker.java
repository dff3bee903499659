package io.neuralake.connector.parquet.decode.vector;

import io.neuralake.connector.parquet.decode.BitUnpacker;
import io.neuralake.connector.parquet.decode.ScalarBitUnpacker;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

/// Sixteen values a step: a byte permutation brings to each 32-bit lane the four bytes that hold its
/// value, a variable shift and a mask cut it out. Sixteen values are `2 * width` bytes, so the bit
/// offset within the first byte is the same in each step. Relies on C2 turning `selectFrom` into one
/// VPERMB. Each loop says all of it: C2 may refuse to inline a method that it has compiled by itself
/// before, whether it has is chance, and then each step makes its vectors on the heap. Widths over 25 do
/// not fit into four bytes at every offset and take the scalar twin.
///
/// Sums of differences are made in four steps of moving lanes up and adding (Hillis and Steele); sixteen
/// differences of 25 bits have sums of 29.
public final class WideBitUnpacker implements BitUnpacker {
    private static final VectorSpecies<Byte> BYTES = ByteVector.SPECIES_512;
    private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_512;
    private static final int MAX_WIDTH = 25;
    private static final int STEP = 16;
    private static final VectorSpecies<Long> LONGS = LongVector.SPECIES_512;
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    private static final byte[] PERMUTATIONS = new byte[(MAX_WIDTH + 1) * 8 * 64];
    private static final int[] SHIFTS = new int[(MAX_WIDTH + 1) * 8 * STEP];

    /// Indexes that move lanes up by one, two, four and eight, and take zeros of a second vector below.
    private static final int[] MOVES = new int[4 * STEP];

    /// Indexes that make longs of the lower lanes, of the upper ones, and of the last with zeros of a second vector.
    private static final int[] LONG_LANES = new int[3 * STEP];

    private static final int LAST_LANES = 2 * STEP;

    static {
        for (int move = 0; move < 4; move++) {
            for (int lane = 0; lane < STEP; lane++) {
                int from = lane - (1 << move);
                MOVES[move * STEP + lane] = from < 0 ? STEP : from;
            }
        }
        for (int lane = 0; lane < STEP; lane++) {
            LONG_LANES[2 * lane] = lane;
            LONG_LANES[2 * lane + 1] = STEP;
        }
        for (int lane = 0; lane < STEP; lane += 2) {
            LONG_LANES[LAST_LANES + lane] = STEP - 1;
            LONG_LANES[LAST_LANES + lane + 1] = STEP;
        }
        for (int width = 1; width <= MAX_WIDTH; width++) {
            for (int start = 0; start < 8; start++) {
                int table = width * 8 + start;
                for (int lane = 0; lane < STEP; lane++) {
                    int bit = start + lane * width;
                    SHIFTS[table * STEP + lane] = bit & 7;
                    for (int b = 0; b < 4; b++) {
                        PERMUTATIONS[table * 64 + lane * 4 + b] =
                                (byte) Math.min(63, (bit >>> 3) + b);
                    }
                }
            }
        }
    }

    @Override
    public boolean areBelow(int limit, MemorySegment values, long offset, int count) {
        return ValueBounds.areBelow(limit, values, offset, count);
    }

    @Override
    public int maxVectorWidth() {
        return MAX_WIDTH;
    }

    @Override
    public void unpack(
            MemorySegment source,
            long bit,
            int width,
            int count,
            MemorySegment target,
            long offset) {
        if (width > MAX_WIDTH) {
            ScalarBitUnpacker.unpackScalar(source, bit, width, count, target, offset);
            return;
        }
        int table = width * 8 + (int) (bit & 7);
        ByteVector permutation = ByteVector.fromArray(BYTES, PERMUTATIONS, table * 64);
        IntVector shift = IntVector.fromArray(INTS, SHIFTS, table * STEP);
        int mask = (1 << width) - 1;
        long at = bit >>> 3;
        int steps = count / STEP;
        for (int i = 0; i < steps; i++) {
            permutation
                    .selectFrom(ByteVector.fromMemorySegment(BYTES, source, at, ORDER))
                    .reinterpretAsInts()
                    .lanewise(VectorOperators.LSHR, shift)
                    .and(mask)
                    .intoMemorySegment(target, offset + 64L * i, ORDER);
            at += 2L * width;
        }
        int rest = count % STEP;
        if (rest > 0) {
            // Packed runs are mostly of 504 values.
            permutation
                    .selectFrom(ByteVector.fromMemorySegment(BYTES, source, at, ORDER))
                    .reinterpretAsInts()
                    .lanewise(VectorOperators.LSHR, shift)
                    .and(mask)
                    .intoMemorySegment(
                            target,
                            offset + 64L * steps,
                            ORDER,
                            VectorMask.fromLong(INTS, (1L << rest) - 1));
        }
    }

    @Override
    public long prefixSumLongs(
            MemorySegment source,
            long bit,
            int width,
            int count,
            long minimum,
            long previous,
            MemorySegment target,
            long offset) {
        int steps = count / STEP;
        long sum = previous;
        if (steps > 0) {
            int table = width * 8 + (int) (bit & 7);
            ByteVector permutation = ByteVector.fromArray(BYTES, PERMUTATIONS, table * 64);
            IntVector shift = IntVector.fromArray(INTS, SHIFTS, table * STEP);
            IntVector zero = IntVector.zero(INTS);
            IntVector one = IntVector.fromArray(INTS, MOVES, 0);
            IntVector two = IntVector.fromArray(INTS, MOVES, STEP);
            IntVector four = IntVector.fromArray(INTS, MOVES, 2 * STEP);
            IntVector eight = IntVector.fromArray(INTS, MOVES, 3 * STEP);
            IntVector lower = IntVector.fromArray(INTS, LONG_LANES, 0);
            IntVector upper = IntVector.fromArray(INTS, LONG_LANES, STEP);
            IntVector last = IntVector.fromArray(INTS, LONG_LANES, LAST_LANES);
            LongVector low = LongVector.zero(LONGS).addIndex(1).add(1).mul(minimum).add(previous);
            LongVector high = low.add(8 * minimum);
            LongVector minima = LongVector.broadcast(LONGS, STEP * minimum);
            int mask = (1 << width) - 1;
            long at = bit >>> 3;
            for (int i = 0; i < steps; i++) {
                IntVector sums =
                        permutation
                                .selectFrom(ByteVector.fromMemorySegment(BYTES, source, at, ORDER))
                                .reinterpretAsInts()
                                .lanewise(VectorOperators.LSHR, shift)
                                .and(mask);
                sums = sums.add(one.selectFrom(sums, zero));
                sums = sums.add(two.selectFrom(sums, zero));
                sums = sums.add(four.selectFrom(sums, zero));
                sums = sums.add(eight.selectFrom(sums, zero));
                lower.selectFrom(sums, zero)
                        .reinterpretAsLongs()
                        .add(low)
                        .intoMemorySegment(target, offset + 128L * i, ORDER);
                upper.selectFrom(sums, zero)
                        .reinterpretAsLongs()
                        .add(high)
                        .intoMemorySegment(target, offset + 128L * i + 64, ORDER);
                LongVector step = last.selectFrom(sums, zero).reinterpretAsLongs().add(minima);
                low = low.add(step);
                high = high.add(step);
                at += 2L * width;
            }
            sum = low.lane(0) - minimum;
        }
        int done = steps * STEP;
        if (done == count) {
            return sum;
        }
        return ScalarBitUnpacker.prefixSumLongsScalar(
                source,
                bit + (long) done * width,
                width,
                count - done,
                minimum,
                sum,
                target,
                offset + 8L * done);
    }

    @Override
    public long prefixSumInts(
            MemorySegment source,
            long bit,
            int width,
            int count,
            long minimum,
            long previous,
            MemorySegment target,
            long offset) {
        int steps = count / STEP;
        long sum = previous;
        if (steps > 0) {
            int table = width * 8 + (int) (bit & 7);
            ByteVector permutation = ByteVector.fromArray(BYTES, PERMUTATIONS, table * 64);
            IntVector shift = IntVector.fromArray(INTS, SHIFTS, table * STEP);
            IntVector zero = IntVector.zero(INTS);
            IntVector one = IntVector.fromArray(INTS, MOVES, 0);
            IntVector two = IntVector.fromArray(INTS, MOVES, STEP);
            IntVector four = IntVector.fromArray(INTS, MOVES, 2 * STEP);
            IntVector eight = IntVector.fromArray(INTS, MOVES, 3 * STEP);
            IntVector last = IntVector.broadcast(INTS, STEP - 1);
            IntVector minima = IntVector.broadcast(INTS, (int) (STEP * minimum));
            IntVector base =
                    IntVector.zero(INTS).addIndex(1).add(1).mul((int) minimum).add((int) previous);
            int mask = (1 << width) - 1;
            long at = bit >>> 3;
            for (int i = 0; i < steps; i++) {
                IntVector sums =
                        permutation
                                .selectFrom(ByteVector.fromMemorySegment(BYTES, source, at, ORDER))
                                .reinterpretAsInts()
                                .lanewise(VectorOperators.LSHR, shift)
                                .and(mask);
                sums = sums.add(one.selectFrom(sums, zero));
                sums = sums.add(two.selectFrom(sums, zero));
                sums = sums.add(four.selectFrom(sums, zero));
                sums = sums.add(eight.selectFrom(sums, zero));
                sums.add(base).intoMemorySegment(target, offset + 64L * i, ORDER);
                base = base.add(last.selectFrom(sums)).add(minima);
                at += 2L * width;
            }
            sum = base.lane(0) - minimum;
        }
        int done = steps * STEP;
        if (done == count) {
            return sum;
        }
        return ScalarBitUnpacker.prefixSumIntsScalar(
                source,
                bit + (long) done * width,
                width,
                count - done,
                minimum,
                sum,
                target,
                offset + 4L * done);
    }
}
