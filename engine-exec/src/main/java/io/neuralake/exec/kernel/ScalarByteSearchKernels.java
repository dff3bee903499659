package io.neuralake.exec.kernel;

import io.neuralake.spi.batch.StringView;

import java.lang.foreign.ValueLayout;

/// Compares the first and the last byte of the needle at each position, then the rest.
public final class ScalarByteSearchKernels implements ByteSearchKernels {
    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;

    @Override
    public long find(long from, long to, byte[] needle) {
        int length = needle.length;
        if (length == 0) {
            return from;
        }
        byte first = needle[0];
        byte last = needle[length - 1];
        long end = to - length;
        for (long at = from; at <= end; at++) {
            if (StringView.MEMORY.get(BYTE, at) == first
                    && StringView.MEMORY.get(BYTE, at + length - 1) == last
                    && matches(at, needle)) {
                return at;
            }
        }
        return -1;
    }

    /// Tells whether the bytes between the first and the last are the needle's.
    public static boolean matches(long at, byte[] needle) {
        for (int i = 1; i < needle.length - 1; i++) {
            if (StringView.MEMORY.get(BYTE, at + i) != needle[i]) {
                return false;
            }
        }
        return true;
    }
}
