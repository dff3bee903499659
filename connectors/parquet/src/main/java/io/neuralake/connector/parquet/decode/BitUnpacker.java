package io.neuralake.connector.parquet.decode;

import io.neuralake.connector.parquet.decode.vector.NarrowBitUnpacker;
import io.neuralake.connector.parquet.decode.vector.WideBitUnpacker;
import io.neuralake.connector.parquet.page.Slice;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.simd.SimdCapabilities;
import io.neuralake.spi.simd.WarmingKernels;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Unpacks little-endian bit-packed integers, and checks them. Implementations are stateless.
public interface BitUnpacker {
    /// Unpacks `count` values of `width` bits (1 to 32), the first at bit `bit` of `source`, to int32
    /// at byte `offset` of `target`. May read up to 64 bytes behind the last value.
    void unpack(
            MemorySegment source,
            long bit,
            int width,
            int count,
            MemorySegment target,
            long offset);

    /// Unpacks differences and stores their prefix sums as int64. For widths of at most [#maxVectorWidth], if there are
    /// any, else 57. Sums wrap.
    ///
    /// @param minimum is added to each difference
    /// @param previous the value before the first
    /// @param offset byte of `target` where the first goes
    /// @return the last value; `previous` if there is none
    default long prefixSumLongs(
            MemorySegment source,
            long bit,
            int width,
            int count,
            long minimum,
            long previous,
            MemorySegment target,
            long offset) {
        return ScalarBitUnpacker.prefixSumLongsScalar(
                source, bit, width, count, minimum, previous, target, offset);
    }

    /// As [#prefixSumLongs], but stores the lower half of each value as int32, and returns the last one with any upper half.
    default long prefixSumInts(
            MemorySegment source,
            long bit,
            int width,
            int count,
            long minimum,
            long previous,
            MemorySegment target,
            long offset) {
        return ScalarBitUnpacker.prefixSumIntsScalar(
                source, bit, width, count, minimum, previous, target, offset);
    }

    /// Tells whether `count` int32 from byte `offset` of `values` on are all at least 0 and less than `limit`.
    boolean areBelow(int limit, MemorySegment values, long offset, int count);

    /// Returns the largest width that is unpacked with vectors, 0 if none is.
    int maxVectorWidth();

    /// Returns the fastest implementation for this machine.
    static BitUnpacker best() {
        return Best.INSTANCE;
    }

    /// Returns implementations of which the scalar one begins.
    static WarmingKernels<BitUnpacker> warming() {
        return Best.WARMING;
    }

    /// Chooses once.
    final class Best {
        /// Values after which vectors are worth their compilation: some ten columns of a million rows.
        private static final long ENOUGH_VALUES = 16_000_000;

        private static final int SAMPLE_WIDTH = 11;

        /// Wider than any vectors unpack.
        private static final int WIDE_SAMPLE_WIDTH = 30;

        private static final int SAMPLE_VALUES = 8192;

        /// Whole steps of vectors, steps with some values behind them, and fewer than a step.
        private static final int[] SAMPLE_COUNTS = {SAMPLE_VALUES, SAMPLE_VALUES - 3, 5};

        private static final BitUnpacker INSTANCE = of(SimdCapabilities.detected());
        private static final WarmingKernels<BitUnpacker> WARMING =
                WarmingKernels.of(new ScalarBitUnpacker(), INSTANCE, Best::sample, ENOUGH_VALUES);

        private Best() {}

        private static BitUnpacker of(SimdCapabilities capabilities) {
            if (capabilities.vectorBits() >= 512) {
                return new WideBitUnpacker();
            }
            return capabilities.vectorKernels() ? new NarrowBitUnpacker() : new ScalarBitUnpacker();
        }

        /// Takes every branch that pages take: C2 leaves out what it has not seen, and throws the code away when
        /// that comes.
        private static void sample(BitUnpacker unpacker) {
            try (Arena arena = Arena.ofConfined()) {
                long bytes = SAMPLE_VALUES * (long) Integer.SIZE / 8 + Slice.SLACK;
                // Of no arena, as pages are: code would be compiled for both kinds of memory.
                MemorySegment source = unowned(arena.allocate(bytes, 64));
                MemorySegment target = unowned(arena.allocate(8L * SAMPLE_VALUES, 64));
                long sum = 0;
                for (int count : SAMPLE_COUNTS) {
                    sum += unpacker.prefixSumLongs(source, 3, SAMPLE_WIDTH, count, 0, 0, target, 0);
                    sum += unpacker.prefixSumInts(source, 3, SAMPLE_WIDTH, count, 0, 0, target, 0);
                    unpacker.unpack(source, 3, WIDE_SAMPLE_WIDTH, count, target, 0);
                    unpacker.unpack(source, 3, SAMPLE_WIDTH, count, target, 0);
                    if (sum != 0
                            || !unpacker.areBelow(1, target, 0, count)
                            || unpacker.areBelow(0, target, 0, count)) {
                        throw new IllegalStateException("Zeros were not unpacked as such");
                    }
                }
            }
        }

        private static MemorySegment unowned(MemorySegment segment) {
            return NativeMemory.segment(segment.address(), segment.byteSize());
        }
    }
}
