package io.neuralake.spi.statistics;

import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ConstantColumn;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.DictionaryColumn;
import io.neuralake.spi.batch.FlatColumn;
import io.neuralake.spi.batch.StringView;
import io.neuralake.spi.batch.ViewColumn;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.ListType;
import io.neuralake.spi.type.MapType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.StructType;
import io.neuralake.spi.type.Type;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/// Hashes values for sketches that outlive a query, by what they are and not by how they are held:
/// [XxHash64] of an integer, a date, a time or a decimal's digits as int64, of a double's bits (a
/// REAL as DOUBLE; zeros are equal, and all NaN), of the bytes of a text, and of int128 where a
/// decimal needs it. So columns of one scale have comparable sketches whatever their precision, and
/// integers of any width.
///
/// Sketches in files depend on this function. Whoever changes it gives them another version.
public final class ValueHash {
    /// Stands for null; a value has another hash.
    public static final long NULL = 0;

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

    private ValueHash() {}

    /// Tells whether values of the type have hashes: those that tables are joined and grouped by.
    public static boolean isHashed(Type type) {
        return switch (type) {
            case ScalarType scalar ->
                    switch (scalar) {
                        case TINYINT,
                                SMALLINT,
                                INTEGER,
                                BIGINT,
                                REAL,
                                DOUBLE,
                                VARCHAR,
                                VARBINARY,
                                DATE,
                                TIME,
                                TIMESTAMP,
                                TIMESTAMP_TZ ->
                                true;
                        case NULL, BOOLEAN, INTERVAL_YEAR_MONTH, INTERVAL_DAY_TIME -> false;
                    };
            case DecimalType _ -> true;
            case ListType _, StructType _, MapType _ -> false;
        };
    }

    /// Tells whether equal values of the two types have equal hashes, so that sketches of both can be
    /// compared.
    public static boolean areComparable(Type left, Type right) {
        return isHashed(left) && isHashed(right) && form(left).equals(form(right));
    }

    private static Object form(Type type) {
        return switch (type) {
            case ScalarType scalar ->
                    switch (scalar) {
                        case TINYINT, SMALLINT, INTEGER, BIGINT -> 0;
                        case REAL -> ScalarType.DOUBLE;
                        default -> scalar;
                    };
            case DecimalType decimal -> decimal.scale();
            case ListType _, StructType _, MapType _ -> type;
        };
    }

    /// Hashes the first `rowCount` rows of a column whose type [#isHashed].
    ///
    /// @param hashes gets the hash of each row, NULL for null
    public static void hash(Column column, int rowCount, long[] hashes) {
        switch (column) {
            case FlatColumn flat -> flat(flat, rowCount, hashes);
            case ViewColumn view -> {
                for (int i = 0; i < rowCount; i++) {
                    hashes[i] = view(view, i);
                }
            }
            case DictionaryColumn dictionary -> dictionary(dictionary, rowCount, hashes);
            case ConstantColumn constant -> {
                if (rowCount > 0) {
                    long[] one = new long[1];
                    hash(constant.single(), 1, one);
                    Arrays.fill(hashes, 0, rowCount, one[0]);
                }
            }
            default -> throw new IllegalStateException("Has no hash: " + column.type().sql());
        }
        DataBuffer validity = column.validity();
        if (validity != null) {
            for (int i = 0; i < rowCount; i++) {
                if (!Bitmap.get(validity.segment(), i)) {
                    hashes[i] = NULL;
                }
            }
        }
    }

    /// Hashes an integer, or what is held as one.
    public static long hash(long value) {
        return present(XxHash64.hash(value));
    }

    /// Hashes a text or bytes.
    public static long hash(byte[] value) {
        return present(XxHash64.hash(value));
    }

    /// Hashes a floating-point number.
    public static long hash(double value) {
        return hash(bits(value));
    }

    /// Hashes the digits of a decimal of 128 bits, given as its halves.
    public static long hash(long high, long low) {
        return high == low >> 63
                ? hash(low)
                : present(XxHash64.hash(MemorySegment.ofArray(new long[] {low, high}), 0, 16));
    }

    /// Hashes a text or bytes at a place in memory, on the heap or not.
    public static long hash(MemorySegment data, long offset, long length) {
        return present(XxHash64.hash(data, offset, length));
    }

    private static long present(long hash) {
        return hash == NULL ? 1 : hash;
    }

    private static void flat(FlatColumn column, int rowCount, long[] hashes) {
        MemorySegment v = column.values();
        switch (column.type().physical()) {
            case INT8 -> {
                for (int i = 0; i < rowCount; i++) {
                    hashes[i] = hash(v.get(ValueLayout.JAVA_BYTE, i));
                }
            }
            case INT16 -> {
                for (int i = 0; i < rowCount; i++) {
                    hashes[i] = hash(v.get(ValueLayout.JAVA_SHORT_UNALIGNED, 2L * i));
                }
            }
            case INT32 -> {
                for (int i = 0; i < rowCount; i++) {
                    hashes[i] = hash(v.get(INT, 4L * i));
                }
            }
            case INT64 -> {
                for (int i = 0; i < rowCount; i++) {
                    hashes[i] = hash(v.get(LONG, 8L * i));
                }
            }
            case INT128 -> {
                for (int i = 0; i < rowCount; i++) {
                    long low = v.get(LONG, 16L * i);
                    boolean fits = v.get(LONG, 16L * i + 8) == low >> 63;
                    hashes[i] = fits ? hash(low) : present(XxHash64.hash(v, 16L * i, 16));
                }
            }
            case FLOAT32 -> {
                for (int i = 0; i < rowCount; i++) {
                    hashes[i] = hash(bits(v.get(ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * i)));
                }
            }
            case FLOAT64 -> {
                for (int i = 0; i < rowCount; i++) {
                    hashes[i] = hash(bits(v.get(ValueLayout.JAVA_DOUBLE_UNALIGNED, 8L * i)));
                }
            }
            case BIT, VIEW, LIST, STRUCT ->
                    throw new IllegalStateException("Has no hash: " + column.type().sql());
        }
    }

    private static long bits(double value) {
        return Double.doubleToLongBits(value == 0 ? 0 : value);
    }

    private static long view(ViewColumn column, int row) {
        DataBuffer validity = column.validity();
        if (validity != null && !Bitmap.get(validity.segment(), row)) {
            return NULL;
        }
        long at = (long) row * StringView.BYTES;
        int length = StringView.length(column.views(), at);
        long address = StringView.address(column.views(), at);
        return present(XxHash64.hash(StringView.MEMORY, address, length));
    }

    /// Hashes all entries of a dictionary, or of one with more entries than rows those that occur.
    private static void dictionary(DictionaryColumn column, int rowCount, long[] hashes) {
        Column entries = column.dictionary();
        MemorySegment codes = column.codes();
        if (entries instanceof ViewColumn views && entries.rowCount() > rowCount) {
            for (int i = 0; i < rowCount; i++) {
                hashes[i] = view(views, codes.get(INT, 4L * i));
            }
            return;
        }
        long[] known = new long[entries.rowCount()];
        hash(entries, entries.rowCount(), known);
        for (int i = 0; i < rowCount; i++) {
            hashes[i] = known[codes.get(INT, 4L * i)];
        }
    }
}
