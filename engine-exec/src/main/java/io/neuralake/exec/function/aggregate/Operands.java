package io.neuralake.exec.function.aggregate;

import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ConstantColumn;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.DictionaryColumn;
import io.neuralake.spi.batch.FlatColumn;
import io.neuralake.spi.batch.StringView;
import io.neuralake.spi.batch.ViewColumn;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.PhysicalType;
import io.neuralake.spi.type.ScalarType;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Brings the rows of a [RowSet] into dense arrays by position, whatever form the column has, so
/// that accumulators need one loop a type. A flat column of which all rows count is not copied.
/// Values of null rows are undefined.
public final class Operands {
    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;

    private Operands() {}

    /// A column without dictionary or constant, and where each position's value lies in it.
    ///
    /// @param index int32 rows of `values`; null when position and row are the same
    record Located(Column values, @Nullable MemorySegment index) {}

    static Located locate(Column column, RowSet rows, BatchScratch scratch) {
        int count = rows.count();
        MemorySegment r = rows.rows();
        switch (column) {
            case DictionaryColumn dictionary -> {
                MemorySegment codes = dictionary.codes();
                if (r == null) {
                    return new Located(dictionary.dictionary(), codes);
                }
                MemorySegment index = scratch.ints(count);
                for (int i = 0; i < count; i++) {
                    long row = NativeMemory.getInt(r, (long) i << 2);
                    NativeMemory.setInt(index, (long) i << 2, NativeMemory.getInt(codes, row << 2));
                }
                return new Located(dictionary.dictionary(), index);
            }
            case ConstantColumn constant -> {
                MemorySegment index = scratch.ints(count);
                index.fill((byte) 0);
                return new Located(constant.single(), index);
            }
            default -> {
                return new Located(column, r);
            }
        }
    }

    /// Keeps the positions whose row is not null; the same set when none is.
    static RowSet nonNull(Column column, RowSet rows, BatchScratch scratch) {
        return withValidity(column, rows, true, scratch);
    }

    /// Keeps the positions whose row is null.
    static RowSet onlyNull(Column column, RowSet rows, BatchScratch scratch) {
        return withValidity(column, rows, false, scratch);
    }

    /// Tells whether some row of the column may be null.
    public static boolean mayHaveNulls(Column column) {
        return column.validity() != null
                || column.type() == ScalarType.NULL
                || column instanceof ConstantColumn constant && constant.isNull()
                || column instanceof DictionaryColumn dictionary && dictionary.dictionaryHasNulls();
    }

    private static RowSet withValidity(
            Column column, RowSet rows, boolean valid, BatchScratch scratch) {
        if (!mayHaveNulls(column)) {
            return valid ? rows : new RowSet(0, rows.rows(), rows.groups());
        }
        int count = rows.count();
        if (column instanceof ConstantColumn || column.type() == ScalarType.NULL) {
            return valid ? new RowSet(0, rows.rows(), rows.groups()) : rows;
        }
        MemorySegment positions = scratch.ints(count);
        int kept = 0;
        int wanted = valid ? 1 : 0;
        DataBuffer validity = column.validity();
        DataBuffer inner = null;
        MemorySegment codes = null;
        if (column instanceof DictionaryColumn dictionary) {
            inner = dictionary.dictionary().validity();
            codes = dictionary.codes();
        }
        if (rows.rows() == null && inner == null && validity != null) {
            kept = setBits(validity.segment(), valid ? 0 : -1, count, positions);
            return rows.keep(positions, kept, scratch);
        }
        for (int i = 0; i < count; i++) {
            int row = rows.row(i);
            int bit = validity == null ? 1 : bit(validity.segment(), row);
            if (inner != null && codes != null) {
                bit &= bit(inner.segment(), NativeMemory.getInt(codes, (long) row << 2));
            }
            NativeMemory.setInt(positions, (long) kept << 2, i);
            kept += 1 ^ bit ^ wanted;
        }
        return rows.keep(positions, kept, scratch);
    }

