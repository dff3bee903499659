package io.neuralake.exec.kernel.vector;

import io.neuralake.exec.kernel.ByteSearchKernels;
import io.neuralake.exec.kernel.ScalarByteSearchKernels;
import io.neuralake.spi.batch.StringView;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

/// Compares the first and the last byte of the needle at a vector of positions at a time. The
/// positions left at the end are loaded under a mask, so that nothing behind the text is read.
public final class VectorByteSearchKernels implements ByteSearchKernels {
    private static final VectorSpecies<Byte> BYTES = ByteVector.SPECIES_PREFERRED;
    private static final int LANES = BYTES.length();
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    private static final MemorySegment MEMORY = StringView.MEMORY;

    @Override
    public long find(long from, long to, byte[] needle) {
        int length = needle.length;
        if (length == 0) {
            return from;
        }
        byte first = needle[0];
        byte last = needle[length - 1];
        long at = from;
        for (; at + LANES + length - 1 <= to; at += LANES) {
            long found =
                    ByteVector.fromMemorySegment(BYTES, MEMORY, at, ORDER)
                            .compare(VectorOperators.EQ, first)
                            .and(
                                    ByteVector.fromMemorySegment(
                                                    BYTES, MEMORY, at + length - 1, ORDER)
                                            .compare(VectorOperators.EQ, last))
                            .toLong();
            long hit = verify(at, found, needle);
            if (hit >= 0) {
                return hit;
            }
        }
        long positions = to - length - at + 1;
        if (positions <= 0) {
            return -1;
        }
        VectorMask<Byte> mask = BYTES.indexInRange(0, positions);
        long found =
                ByteVector.fromMemorySegment(BYTES, MEMORY, at, ORDER, mask)
                        .compare(VectorOperators.EQ, first, mask)
                        .and(
                                ByteVector.fromMemorySegment(
                                                BYTES, MEMORY, at + length - 1, ORDER, mask)
                                        .compare(VectorOperators.EQ, last))
                        .toLong();
        return verify(at, found, needle);
    }

    private static long verify(long at, long candidates, byte[] needle) {
        long left = candidates;
        while (left != 0) {
            long hit = at + Long.numberOfTrailingZeros(left);
            if (ScalarByteSearchKernels.matches(hit, needle)) {
                return hit;
            }
            left &= left - 1;
        }
        return -1;
    }
}
