package io.neuralake.exec.operator.join;

import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.memory.NativeMemory;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.List;

/// Maps integer keys to int64 codes, one to one, by the ranges of the build side: the mixed-radix
/// number of the keys' distances from their minima. Code -1 stands for a probe key outside of the
/// ranges, which no build row can equal. A single key over the whole range of int64 wraps around,
/// which is still one to one, and has no -1.
final class KeyEncoding {
    private static final int CHUNK = 1024;

    private final List<Boolean> nullsEqual;
    private final long[] minimum;
    private final long[] maximum;
    private final long[] radix;
    private final long range;
    private final boolean plain;

    private KeyEncoding(
            List<Boolean> nullsEqual, long[] minimum, long[] maximum, long[] radix, long range) {
        this.nullsEqual = nullsEqual;
        this.minimum = minimum;
        this.maximum = maximum;
        this.radix = radix;
        this.range = range;
        this.plain = minimum.length == 1 && !nullsEqual.getFirst();
    }

    /// Returns the encoding of the build keys, or null when they do not fit into 62 bits.
    ///
    /// @param keys contiguous key columns of at least one row
    static @Nullable KeyEncoding of(
            List<Column> keys, List<Boolean> nullsEqual, MemoryAllocator allocator) {
        int count = keys.size();
        long[] minimum = new long[count];
        long[] maximum = new long[count];
        long[] radix = new long[count];
        long range = 1;
        for (int k = 0; k < count; k++) {
            if (!IntegerKeys.isInteger(keys.get(k).type())) {
                return null;
            }
            minMax(keys.get(k), k, minimum, maximum, allocator);
            long span = maximum[k] - minimum[k];
            if (span < 0 || span >= 1L << 62) {
                if (count > 1 || nullsEqual.get(k)) {
                    return null;
                }
                return new KeyEncoding(nullsEqual, minimum, maximum, radix, Long.MAX_VALUE);
            }
            radix[k] = span + (nullsEqual.get(k) ? 2 : 1);
            if (Math.multiplyHigh(range, radix[k]) != 0 || range * radix[k] >>> 62 != 0) {
                return null;
            }
            range *= radix[k];
        }
        return new KeyEncoding(nullsEqual, minimum, maximum, radix, range);
    }

    /// Returns the number of codes; Long.MAX_VALUE when there are more.
    long range() {
        return range;
    }

    /// Returns the smallest value of a build key.
    long minimum(int key) {
        return minimum[key];
    }

    /// Returns the largest value of a build key; less than the smallest when all are null.
    long maximum(int key) {
        return maximum[key];
    }

    private static void minMax(
            Column key, int k, long[] minimum, long[] maximum, MemoryAllocator allocator) {
        int rows = key.rowCount();
        DataBuffer values = allocator.allocate(8L * CHUNK);
        boolean nulls = KeyNulls.mayHaveNulls(key);
        DataBuffer valid = nulls ? notNull(key, allocator, values) : null;
        try {
            long min = Long.MAX_VALUE;
            long max = Long.MIN_VALUE;
            for (int from = 0; from < rows; from += CHUNK) {
                int count = Math.min(CHUNK, rows - from);
                IntegerKeys.read(key, from, count, values.segment());
                for (int i = 0; i < count; i++) {
                    if (valid == null || Bitmap.get(valid.segment(), from + i)) {
                        long value = NativeMemory.getLong(values.segment(), (long) i << 3);
                        min = Math.min(min, value);
                        max = Math.max(max, value);
                    }
                }
            }
            // no value at all: an empty range whose span is 0
            minimum[k] = min > max ? 0 : min;
            maximum[k] = min > max ? 0 : max;
        } finally {
            values.release();
            if (valid != null) {
                valid.release();
            }
        }
    }

    private static DataBuffer notNull(Column key, MemoryAllocator allocator, DataBuffer onError) {
        try {
            DataBuffer valid = allocator.allocate(Bitmap.bytes(key.rowCount()));
            Bitmap.fill(valid.segment(), key.rowCount());
            KeyNulls.andNotNull(key, valid.segment());
            return valid;
        } catch (RuntimeException e) {
            onError.release();
            throw e;
        }
    }

    /// Writes the codes of `count` rows from row `from` (a multiple of 64) on. Codes of rows with a
    /// null in a key that is not `nullsEqual` have no meaning.
    ///
    /// @param valid for each key that may be null and is `nullsEqual`, the bitmap of rows not null
    /// @param scratch room for `count` int64, used for all but the first key
    void encode(
            List<Column> keys,
            @Nullable MemorySegment[] valid,
            int from,
            int count,
            MemorySegment codes,
            MemorySegment scratch) {
        if (keys.isEmpty()) {
            codes.asSlice(0, (long) count << 3).fill((byte) 0);
            return;
        }
        IntegerKeys.read(keys.getFirst(), from, count, codes);
        if (plain) {
            long min = minimum[0];
            for (int i = 0; i < count; i++) {
                NativeMemory.setLong(
                        codes, (long) i << 3, NativeMemory.getLong(codes, (long) i << 3) - min);
            }
            return;
        }
        component(0, valid[0], from, count, codes);
        for (int k = 1; k < minimum.length; k++) {
            IntegerKeys.read(keys.get(k), from, count, scratch);
            component(k, valid[k], from, count, scratch);
            long r = radix[k];
            for (int i = 0; i < count; i++) {
                long at = (long) i << 3;
                long high = NativeMemory.getLong(codes, at);
                long low = NativeMemory.getLong(scratch, at);
                NativeMemory.setLong(codes, at, (high | low) < 0 ? -1 : high * r + low);
            }
        }
    }

    /// Replaces values by their distance from the minimum, -1 outside of the range.
    private void component(
            int k, @Nullable MemorySegment valid, int from, int count, MemorySegment values) {
        long min = minimum[k];
        long span = maximum[k] - min;
        for (int i = 0; i < count; i++) {
            long at = (long) i << 3;
            long distance = NativeMemory.getLong(values, at) - min;
            NativeMemory.setLong(
                    values, at, distance + Long.MIN_VALUE > span + Long.MIN_VALUE ? -1 : distance);
        }
        if (valid != null && nullsEqual.get(k)) {
            for (int i = 0; i < count; i++) {
                if (!Bitmap.get(valid, from + i)) {
                    NativeMemory.setLong(values, (long) i << 3, span + 1);
                }
            }
        }
    }
}
