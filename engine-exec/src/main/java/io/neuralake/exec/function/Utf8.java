package io.neuralake.exec.function;

import io.neuralake.spi.batch.StringView;

import java.lang.foreign.ValueLayout;

/// Walks UTF-8 text in memory by absolute addresses. The text must be valid.
final class Utf8 {
    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final long HIGH_BITS = 0x8080_8080_8080_8080L;

    private Utf8() {}

    /// Returns the bytes of the character that begins with a byte.
    static int width(byte lead) {
        if (lead >= 0) {
            return 1;
        }
        int bits = lead & 0xFF;
        return bits >= 0xF0 ? 4 : bits >= 0xE0 ? 3 : bits >= 0xC0 ? 2 : 1;
    }

    /// Tells whether all bytes are ASCII.
    static boolean isAscii(long address, int length) {
        long at = address;
        long end = address + length;
        for (; at + 8 <= end; at += 8) {
            if ((StringView.MEMORY.get(LONG, at) & HIGH_BITS) != 0) {
                return false;
            }
        }
        for (; at < end; at++) {
            if (StringView.MEMORY.get(BYTE, at) < 0) {
                return false;
            }
        }
        return true;
    }

    /// Counts characters.
    static int count(long address, int length) {
        int continuations = 0;
        long at = address;
        long end = address + length;
        for (; at + 8 <= end; at += 8) {
            long word = StringView.MEMORY.get(LONG, at);
            continuations += Long.bitCount(word & HIGH_BITS & ~(word << 1));
        }
        for (; at < end; at++) {
            continuations += (StringView.MEMORY.get(BYTE, at) & 0xC0) == 0x80 ? 1 : 0;
        }
        return length - continuations;
    }

    /// Returns the address `count` characters ahead, at most `end`.
    static long forward(long address, long end, long count) {
        long at = address;
        for (long i = 0; i < count && at < end; i++) {
            at += width(StringView.MEMORY.get(BYTE, at));
        }
        return Math.min(at, end);
    }

    /// Returns the address `count` characters before `end`, or -1 when there are fewer from `start`.
    static long backward(long start, long end, int count) {
        long at = end;
        for (int i = 0; i < count; i++) {
            if (at <= start) {
                return -1;
            }
            at--;
            while (at > start && (StringView.MEMORY.get(BYTE, at) & 0xC0) == 0x80) {
                at--;
            }
        }
        return at;
    }

    /// Returns the code point at an address.
    static int codePoint(long address) {
        byte lead = StringView.MEMORY.get(BYTE, address);
        return switch (width(lead)) {
            case 2 -> (lead & 0x1F) << 6 | next(address + 1);
            case 3 -> (lead & 0x0F) << 12 | next(address + 1) << 6 | next(address + 2);
            case 4 ->
                    (lead & 0x07) << 18
                            | next(address + 1) << 12
                            | next(address + 2) << 6
                            | next(address + 3);
            default -> lead & 0xFF;
        };
    }

    private static int next(long address) {
        return StringView.MEMORY.get(BYTE, address) & 0x3F;
    }
}
