package io.neuralake.exec.kernel;

import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ConstantColumn;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.DictionaryColumn;
import io.neuralake.spi.batch.FlatColumn;
import io.neuralake.spi.batch.ListColumn;
import io.neuralake.spi.batch.StringView;
import io.neuralake.spi.batch.StructColumn;
import io.neuralake.spi.batch.ViewColumn;
import io.neuralake.spi.type.ScalarType;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.WeakReference;

/// Hashes columns of every type and form into one int64 a row. Equal values hash equally in whatever
/// form they come; NULL equals NULL, NaN equals NaN, -0.0 equals 0.0. Integers hash by value in all
/// widths; decimals are comparable within one scale only. Upper and lower bits are both well mixed.
/// The hash is not stable across versions: never store it. Thread-safe.
public final class HashKernels {
    /// System property that makes every hash 0 when `true`: all keys collide, for tests.
    public static final String HASH_ZERO_PROPERTY = "neuralake.test.hash-zero";

    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final int CHUNK = 1024;
    private static final int CACHED_DICTIONARY_ROWS = 128 * 1024;
    private static final int CACHE_SLOTS = 16;
    private static final long NULL_HASH = 0x7A3C_9E15_D1B5_4A33L;
    private static final long MULTIPLIER_1 = 0xBF58_476D_1CE4_E5B9L;
    private static final long MULTIPLIER_2 = 0x94D0_49BB_1331_11EBL;
    private static final long MULTIPLIER_3 = 0x9E37_79B9_7F4A_7C15L;

    private static final ThreadLocal<Scratch> SCRATCH = ThreadLocal.withInitial(Scratch::new);

    private HashKernels() {}

    /// Tells whether the property is set.
    public static boolean hashesAreZero() {
        return Boolean.getBoolean(HASH_ZERO_PROPERTY);
    }

    /// Hashes the first `rowCount` rows, whether they are selected or not.
    ///
    /// @param hashes off-heap room for `rowCount` int64
    /// @param combine mixes into the hashes that are there (further key columns) instead of
    ///     overwriting them
    public static void hash(Column column, int rowCount, MemorySegment hashes, boolean combine) {
        if (hashesAreZero()) {
            hashes.asSlice(0, 8L * rowCount).fill((byte) 0);
        } else if (rowCount > 0) {
            hashColumn(column, rowCount, hashes, combine);
        }
    }

    /// Hashes one 64-bit integer as a column of it would be.
    public static long hashInt64(long value) {
        return hashesAreZero() ? 0 : mix(value);
    }

    /// Mixes all bits: every input bit changes each output bit with probability near one half
    /// (Stafford's variant 13 of MurmurHash3's finalizer).
    static long mix(long value) {
        long x = value + MULTIPLIER_3;
        x = (x ^ (x >>> 30)) * MULTIPLIER_1;
        x = (x ^ (x >>> 27)) * MULTIPLIER_2;
        return x ^ (x >>> 31);
    }

    private static long combined(long left, long right) {
        long x = (left * MULTIPLIER_3 + right) * MULTIPLIER_1;
        return x ^ (x >>> 32);
    }

    private static void hashColumn(
            Column column, int rowCount, MemorySegment hashes, boolean combine) {
        switch (column) {
            case ConstantColumn constant -> {
                try (Arena arena = Arena.ofConfined()) {
                    MemorySegment one = arena.allocate(8, 8);
                    hashColumn(constant.single(), 1, one, false);
                    fill(one.get(LONG, 0), rowCount, hashes, combine);
                }
            }
            case DictionaryColumn dictionary ->
                    hashDictionary(dictionary, rowCount, hashes, combine);
            case ListColumn list -> hashList(list, rowCount, hashes, combine);
            case StructColumn struct -> hashStruct(struct, rowCount, hashes, combine);
            case FlatColumn _, ViewColumn _ -> hashFlat(column, rowCount, hashes, combine);
        }
    }

    private static void fill(long hash, int rowCount, MemorySegment hashes, boolean combine) {
        if (combine) {
            for (int i = 0; i < rowCount; i++) {
                hashes.set(LONG, (long) i << 3, combined(hashes.get(LONG, (long) i << 3), hash));
            }
        } else {
            for (int i = 0; i < rowCount; i++) {
                hashes.set(LONG, (long) i << 3, hash);
            }
        }
    }

    /// Hashes in chunks that stay in the first cache: values, then nulls, then the combination.
    private static void hashFlat(
            Column column, int rowCount, MemorySegment hashes, boolean combine) {
        MemorySegment chunk = SCRATCH.get().chunk;
        for (int from = 0; from < rowCount; from += CHUNK) {
            int count = Math.min(CHUNK, rowCount - from);
            MemorySegment target =
                    combine ? chunk : hashes.asSlice((long) from << 3, (long) count << 3);
            hashValues(column, from, count, target);
            finish(column.validity(), from, count, target, hashes, combine);
        }
    }