    /// Keeps the positions whose Boolean is TRUE.
    static RowSet whereTrue(Column column, RowSet rows, BatchScratch scratch) {
        RowSet valid = nonNull(column, rows, scratch);
        Located at = locate(column, valid, scratch);
        if (column.type() == ScalarType.NULL || valid.count() == 0) {
            return new RowSet(0, rows.rows(), rows.groups());
        }
        MemorySegment bits = ((FlatColumn) at.values).values();
        MemorySegment positions = scratch.ints(valid.count());
        int kept = 0;
        if (at.index == null) {
            kept = setBits(bits, 0, valid.count(), positions);
        } else {
            for (int i = 0; i < valid.count(); i++) {
                NativeMemory.setInt(positions, (long) kept << 2, i);
                kept += bit(bits, index(at.index, i));
            }
        }
        return valid.keep(positions, kept, scratch);
    }

    /// Lists the set bits of the first `count`, a word at a time: words that have none cost little.
    ///
    /// @param flipped -1 for those that are not set
    private static int setBits(
            MemorySegment bits, long flipped, int count, MemorySegment positions) {
        int words = (count + 63) >>> 6;
        int kept = 0;
        for (int w = 0; w < words; w++) {
            long word = Bitmap.word(bits, w) ^ flipped;
            if (w == words - 1) {
                word &= Bitmap.tailMask(count);
            }
            int base = w << 6;
            while (word != 0) {
                NativeMemory.setInt(
                        positions, (long) kept << 2, base + Long.numberOfTrailingZeros(word));
                kept++;
                word &= word - 1;
            }
        }
        return kept;
    }

    private static int bit(MemorySegment bits, int index) {
        return NativeMemory.getByte(bits, index >>> 3) >>> (index & 7) & 1;
    }

    private static int index(@Nullable MemorySegment index, int position) {
        return index == null ? position : NativeMemory.getInt(index, (long) position << 2);
    }

    /// Widens integers, short decimals, dates, times and Booleans to int64.
    public static MemorySegment longs(Column column, RowSet rows, BatchScratch scratch) {
        Located at = locate(column, rows, scratch);
        MemorySegment v = ((FlatColumn) at.values).values();
        PhysicalType physical = column.type().physical();
        int count = rows.count();
        MemorySegment index = at.index;
        if (index == null && physical == PhysicalType.INT64) {
            return v;
        }
        MemorySegment out = scratch.longs(count);
        switch (physical) {
            case INT64 -> gather(v, java.util.Objects.requireNonNull(index), count, out);
            case INT32 -> {
                if (index == null) {
                    for (int i = 0; i < count; i++) {
                        NativeMemory.setLong(
                                out, (long) i << 3, NativeMemory.getInt(v, (long) i << 2));
                    }
                } else {
                    long base = v.address();
                    for (int i = 0; i < count; i++) {
                        long row = NativeMemory.getInt(index, (long) i << 2);
                        NativeMemory.setLong(
                                out,
                                (long) i << 3,
                                NativeMemory.getInt(StringView.MEMORY, base + (row << 2)));
                    }
                }
            }
            case INT16 -> {
                for (int i = 0; i < count; i++) {
                    NativeMemory.setLong(
                            out,
                            (long) i << 3,
                            NativeMemory.getShort(v, (long) index(index, i) << 1));
                }
            }
            case INT8 -> {
                for (int i = 0; i < count; i++) {
                    NativeMemory.setLong(
                            out, (long) i << 3, NativeMemory.getByte(v, index(index, i)));
                }
            }
            case BIT -> {
                for (int i = 0; i < count; i++) {
                    NativeMemory.setLong(out, (long) i << 3, bit(v, index(index, i)));
                }
            }
            case INT128, FLOAT32, FLOAT64, VIEW, LIST, STRUCT ->
                    throw new IllegalStateException("Not an integer: " + column.type().sql());
        }
        return out;
    }

    /// Picks 64-bit values. Random access through the one absolute segment has no bounds to check.
    private static void gather(MemorySegment v, MemorySegment index, int count, MemorySegment out) {
        long base = v.address();
        for (int i = 0; i < count; i++) {
            long row = NativeMemory.getInt(index, (long) i << 2);
            NativeMemory.setLong(
                    out, (long) i << 3, NativeMemory.getLong(StringView.MEMORY, base + (row << 3)));
        }
    }

