package io.neuralake.exec.function.aggregate;

import io.neuralake.exec.plan.PhysicalPlan.SortKey;
import io.neuralake.exec.row.ColumnFlatten;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.FlatColumn;
import io.neuralake.spi.batch.StringView;
import io.neuralake.spi.batch.ViewColumn;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.memory.MemoryReservation;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.type.PhysicalType;
import io.neuralake.spi.type.ScalarType;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Compares and sorts the rows of columns by sort keys of every type. The first 64 bits of a key are
/// kept as one int64 a row; a range is sorted by these, packed with the position into one int64, and
/// only runs of equal words are looked at again. Sorting is stable. Thread-safe.
public final class RowOrder implements AutoCloseable {
    private static final int FEW_ROWS = 24;

    private final MemoryReservation reservation;
    private final List<Key> keys = new ArrayList<>();

    /// How a key's values relate to their words.
    private enum Kind {
        /// The word is the value.
        WORD,
        /// The word is the first 8 bytes.
        VIEW,
        /// The word is the upper half.
        INT128,
        /// There is no word.
        NESTED
    }

    private record Key(
            Column column,
            Kind kind,
            DataBuffer words,
            @Nullable MemorySegment validity,
            boolean descending,
            boolean nullsFirst) {
        private long word(int row) {
            return NativeMemory.getLong(words.segment(), (long) row << 3);
        }

        private boolean isNull(int row) {
            return validity != null && !Bitmap.get(validity, row);
        }
    }

