package io.neuralake.connector.delta.changes;

import io.neuralake.connector.parquet.DeletedRows;
import io.neuralake.spi.batch.Bitmap;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// All rows of a file but those that are live by one deletion vector and not by another: leaves the rows
/// that a commit deleted.
///
/// @param live the vector by which rows are live; null for all
/// @param gone the vector by which they are not; null for none
/// @param rows number of rows of the file
record OtherRows(@Nullable DeletedRows live, @Nullable DeletedRows gone, long rows)
        implements DeletedRows {
    private static final int CHUNK = 1 << 16;

    @Override
    public long count() {
        long left = 0;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bits = arena.allocate(CHUNK / Byte.SIZE, Long.BYTES);
            for (long from = 0; from < rows; from += CHUNK) {
                int count = (int) Math.min(CHUNK, rows - from);
                Bitmap.fill(bits, count);
                left += count - clear(from, count, bits);
            }
        }
        return rows - left;
    }

    @Override
    public int clear(long from, int count, MemorySegment bitmap) {
        int words = (count + 63) >>> 6;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment before = bits(arena, live, from, count);
            MemorySegment after = bits(arena, gone, from, count);
            for (int i = 0; i < words; i++) {
                Bitmap.setWord(
                        bitmap,
                        i,
                        Bitmap.word(bitmap, i) & Bitmap.word(before, i) & ~Bitmap.word(after, i));
            }
        }
        return count - Bitmap.count(bitmap, count);
    }

    private static MemorySegment bits(
            Arena arena, @Nullable DeletedRows deleted, long from, int count) {
        MemorySegment bits = arena.allocate(((count + 63L) >>> 6) * Long.BYTES, Long.BYTES);
        Bitmap.fill(bits, count);
        if (deleted != null) {
            deleted.clear(from, count, bits);
        }
        return bits;
    }
}
