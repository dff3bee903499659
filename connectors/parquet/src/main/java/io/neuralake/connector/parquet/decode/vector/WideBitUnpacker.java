package io.neuralake.connector.parquet.decode.vector;

import io.neuralake.connector.parquet.decode.BitUnpacker;
import io.neuralake.connector.parquet.decode.ScalarBitUnpacker;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

/// Sixteen values a step: a byte permutation brings to each 32-bit lane the four bytes that hold its
/// value, a variable shift and a mask cut it out. Sixteen values are `2 * width` bytes, so the bit
/// offset within the first byte is the same in each step. Relies on C2 turning `selectFrom` into one
/// VPERMB. Widths over 25 do not fit into four bytes at every offset and take the scalar twin.
public final class WideBitUnpacker implements BitUnpacker {
    private static final VectorSpecies<Byte> BYTES = ByteVector.SPECIES_512;
    private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_512;
    private static final int MAX_WIDTH = 25;
    private static final int STEP = 16;
    private static final byte[] PERMUTATIONS = new byte[(MAX_WIDTH + 1) * 8 * 64];
    private static final int[] SHIFTS = new int[(MAX_WIDTH + 1) * 8 * STEP];

    static {
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
        int steps = width <= MAX_WIDTH ? count / STEP : 0;
        if (steps > 0) {
            steps(source, bit, width, steps, target, offset);
        }
        int done = steps * STEP;
        if (done < count) {
            ScalarBitUnpacker.unpackScalar(
                    source,
                    bit + (long) done * width,
                    width,
                    count - done,
                    target,
                    offset + 4L * done);
        }
    }

    private static void steps(
            MemorySegment source,
            long bit,
            int width,
            int steps,
            MemorySegment target,
            long offset) {
        int table = width * 8 + (int) (bit & 7);
        ByteVector permutation = ByteVector.fromArray(BYTES, PERMUTATIONS, table * 64);
        IntVector shift = IntVector.fromArray(INTS, SHIFTS, table * STEP);
        int mask = (1 << width) - 1;
        long at = bit >>> 3;
        for (int i = 0; i < steps; i++) {
            permutation
                    .selectFrom(
                            ByteVector.fromMemorySegment(
                                    BYTES, source, at, ByteOrder.LITTLE_ENDIAN))
                    .reinterpretAsInts()
                    .lanewise(VectorOperators.LSHR, shift)
                    .and(mask)
                    .intoMemorySegment(target, offset + 64L * i, ByteOrder.LITTLE_ENDIAN);
            at += 2L * width;
        }
    }
}
