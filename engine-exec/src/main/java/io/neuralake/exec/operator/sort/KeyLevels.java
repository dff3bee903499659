package io.neuralake.exec.operator.sort;

import io.neuralake.exec.operator.sort.KeyPart.Kind;
import io.neuralake.exec.plan.PhysicalPlan.SortKey;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.FlatColumn;
import io.neuralake.spi.batch.StringView;
import io.neuralake.spi.batch.ViewColumn;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.type.PhysicalType;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToLongFunction;

/// Lays the sort keys of a set of rows out as levels: each key takes as few bits as the range of its
/// values needs, so that most sorts need a single word.
final class KeyLevels {
    /// Chunks of eight bytes of a string before whole values are compared.
    private static final int MAX_CHUNKS = 4;

    private final List<KeyLevel> levels = new ArrayList<>();
    private final List<KeyPart> open = new ArrayList<>();
    private int openBits;

    private KeyLevels() {}

    /// Returns the levels of keys; at least one.
    ///
    /// @param columns the key columns in plain form, one a key
    static List<KeyLevel> of(List<SortKey> keys, List<Column> columns, int rowCount) {
        KeyLevels layout = new KeyLevels();
        for (int i = 0; i < keys.size(); i++) {
            layout.addKey(keys.get(i), columns.get(i), rowCount);
        }
        layout.endWord();
        if (layout.levels.isEmpty()) {
            layout.levels.add(new KeyLevel.Word(List.of(), 0));
        }
        return List.copyOf(layout.levels);
    }

    private void addKey(SortKey key, Column column, int rowCount) {
        DataBuffer validity = column.validity();
        if (validity != null && Bitmap.count(validity.segment(), rowCount) < rowCount) {
            add(KeyPart.nullFlag(column, key.nullsFirst()));
        }
        PhysicalType physical = column.type().physical();
        switch (physical) {
            case BIT, INT8, INT16, INT32, INT64 -> {
                MemorySegment values = ((FlatColumn) column).values();
                addRange(
                        Kind.INTEGER,
                        key,
                        column,
                        rowCount,
                        row -> KeyPart.integer(physical, values, row));
            }
            case FLOAT32, FLOAT64 -> {
                MemorySegment values = ((FlatColumn) column).values();
                addRange(
                        Kind.FLOAT,
                        key,
                        column,
                        rowCount,
                        row -> KeyPart.orderedFloat(physical, values, row));
            }
            case INT128 -> addInt128(key, column, rowCount);
            case VIEW -> addString(key, (ViewColumn) column, rowCount);
            case LIST, STRUCT -> addValues(key, column);
        }
    }

    private record Range(long min, long max) {
        int bits() {
            return 64 - Long.numberOfLeadingZeros(max - min);
        }
    }

    /// Adds a part relative to the smallest value, or nothing when all are equal. Descending parts are
    /// flipped within their bits.
    private void addRange(
            Kind kind, SortKey key, Column column, int rowCount, IntToLongFunction value) {
        Range range = range(column, rowCount, value);
        if (range != null && range.bits() > 0) {
            add(KeyPart.number(kind, column, range.bits(), range.min(), key.descending()));
        }
    }

    private static @Nullable Range range(Column column, int rowCount, IntToLongFunction value) {
        DataBuffer validity = column.validity();
        if (validity == null && rowCount > 0 && column instanceof FlatColumn flat) {
            switch (column.type().physical()) {
                case INT64 -> {
                    return rangeOfInt64(flat.values(), rowCount);
                }
                case INT32 -> {
                    return rangeOfInt32(flat.values(), rowCount);
                }
                default -> {}
            }
        }
        long min = Long.MAX_VALUE;
        long max = Long.MIN_VALUE;
        for (int row = 0; row < rowCount; row++) {
            if (validity == null || Bitmap.get(validity.segment(), row)) {
                long v = value.applyAsLong(row);
                min = Math.min(min, v);
                max = Math.max(max, v);
            }
        }
        return min > max ? null : new Range(min, max);
    }

    private static Range rangeOfInt64(MemorySegment values, int rowCount) {
        long min = Long.MAX_VALUE;
        long max = Long.MIN_VALUE;
        for (int row = 0; row < rowCount; row++) {
            long v = NativeMemory.getLong(values, 8L * row);
            min = Math.min(min, v);
            max = Math.max(max, v);
        }
        return new Range(min, max);
    }

    private static Range rangeOfInt32(MemorySegment values, int rowCount) {
        int min = Integer.MAX_VALUE;
        int max = Integer.MIN_VALUE;
        for (int row = 0; row < rowCount; row++) {
            int v = NativeMemory.getInt(values, 4L * row);
            min = Math.min(min, v);
            max = Math.max(max, v);
        }
        return new Range(min, max);
    }

    private void addInt128(SortKey key, Column column, int rowCount) {
        MemorySegment values = ((FlatColumn) column).values();
        IntToLongFunction high = row -> NativeMemory.getLong(values, 16L * row + 8);
        IntToLongFunction low = row -> NativeMemory.getLong(values, 16L * row);
        Range highs = range(column, rowCount, high);
        if (highs == null) {
            return;
        }
        if (highs.bits() > 0) {
            add(KeyPart.number(Kind.HIGH, column, highs.bits(), highs.min(), key.descending()));
            add(KeyPart.number(Kind.LOW, column, 64, 0, key.descending()));
            return;
        }
        // All upper halves agree: the lower ones decide, as unsigned numbers.
        Range lows = range(column, rowCount, row -> low.applyAsLong(row) ^ Long.MIN_VALUE);
        if (lows != null && lows.bits() > 0) {
            add(
                    KeyPart.number(
                            Kind.LOW,
                            column,
                            lows.bits(),
                            lows.min() ^ Long.MIN_VALUE,
                            key.descending()));
        }
    }

    private void addString(SortKey key, ViewColumn column, int rowCount) {
        MemorySegment views = column.views();
        Range lengths = range(column, rowCount, row -> StringView.length(views, 16L * row));
        if (lengths == null) {
            return;
        }
        int longest = (int) lengths.max();
        int covered = Math.min(longest, 8 * MAX_CHUNKS);
        for (int from = 0; from < covered; from += 8) {
            add(KeyPart.chunk(column, from, Math.min(8, covered - from), key.descending()));
        }
        if (longest > covered) {
            addValues(key, column);
        } else if (lengths.bits() > 0) {
            // Tells "a" from "a\0", whose padded bytes are equal.
            add(
                    KeyPart.number(
                            Kind.STRING_LENGTH,
                            column,
                            32 - Integer.numberOfLeadingZeros(longest),
                            0,
                            key.descending()));
        }
    }

    private void addValues(SortKey key, Column column) {
        endWord();
        levels.add(new KeyLevel.Values(new ValueOrder(column), key.descending()));
    }

    private void add(KeyPart part) {
        if (openBits + part.bits() > Long.SIZE) {
            endWord();
        }
        open.add(part);
        openBits += part.bits();
    }

    private void endWord() {
        if (openBits > 0) {
            levels.add(new KeyLevel.Word(open, openBits));
            open.clear();
            openBits = 0;
        }
    }
}
