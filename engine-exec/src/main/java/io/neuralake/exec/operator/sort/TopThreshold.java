package io.neuralake.exec.operator.sort;

import io.neuralake.exec.plan.PhysicalPlan.SortKey;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.type.PhysicalType;
import io.neuralake.spi.type.Schema;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/// The bound of a top-N search that all workers share: rows whose first key is beyond it cannot be
/// among the first. Keys are compared by unsigned words that never contradict the order, though
/// different keys may have equal words. Thread-safe.
final class TopThreshold {
    /// Searches for more rows sort everything.
    private static final long MAX_ROWS = 1 << 17;

    private final List<SortKey> keys;
    private final int rowCount;
    private final boolean exact;

    /// The greatest word that may still be among the first, less Long.MIN_VALUE: compared signed.
    private final AtomicLong bound = new AtomicLong(Long.MAX_VALUE);

    TopThreshold(Schema schema, List<SortKey> keys, int rowCount) {
        this.keys = keys;
        this.rowCount = rowCount;
        PhysicalType first = schema.field(keys.getFirst().column()).type().physical();
        this.exact = keys.size() == 1 && first != PhysicalType.VIEW && first != PhysicalType.INT128;
    }

    /// Tells whether looking for the first rows can beat sorting all.
    static boolean worthwhile(Schema schema, List<SortKey> keys, long limit, long offset) {
        if (keys.isEmpty() || limit > MAX_ROWS || offset > MAX_ROWS) {
            return false;
        }
        return switch (schema.field(keys.getFirst().column()).type().physical()) {
            case LIST, STRUCT -> false;
            case BIT, INT8, INT16, INT32, INT64, INT128, FLOAT32, FLOAT64, VIEW -> true;
        };
    }

    List<SortKey> keys() {
        return keys;
    }

    SortKey firstKey() {
        return keys.getFirst();
    }

    /// Returns how many rows are looked for.
    int rowCount() {
        return rowCount;
    }

    /// Says that `rowCount` rows of at most `word` were found.
    void lower(long word) {
        // With one key whose words are exact, a row equal to the last one found is not needed. The
        // greatest and least words are shared with nulls.
        long at = word - Long.MIN_VALUE;
        boolean strict = exact && word != 0 && word != -1;
        bound.accumulateAndGet(strict ? at - 1 : at, Math::min);
    }

    /// Tells whether any bound is known.
    boolean isActive() {
        return bound.get() != Long.MAX_VALUE;
    }

    /// Writes the bitmap of the rows that may be among the first; returns their number.
    ///
    /// @param words one a row, from [#words]
    int test(MemorySegment words, int count, MemorySegment passed) {
        long limit = bound.get();
        int total = 0;
        for (int from = 0, w = 0; from < count; from += 64, w++) {
            int size = Math.min(64, count - from);
            long bits = 0;
            for (int i = 0; i < size; i++) {
                long word = NativeMemory.getLong(words, 8L * (from + i)) - Long.MIN_VALUE;
                bits |= (word <= limit ? 1L : 0L) << i;
            }
            Bitmap.setWord(passed, w, bits);
            total += Long.bitCount(bits);
        }
        return total;
    }

    /// Writes the word of the first key of each row.
    ///
    /// @param column the first key's column, in plain form
    void words(Column column, int count, MemorySegment words) {
        KeyPrefix.words(column, firstKey(), count, words);
    }
}
