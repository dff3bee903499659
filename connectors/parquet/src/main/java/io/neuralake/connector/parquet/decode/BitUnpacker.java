package io.neuralake.connector.parquet.decode;

import io.neuralake.connector.parquet.decode.vector.NarrowBitUnpacker;
import io.neuralake.connector.parquet.decode.vector.WideBitUnpacker;
import io.neuralake.spi.simd.SimdCapabilities;

import java.lang.foreign.MemorySegment;

/// Unpacks little-endian bit-packed integers. Implementations are stateless.
public interface BitUnpacker {
    /// Wider values do not fit into four bytes at every bit offset, and have no vectors.
    int MAX_VECTOR_WIDTH = 25;

    /// Unpacks `count` values of `width` bits (1 to 32), the first at bit `bit` of `source`, to int32
    /// at byte `offset` of `target`. May read up to 64 bytes behind the last value.
    void unpack(
            MemorySegment source,
            long bit,
            int width,
            int count,
            MemorySegment target,
            long offset);

    /// Returns the fastest implementation for this machine.
    static BitUnpacker best() {
        return Best.INSTANCE;
    }

    /// Chooses once.
    final class Best {
        private static final BitUnpacker INSTANCE = of(SimdCapabilities.detected());

        private Best() {}

        private static BitUnpacker of(SimdCapabilities capabilities) {
            if (capabilities.vectorBits() >= 512) {
                return new WideBitUnpacker();
            }
            return capabilities.vectorKernels() ? new NarrowBitUnpacker() : new ScalarBitUnpacker();
        }
    }
}
