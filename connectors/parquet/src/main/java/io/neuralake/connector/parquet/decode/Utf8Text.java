package io.neuralake.connector.parquet.decode;

import io.neuralake.connector.parquet.file.CorruptFile;
import io.neuralake.connector.parquet.page.Slice;
import io.neuralake.spi.batch.StringView;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Refuses text that is not UTF-8 where it enters: functions step over characters without looking
/// where a value ends, and clients decode what they are sent.
final class Utf8Text {
    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final long HIGH_BITS = 0x8080_8080_8080_8080L;
    private static final int BLOCK_WORDS = 1 << 13;

    private Utf8Text() {}

    /// Tells whether all bytes of a page are ASCII, so that none of its values need a look. Lengths
    /// below 128 among the values are ASCII, too. Relies on C2 vectorizing the inner loop.
    static boolean isAscii(Slice page) {
        long words = page.length() >>> 3;
        for (long block = 0; block < words; block += BLOCK_WORDS) {
            int count = (int) Math.min(BLOCK_WORDS, words - block);
            MemorySegment bytes = page.memory().asSlice(block << 3, (long) count << 3);
            long seen = 0;
            for (int i = 0; i < count; i++) {
                seen |= bytes.get(LONG, 8L * i);
            }
            if ((seen & HIGH_BITS) != 0) {
                return false;
            }
        }
        for (long at = words << 3; at < page.length(); at++) {
            if (page.memory().get(BYTE, at) < 0) {
                return false;
            }
        }
        return true;
    }

    /// Throws [CorruptFile] unless `count` views from byte `offset` on hold UTF-8.
    static void check(MemorySegment views, long offset, int count) {
        for (int i = 0; i < count; i++) {
            long view = offset + (long) i * StringView.BYTES;
            int length = StringView.length(views, view);
            long address = StringView.address(views, view);
            CorruptFile.check(
                    isValid(StringView.MEMORY, address, address + length),
                    "a string is not valid UTF-8");
        }
    }

    /// Tells whether the bytes of `[from, end)` are UTF-8: shortest forms, no surrogates, at most
    /// U+10FFFF (RFC 3629).
    static boolean isValid(MemorySegment memory, long from, long end) {
        long at = from;
        while (at < end) {
            if (at + 8 <= end && (memory.get(LONG, at) & HIGH_BITS) == 0) {
                at += 8;
                continue;
            }
            int lead = memory.get(BYTE, at) & 0xFF;
            int more = lead < 0x80 ? 0 : lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
            if (more == 0) {
                at++;
                continue;
            }
            if (lead < 0xC2 || lead > 0xF4 || at + more >= end) {
                return false;
            }
            int second = memory.get(BYTE, at + 1) & 0xFF;
            int least = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
            int most = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
            if (second < least || second > most) {
                return false;
            }
            for (int i = 2; i <= more; i++) {
                if ((memory.get(BYTE, at + i) & 0xC0) != 0x80) {
                    return false;
                }
            }
            at += more + 1;
        }
        return true;
    }
}