    /// Maps values of at most 64 bits to int64 of the same order: floating numbers too, with NaN as
    /// the largest and -0.0 as 0.0.
    static MemorySegment sortable(Column column, RowSet rows, BatchScratch scratch) {
        PhysicalType physical = column.type().physical();
        if (physical != PhysicalType.FLOAT32 && physical != PhysicalType.FLOAT64) {
            return longs(column, rows, scratch);
        }
        Located at = locate(column, rows, scratch);
        MemorySegment v = ((FlatColumn) at.values).values();
        int count = rows.count();
        MemorySegment out = scratch.longs(count);
        if (physical == PhysicalType.FLOAT64) {
            for (int i = 0; i < count; i++) {
                double d = NativeMemory.getDouble(v, (long) index(at.index, i) << 3);
                NativeMemory.setLong(out, (long) i << 3, sortable(d));
            }
        } else {
            for (int i = 0; i < count; i++) {
                double d = NativeMemory.getFloat(v, (long) index(at.index, i) << 2);
                NativeMemory.setLong(out, (long) i << 3, sortable(d));
            }
        }
        return out;
    }

    static long sortable(double value) {
        long bits = Double.doubleToLongBits(value + 0.0);
        return bits ^ (bits >> 63) >>> 1;
    }

    static double fromSortable(long value) {
        return Double.longBitsToDouble(value ^ (value >> 63) >>> 1);
    }

    /// Converts numbers to DOUBLE; decimals by their scale.
    public static MemorySegment doubles(Column column, RowSet rows, BatchScratch scratch) {
        Located at = locate(column, rows, scratch);
        PhysicalType physical = column.type().physical();
        int count = rows.count();
        MemorySegment index = at.index;
        MemorySegment v = ((FlatColumn) at.values).values();
        if (physical == PhysicalType.FLOAT64 && index == null) {
            return v;
        }
        MemorySegment out = scratch.longs(count);
        switch (physical) {
            case FLOAT64 -> gather(v, java.util.Objects.requireNonNull(index), count, out);
            case FLOAT32 -> {
                for (int i = 0; i < count; i++) {
                    NativeMemory.setDouble(
                            out,
                            (long) i << 3,
                            NativeMemory.getFloat(v, (long) index(index, i) << 2));
                }
            }
            case INT128 -> {
                double divisor = Math.pow(10, scale(column));
                for (int i = 0; i < count; i++) {
                    long from = (long) index(index, i) << 4;
                    double d =
                            Int128.toDouble(
                                    NativeMemory.getLong(v, from + 8),
                                    NativeMemory.getLong(v, from));
                    NativeMemory.setDouble(out, (long) i << 3, d / divisor);
                }
            }
            default -> {
                MemorySegment longs = longs(column, rows, scratch);
                double divisor = Math.pow(10, scale(column));
                for (int i = 0; i < count; i++) {
                    NativeMemory.setDouble(
                            out,
                            (long) i << 3,
                            NativeMemory.getLong(longs, (long) i << 3) / divisor);
                }
            }
        }
        return out;
    }

    private static int scale(Column column) {
        return column.type() instanceof DecimalType decimal ? decimal.scale() : 0;
    }

    /// Returns 128-bit values, low word first.
    static MemorySegment int128s(Column column, RowSet rows, BatchScratch scratch) {
        Located at = locate(column, rows, scratch);
        return pairs(((FlatColumn) at.values).values(), at.index, rows.count(), scratch);
    }

    /// Returns string views, valid as long as the column.
    static MemorySegment views(Column column, RowSet rows, BatchScratch scratch) {
        Located at = locate(column, rows, scratch);
        return pairs(((ViewColumn) at.values).views(), at.index, rows.count(), scratch);
    }

    private static MemorySegment pairs(
            MemorySegment v, @Nullable MemorySegment index, int count, BatchScratch scratch) {
        if (index == null) {
            return v;
        }
        MemorySegment out = scratch.take((long) count * StringView.BYTES);
        long base = v.address();
        for (int i = 0; i < count; i++) {
            long from = base + ((long) NativeMemory.getInt(index, (long) i << 2) << 4);
            NativeMemory.setLong(out, (long) i << 4, NativeMemory.getLong(StringView.MEMORY, from));
            NativeMemory.setLong(
                    out, ((long) i << 4) + 8, NativeMemory.getLong(StringView.MEMORY, from + 8));
        }
        return out;
    }

    /// Returns the rows that a selection leaves.
    public static RowSet selected(
            @Nullable DataBuffer selection, int rowCount, int selected, BatchScratch scratch) {
        if (selection == null || selected == rowCount) {
            return new RowSet(rowCount, null, null);
        }
        MemorySegment rows = scratch.ints(rowCount);
        int count = Bitmap.toIndexes(selection.segment(), rowCount, rows);
        return new RowSet(count, rows, null);
    }
}