    private static void finish(
            @Nullable DataBuffer validity,
            int from,
            int count,
            MemorySegment values,
            MemorySegment hashes,
            boolean combine) {
        if (validity != null) {
            MemorySegment bits = validity.segment();
            for (int i = 0; i < count; i++) {
                if (!Bitmap.get(bits, from + i)) {
                    values.set(LONG, (long) i << 3, NULL_HASH);
                }
            }
        }
        if (combine) {
            MemorySegment slice = hashes.asSlice((long) from << 3, (long) count << 3);
            for (int i = 0; i < count; i++) {
                long at = (long) i << 3;
                slice.set(LONG, at, combined(slice.get(LONG, at), values.get(LONG, at)));
            }
        }
    }

    private static void hashValues(Column column, int from, int count, MemorySegment out) {
        if (column instanceof ViewColumn views) {
            MemorySegment v =
                    views.views().asSlice((long) from * StringView.BYTES, (long) count << 4);
            for (int i = 0; i < count; i++) {
                out.set(LONG, (long) i << 3, hashView(v, (long) i << 4));
            }
            return;
        }
        if (column.type() == ScalarType.NULL) {
            out.asSlice(0, (long) count << 3).fill((byte) 0);
            return;
        }
        MemorySegment v = ((FlatColumn) column).values();
        int width = column.type().physical().width();
        if (width != 0) {
            v = v.asSlice((long) from * width, (long) count * width);
        }
        switch (column.type().physical()) {
            case BIT -> {
                long falseHash = mix(0);
                long trueHash = mix(1);
                for (int i = 0; i < count; i++) {
                    out.set(LONG, (long) i << 3, Bitmap.get(v, from + i) ? trueHash : falseHash);
                }
            }
            case INT8 -> {
                for (int i = 0; i < count; i++) {
                    out.set(LONG, (long) i << 3, mix(v.get(ValueLayout.JAVA_BYTE, i)));
                }
            }
            case INT16 -> {
                for (int i = 0; i < count; i++) {
                    out.set(
                            LONG,
                            (long) i << 3,
                            mix(v.get(ValueLayout.JAVA_SHORT_UNALIGNED, (long) i << 1)));
                }
            }
            case INT32 -> {
                for (int i = 0; i < count; i++) {
                    out.set(LONG, (long) i << 3, mix(v.get(INT, (long) i << 2)));
                }
            }
            case INT64 -> {
                for (int i = 0; i < count; i++) {
                    out.set(LONG, (long) i << 3, mix(v.get(LONG, (long) i << 3)));
                }
            }
            case INT128 -> {
                for (int i = 0; i < count; i++) {
                    long low = v.get(LONG, (long) i << 4);
                    long high = v.get(LONG, ((long) i << 4) + 8);
                    // values that fit into 64 bits hash like INT64
                    out.set(LONG, (long) i << 3, mix(low + (high ^ (low >> 63)) * MULTIPLIER_2));
                }
            }
            case FLOAT32 -> {
                for (int i = 0; i < count; i++) {
                    double d = v.get(ValueLayout.JAVA_FLOAT_UNALIGNED, (long) i << 2);
                    out.set(LONG, (long) i << 3, mix(Double.doubleToLongBits(d + 0.0)));
                }
            }
            case FLOAT64 -> {
                for (int i = 0; i < count; i++) {
                    double d = v.get(ValueLayout.JAVA_DOUBLE_UNALIGNED, (long) i << 3);
                    out.set(LONG, (long) i << 3, mix(Double.doubleToLongBits(d + 0.0)));
                }
            }
            case VIEW, LIST, STRUCT ->
                    throw new IllegalStateException("Not a flat type: " + column.type().sql());
        }
    }

    private static long hashView(MemorySegment views, long offset) {
        long first = views.get(LONG, offset);
        long second = views.get(LONG, offset + 8);
        int length = (int) first;
        if (length <= StringView.MAX_INLINE) {
            return mix(first * MULTIPLIER_3 ^ mix(second));
        }
        MemorySegment memory = StringView.MEMORY;
        long hash = length * MULTIPLIER_2;
        long last = second + length - 8;
        for (long at = second; at < last; at += 8) {
            hash = (Long.rotateLeft(hash, 29) ^ memory.get(LONG, at)) * MULTIPLIER_1;
            hash ^= hash >>> 32;
        }
        return mix(Long.rotateLeft(hash, 29) ^ memory.get(LONG, last));
    }

