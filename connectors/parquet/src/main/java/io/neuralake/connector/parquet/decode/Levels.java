package io.neuralake.connector.parquet.decode;

import io.neuralake.connector.parquet.page.Slice;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Decodes repetition and definition levels.
final class Levels {
    private Levels() {}

    /// Returns the bits of a level.
    static int width(int maximum) {
        return 32 - Integer.numberOfLeadingZeros(maximum);
    }

    /// Decodes `count` levels as int32, in either encoding.
    static void read(Slice data, boolean bitPacked, int maximum, int count, MemorySegment target) {
        int width = width(maximum);
        if (!bitPacked) {
            new HybridDecoder(data, width).read(count, target, 0);
            return;
        }
        // Deprecated BIT_PACKED: most significant bit first. The reader of the page cut the slice
        // to
        // the right length.
        long bit = 0;
        for (int i = 0; i < count; i++) {
            int value = 0;
            for (int b = 0; b < width; b++) {
                int octet = data.memory().get(ValueLayout.JAVA_BYTE, bit >>> 3);
                value = value << 1 | octet >>> (7 - (bit & 7)) & 1;
                bit++;
            }
            target.set(ValueLayout.JAVA_INT_UNALIGNED, 4L * i, value);
        }
    }
}
