package io.neuralake.spi.statistics;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// The 64-bit xxHash with seed 0 (github.com/Cyan4973/xxHash, doc/xxhash_spec.md), which Parquet's
/// bloom filters use, and sketches.
public final class XxHash64 {
    private static final long P1 = 0x9E3779B185EBCA87L;
    private static final long P2 = 0xC2B2AE3D27D4EB4FL;
    private static final long P3 = 0x165667B19E3779F9L;
    private static final long P4 = 0x85EBCA77C2B2AE63L;
    private static final long P5 = 0x27D4EB2F165667C5L;
    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private XxHash64() {}

    /// Hashes all of an array.
    public static long hash(byte[] data) {
        return hash(MemorySegment.ofArray(data), 0, data.length);
    }

    /// Hashes a value as its 8 bytes, the lowest first.
    public static long hash(long value) {
        long hash = P5 + Long.BYTES ^ round(0, value);
        return avalanche(Long.rotateLeft(hash, 27) * P1 + P4);
    }

    /// Hashes `length` bytes from `offset` on, on the heap or not.
    public static long hash(MemorySegment data, long offset, long length) {
        long at = offset;
        long end = offset + length;
        long hash;
        if (length >= 32) {
            long a = 0x60EA27EEADC0B5D6L; // P1 + P2
            long b = P2;
            long c = 0;
            long d = -P1;
            for (; at + 32 <= end; at += 32) {
                a = round(a, data.get(LONG, at));
                b = round(b, data.get(LONG, at + 8));
                c = round(c, data.get(LONG, at + 16));
                d = round(d, data.get(LONG, at + 24));
            }
            hash =
                    Long.rotateLeft(a, 1)
                            + Long.rotateLeft(b, 7)
                            + Long.rotateLeft(c, 12)
                            + Long.rotateLeft(d, 18);
            hash = merge(merge(merge(merge(hash, a), b), c), d);
        } else {
            hash = P5;
        }
        hash += length;
        for (; at + 8 <= end; at += 8) {
            hash ^= round(0, data.get(LONG, at));
            hash = Long.rotateLeft(hash, 27) * P1 + P4;
        }
        if (at + 4 <= end) {
            hash ^= (data.get(INT, at) & 0xFFFF_FFFFL) * P1;
            hash = Long.rotateLeft(hash, 23) * P2 + P3;
            at += 4;
        }
        for (; at < end; at++) {
            hash ^= (data.get(ValueLayout.JAVA_BYTE, at) & 0xFF) * P5;
            hash = Long.rotateLeft(hash, 11) * P1;
        }
        return avalanche(hash);
    }

    private static long avalanche(long mixed) {
        long hash = mixed;
        hash ^= hash >>> 33;
        hash *= P2;
        hash ^= hash >>> 29;
        hash *= P3;
        return hash ^ hash >>> 32;
    }

    private static long round(long accumulator, long input) {
        return Long.rotateLeft(accumulator + input * P2, 31) * P1;
    }

    private static long merge(long hash, long accumulator) {
        return (hash ^ round(0, accumulator)) * P1 + P4;
    }
}