    /// Prepares the order of the columns' rows.
    ///
    /// @param columns stay the caller's
    /// @param sortKeys whose columns count in `columns`
    public RowOrder(List<Column> columns, List<SortKey> sortKeys, MemoryAllocator allocator) {
        reservation = allocator.reservation("sort");
        try (BatchScratch scratch = new BatchScratch(allocator)) {
            for (SortKey key : sortKeys) {
                scratch.reset();
                keys.add(key(columns.get(key.column()), key, allocator, scratch));
            }
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private static Key key(
            Column column, SortKey key, MemoryAllocator allocator, BatchScratch scratch) {
        Column flat = ColumnFlatten.flatten(column, allocator);
        int rows = flat.rowCount();
        DataBuffer words;
        try {
            words = allocator.allocateZeroed(8L * rows);
        } catch (RuntimeException | Error e) {
            flat.release();
            throw e;
        }
        try {
            Kind kind = fill(flat, words.segment(), scratch);
            if (key.descending()) {
                MemorySegment w = words.segment();
                for (int i = 0; i < rows; i++) {
                    NativeMemory.setLong(w, (long) i << 3, ~NativeMemory.getLong(w, (long) i << 3));
                }
            }
            DataBuffer validity = flat.validity();
            return new Key(
                    flat,
                    kind,
                    words,
                    validity == null ? null : validity.segment(),
                    key.descending(),
                    key.nullsFirst());
        } catch (RuntimeException | Error e) {
            flat.release();
            words.release();
            throw e;
        }
    }

    private static Kind fill(Column flat, MemorySegment words, BatchScratch scratch) {
        int rows = flat.rowCount();
        PhysicalType physical = flat.type().physical();
        if (flat.type() == ScalarType.NULL) {
            return Kind.WORD;
        }
        switch (physical) {
            case LIST, STRUCT -> {
                return Kind.NESTED;
            }
            case VIEW -> {
                MemorySegment views = ((ViewColumn) flat).views();
                for (int i = 0; i < rows; i++) {
                    long at = (long) i << 4;
                    long bytes =
                            StringView.length(views, at) > StringView.MAX_INLINE
                                    ? NativeMemory.getLong(
                                            StringView.MEMORY, NativeMemory.getLong(views, at + 8))
                                    : NativeMemory.getLong(views, at + 4);
                    NativeMemory.setLong(
                            words, (long) i << 3, Long.reverseBytes(bytes) ^ Long.MIN_VALUE);
                }
                return Kind.VIEW;
            }
            case INT128 -> {
                return fillInt128(flat, words);
            }
            default -> {
                MemorySegment values =
                        Operands.sortable(flat, new RowSet(rows, null, null), scratch);
                MemorySegment.copy(values, 0, words, 0, 8L * rows);
                return Kind.WORD;
            }
        }
    }

    /// Takes the lower half where it is the value, as it mostly is: upper halves would all be equal.
    private static Kind fillInt128(Column flat, MemorySegment words) {
        MemorySegment values = ((FlatColumn) flat).values();
        DataBuffer validity = flat.validity();
        boolean narrow = true;
        for (int i = 0; i < flat.rowCount() && narrow; i++) {
            long lower = NativeMemory.getLong(values, (long) i << 4);
            narrow =
                    lower >> 63 == NativeMemory.getLong(values, ((long) i << 4) + 8)
                            || validity != null && !Bitmap.get(validity.segment(), i);
        }
        int half = narrow ? 0 : 8;
        for (int i = 0; i < flat.rowCount(); i++) {
            NativeMemory.setLong(
                    words, (long) i << 3, NativeMemory.getLong(values, ((long) i << 4) + half));
        }
        return narrow ? Kind.WORD : Kind.INT128;
    }

    /// Compares two rows.
    public int compare(int left, int right) {
        return compare(0, left, right);
    }

    private int compare(int firstKey, int left, int right) {
        for (int k = firstKey; k < keys.size(); k++) {
            int order = compare(keys.get(k), left, right);
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }

    private static int compare(Key key, int left, int right) {
        if (key.validity != null) {
            boolean leftNull = key.isNull(left);
            boolean rightNull = key.isNull(right);
            if (leftNull || rightNull) {
                return leftNull == rightNull ? 0 : leftNull == key.nullsFirst ? -1 : 1;
            }
        }
        int order = Long.compare(key.word(left), key.word(right));
        if (order != 0 || key.kind == Kind.WORD) {
            return order;
        }
        int rest =
                switch (key.kind) {
                    case WORD -> 0;
                    case VIEW -> {
                        MemorySegment views = ((ViewColumn) key.column).views();
                        yield StringView.compare(views, (long) left << 4, views, (long) right << 4);
                    }
                    case INT128 -> {
                        MemorySegment values = ((FlatColumn) key.column).values();
                        yield Long.compareUnsigned(
                                NativeMemory.getLong(values, (long) left << 4),
                                NativeMemory.getLong(values, (long) right << 4));
                    }
                    case NESTED -> compareValues(key.column.value(left), key.column.value(right));
                };
        return key.descending ? -rest : rest;
    }

    /// Compares Java forms; within nested values null is the largest.
    static int compareValues(@Nullable Object left, @Nullable Object right) {
        if (left == null || right == null) {
            return Boolean.compare(left == null, right == null);
        }
        if (left instanceof List<?> a && right instanceof List<?> b) {
            for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
                int order = compareValues(a.get(i), b.get(i));
                if (order != 0) {
                    return order;
                }
            }
            return Integer.compare(a.size(), b.size());
        }
        return switch (left) {
            case Long number -> number.compareTo((Long) right);
            case Double number -> Double.compare(number + 0.0, (Double) right + 0.0);
            case BigDecimal number -> number.compareTo((BigDecimal) right);
            case Boolean flag -> flag.compareTo((Boolean) right);
            case byte[] bytes -> Arrays.compareUnsigned(bytes, (byte[]) right);
            case String text ->
                    Arrays.compareUnsigned(
                            text.getBytes(java.nio.charset.StandardCharsets.UTF_8),
                            ((String) right).getBytes(java.nio.charset.StandardCharsets.UTF_8));
            default -> throw new IllegalStateException("Not comparable: " + left.getClass());
        };
    }

    /// Sorts the row numbers in `rows[from]` to `rows[to - 1]`.
    public void sort(int[] rows, int from, int to) {
        if (to - from > 1) {
            sort(rows, from, to, 0);
        }
    }

    private void sort(int[] rows, int from, int to, int k) {
        if (to - from < 2 || k == keys.size()) {
            return;
        }
        if (to - from <= FEW_ROWS) {
            insertionSort(rows, from, to, k);
            return;
        }
        Key key = keys.get(k);
        if (key.kind == Kind.NESTED) {
            reserved(4L * (to - from), () -> mergeSort(rows, from, to, k, new int[to - from]));
            return;
        }
        int begin = from;
        int end = to;
        if (key.validity != null) {
            int nulls = separateNulls(rows, from, to, key);
            if (key.nullsFirst) {
                begin += nulls;
                sort(rows, from, begin, k + 1);
            } else {
                end -= nulls;
                sort(rows, end, to, k + 1);
            }
        }
        sortByWord(rows, begin, end, k);
    }

    private int separateNulls(int[] rows, int from, int to, Key key) {
        int nulls = 0;
        for (int i = from; i < to; i++) {
            nulls += key.isNull(rows[i]) ? 1 : 0;
        }
        if (nulls > 0 && nulls < to - from) {
            int count = nulls;
            reserved(
                    4L * (to - from),
                    () -> {
                        int[] copy = Arrays.copyOfRange(rows, from, to);
                        int nullAt = key.nullsFirst ? from : to - count;
                        int valueAt = key.nullsFirst ? from + count : from;
                        for (int row : copy) {
                            if (key.isNull(row)) {
                                rows[nullAt++] = row;
                            } else {
                                rows[valueAt++] = row;
                            }
                        }
                    });
        }
        return nulls;
    }

    private void sortByWord(int[] rows, int from, int to, int k) {
        int count = to - from;
        if (count <= FEW_ROWS) {
            insertionSort(rows, from, to, k);
            return;
        }
        Key key = keys.get(k);
        long min = Long.MAX_VALUE;
        long max = Long.MIN_VALUE;
        for (int i = from; i < to; i++) {
            long word = key.word(rows[i]);
            min = Math.min(min, word);
            max = Math.max(max, word);
        }
        int valueBits = 64 - Long.numberOfLeadingZeros(max - min);
        int indexBits = 32 - Integer.numberOfLeadingZeros(count - 1);
        int cut = Math.max(0, valueBits + indexBits - 63);
        long least = min;
        reserved(
                20L * count,
                () -> {
                    long[] packed = new long[count];
                    int[] copy = Arrays.copyOfRange(rows, from, to);
                    for (int i = 0; i < count; i++) {
                        packed[i] = (key.word(copy[i]) - least) >>> cut << indexBits | i;
                    }
                    Arrays.sort(packed);
                    long mask = (1L << indexBits) - 1;
                    for (int i = 0; i < count; i++) {
                        rows[from + i] = copy[(int) (packed[i] & mask)];
                    }
                    boolean exact = cut == 0 && key.kind == Kind.WORD;
                    int run = 0;
                    for (int i = 1; i <= count; i++) {
                        if (i == count || packed[i] >>> indexBits != packed[run] >>> indexBits) {
                            sortRun(rows, from + run, from + i, k, exact);
                            run = i;
                        }
                    }
                });
    }

    private void sortRun(int[] rows, int from, int to, int k, boolean exact) {
        if (to - from < 2) {
            return;
        }
        if (exact) {
            sort(rows, from, to, k + 1);
        } else {
            mergeSort(rows, from, to, k, new int[to - from]);
        }
    }

    private void reserved(long bytes, Runnable work) {
        reservation.grow(bytes);
        try {
            work.run();
        } finally {
            reservation.shrink(bytes);
        }
    }

    private void insertionSort(int[] rows, int from, int to, int k) {
        for (int i = from + 1; i < to; i++) {
            int row = rows[i];
            int j = i;
            while (j > from && compare(k, rows[j - 1], row) > 0) {
                rows[j] = rows[j - 1];
                j--;
            }
            rows[j] = row;
        }
    }

    private void mergeSort(int[] rows, int from, int to, int k, int[] space) {
        if (to - from <= FEW_ROWS) {
            insertionSort(rows, from, to, k);
            return;
        }
        int middle = (from + to) >>> 1;
        mergeSort(rows, from, middle, k, space);
        mergeSort(rows, middle, to, k, space);
        if (compare(k, rows[middle - 1], rows[middle]) <= 0) {
            return;
        }
        int left = middle - from;
        System.arraycopy(rows, from, space, 0, left);
        int l = 0;
        int r = middle;
        int at = from;
        while (l < left && r < to) {
            rows[at++] = compare(k, space[l], rows[r]) <= 0 ? space[l++] : rows[r++];
        }
        System.arraycopy(space, l, rows, at, left - l);
    }

    @Override
    public void close() {
        for (Key key : keys) {
            key.column.release();
            key.words.release();
        }
        keys.clear();
        reservation.close();
    }
}
