package io.neuralake.connector.parquet.decode.vector;

import io.neuralake.connector.parquet.decode.BitUnpacker;
import io.neuralake.connector.parquet.decode.ScalarBitUnpacker;
import io.neuralake.spi.memory.NativeMemory;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

/// Eight values a step, for processors whose byte permutations stay within 128 bits (AVX2): a
/// permutation of 16 bytes brings to each 32-bit lane the four bytes that hold its value, a variable
/// shift and a mask cut it out, twice. Eight values are `width` bytes, so the bit offset of each half
/// is the same in every step. Relies on C2 turning `selectFrom` into one PSHUFB. Widths over 25 do
/// not fit into four bytes at every offset and take the scalar twin.
public final class NarrowBitUnpacker implements BitUnpacker {
    private static final VectorSpecies<Byte> BYTES = ByteVector.SPECIES_128;
    private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_128;
    private static final int MAX_WIDTH = 25;
    private static final int HALF = 4;
    private static final byte[] PERMUTATIONS = new byte[(MAX_WIDTH + 1) * 8 * 16];
    private static final int[] SHIFTS = new int[(MAX_WIDTH + 1) * 8 * HALF];

    static {
        for (int width = 1; width <= MAX_WIDTH; width++) {
            for (int start = 0; start < 8; start++) {
                int table = width * 8 + start;
                for (int lane = 0; lane < HALF; lane++) {
                    int bit = start + lane * width;
                    SHIFTS[table * HALF + lane] = bit & 7;
                    for (int b = 0; b < 4; b++) {
                        PERMUTATIONS[table * 16 + lane * 4 + b] =
                                (byte) Math.min(15, (bit >>> 3) + b);
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
        int steps = width <= MAX_WIDTH ? count >>> 3 : 0;
        if (steps > 0) {
            steps(source, bit, width, steps, target, offset);
        }
        int done = steps << 3;
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
        // into the upper half of their places: sums never overtake what is left to read
        long packed = offset + 4L * count;
        unpack(source, bit, width, count, target, packed);
        long sum = previous;
        for (int i = 0; i < count; i++) {
            sum += NativeMemory.getInt(target, packed + 4L * i) + minimum;
            NativeMemory.setLong(target, offset + 8L * i, sum);
        }
        return sum;
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
        unpack(source, bit, width, count, target, offset);
        long sum = previous;
        for (int i = 0; i < count; i++) {
            sum += NativeMemory.getInt(target, offset + 4L * i) + minimum;
            NativeMemory.setInt(target, offset + 4L * i, (int) sum);
        }
        return sum;
    }

    private static void steps(
            MemorySegment source,
            long bit,
            int width,
            int steps,
            MemorySegment target,
            long offset) {
        long middle = bit + 4L * width;
        int low = width * 8 + (int) (bit & 7);
        int high = width * 8 + (int) (middle & 7);
        ByteVector lowBytes = ByteVector.fromArray(BYTES, PERMUTATIONS, low * 16);
        ByteVector highBytes = ByteVector.fromArray(BYTES, PERMUTATIONS, high * 16);
        IntVector lowShift = IntVector.fromArray(INTS, SHIFTS, low * HALF);
        IntVector highShift = IntVector.fromArray(INTS, SHIFTS, high * HALF);
        int mask = (1 << width) - 1;
        long at = bit >>> 3;
        long between = (middle >>> 3) - at;
        for (int i = 0; i < steps; i++) {
            // no method of its own: see WideBitUnpacker
            lowBytes.selectFrom(
                            ByteVector.fromMemorySegment(
                                    BYTES, source, at, ByteOrder.LITTLE_ENDIAN))
                    .reinterpretAsInts()
                    .lanewise(VectorOperators.LSHR, lowShift)
                    .and(mask)
                    .intoMemorySegment(target, offset + 32L * i, ByteOrder.LITTLE_ENDIAN);
            highBytes
                    .selectFrom(
                            ByteVector.fromMemorySegment(
                                    BYTES, source, at + between, ByteOrder.LITTLE_ENDIAN))
                    .reinterpretAsInts()
                    .lanewise(VectorOperators.LSHR, highShift)
                    .and(mask)
                    .intoMemorySegment(target, offset + 32L * i + 16, ByteOrder.LITTLE_ENDIAN);
            at += width;
        }
    }
}