    private static void hashDictionary(
            DictionaryColumn column, int rowCount, MemorySegment hashes, boolean combine) {
        Column dictionary = column.dictionary();
        int dictionaryRows = dictionary.rowCount();
        if (dictionaryRows <= CACHED_DICTIONARY_ROWS) {
            gather(column, SCRATCH.get().hashesOf(dictionary), rowCount, hashes, combine);
        } else if (dictionary instanceof ViewColumn views) {
            // a large dictionary: hash only the values that occur
            MemorySegment v = views.views();
            MemorySegment codes = column.codes();
            MemorySegment chunk = SCRATCH.get().chunk;
            DataBuffer inner = dictionary.validity();
            for (int from = 0; from < rowCount; from += CHUNK) {
                int count = Math.min(CHUNK, rowCount - from);
                MemorySegment target =
                        combine ? chunk : hashes.asSlice((long) from << 3, (long) count << 3);
                for (int i = 0; i < count; i++) {
                    int code = codes.get(INT, (long) (from + i) << 2);
                    target.set(
                            LONG,
                            (long) i << 3,
                            inner != null && !Bitmap.get(inner.segment(), code)
                                    ? NULL_HASH
                                    : hashView(v, (long) code << 4));
                }
                finish(column.validity(), from, count, target, hashes, combine);
            }
        } else {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment values = arena.allocate(8L * dictionaryRows, 8);
                hashColumn(dictionary, dictionaryRows, values, false);
                gather(column, values, rowCount, hashes, combine);
            }
        }
    }

    private static void gather(
            DictionaryColumn column,
            MemorySegment values,
            int rowCount,
            MemorySegment hashes,
            boolean combine) {
        MemorySegment codes = column.codes();
        DataBuffer validity = column.validity();
        if (validity == null && !combine) {
            for (int i = 0; i < rowCount; i++) {
                long code = codes.get(INT, (long) i << 2);
                hashes.set(LONG, (long) i << 3, values.get(LONG, code << 3));
            }
            return;
        }
        MemorySegment chunk = SCRATCH.get().chunk;
        for (int from = 0; from < rowCount; from += CHUNK) {
            int count = Math.min(CHUNK, rowCount - from);
            MemorySegment target =
                    combine ? chunk : hashes.asSlice((long) from << 3, (long) count << 3);
            for (int i = 0; i < count; i++) {
                long code = codes.get(INT, (long) (from + i) << 2);
                target.set(LONG, (long) i << 3, values.get(LONG, code << 3));
            }
            finish(validity, from, count, target, hashes, combine);
        }
    }

    private static void hashList(
            ListColumn list, int rowCount, MemorySegment hashes, boolean combine) {
        int children = list.child().rowCount();
        MemorySegment offsets = list.offsets();
        DataBuffer validity = list.validity();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment values = arena.allocate(Math.max(8, 8L * children), 8);
            if (children > 0) {
                hashColumn(list.child(), children, values, false);
            }
            for (int row = 0; row < rowCount; row++) {
                long hash = NULL_HASH;
                if (validity == null || Bitmap.get(validity.segment(), row)) {
                    int from = offsets.get(INT, (long) row << 2);
                    int to = offsets.get(INT, ((long) row << 2) + 4);
                    hash = mix(to - from);
                    for (int i = from; i < to; i++) {
                        hash = combined(hash, values.get(LONG, (long) i << 3));
                    }
                }
                put(hashes, row, hash, combine);
            }
        }
    }

    private static void hashStruct(
            StructColumn struct, int rowCount, MemorySegment hashes, boolean combine) {
        DataBuffer validity = struct.validity();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment values = arena.allocate(8L * rowCount, 8);
            fill(mix(struct.children().size()), rowCount, values, false);
            for (Column child : struct.children()) {
                hashColumn(child, rowCount, values, true);
            }
            for (int row = 0; row < rowCount; row++) {
                boolean valid = validity == null || Bitmap.get(validity.segment(), row);
                put(hashes, row, valid ? values.get(LONG, (long) row << 3) : NULL_HASH, combine);
            }
        }
    }

    private static void put(MemorySegment hashes, int row, long hash, boolean combine) {
        long at = (long) row << 3;
        hashes.set(LONG, at, combine ? combined(hashes.get(LONG, at), hash) : hash);
    }

    /// Scratch of one thread. Hashes of small dictionaries are kept while the dictionary lives, since
    /// the batches of a row group share it.
    private static final class Scratch {
        private final MemorySegment chunk = Arena.ofAuto().allocate(8L * CHUNK, 64);
        private final Entry[] cache = new Entry[CACHE_SLOTS];
        private int next;

        private record Entry(WeakReference<Column> dictionary, MemorySegment hashes) {}

        private MemorySegment hashesOf(Column dictionary) {
            for (Entry entry : cache) {
                if (entry != null && entry.dictionary.refersTo(dictionary)) {
                    return entry.hashes;
                }
            }
            int rows = dictionary.rowCount();
            MemorySegment hashes = Arena.ofAuto().allocate(8L * rows, 64);
            hashColumn(dictionary, rows, hashes, false);
            cache[next] = new Entry(new WeakReference<>(dictionary), hashes);
            next = (next + 1) % CACHE_SLOTS;
            return hashes;
        }
    }
}
