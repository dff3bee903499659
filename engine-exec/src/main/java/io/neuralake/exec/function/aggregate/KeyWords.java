package io.neuralake.exec.function.aggregate;

import io.neuralake.exec.kernel.HashKernels;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.FlatColumn;
import io.neuralake.spi.batch.StringView;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.type.PhysicalType;
import io.neuralake.spi.type.ScalarType;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/// The keys of the rows of one batch in the form of [KeyLayout], dense by position: one array a word.
/// Floating keys are canonical (one NaN, no -0.0) and words of null keys are 0, so that equal keys
/// have equal words (but for long strings).
final class KeyWords {
    private static final long MULTIPLIER = 0x9E37_79B9_7F4A_7C15L;

    final int count;

    /// Packed keys, or one array a key (of 16-byte pairs for wide keys).
    final MemorySegment[] words;

    /// Null bits, one array of words per 64 keys; in packed form with a full word: 1 where null.
    final MemorySegment[] nulls;

    /// Whether each key has room in the layout; if not, the words mean nothing.
    final boolean fit;

    private @Nullable MemorySegment hashes;

    /// @param hashes one int64 a position; null for packed keys, to compute them when they are wanted
    KeyWords(
            int count,
            MemorySegment[] words,
            MemorySegment[] nulls,
            @Nullable MemorySegment hashes) {
        this(count, words, nulls, hashes, true);
    }

    private KeyWords(
            int count,
            MemorySegment[] words,
            MemorySegment[] nulls,
            @Nullable MemorySegment hashes,
            boolean fit) {
        this.count = count;
        this.words = words;
        this.nulls = nulls;
        this.hashes = hashes;
        this.fit = fit;
    }

    /// Returns one int64 hash a position, from the scratch in which the keys lie.
    MemorySegment hashes(BatchScratch scratch) {
        MemorySegment known = hashes;
        if (known == null) {
            known = scratch.longs(count);
            hash(words[0], count, known);
            hashes = known;
        }
        return known;
    }

    /// Reads the keys of the rows named. A null in `keys` stands for the groups of `rows`.
    static KeyWords of(
            KeyLayout layout, @Nullable Column[] keys, RowSet rows, BatchScratch scratch) {
        return layout.packed()
                ? packed(layout, keys, rows, scratch)
                : wide(layout, keys, rows, scratch);
    }

    /// Puts other values of the first key, which is a group, into these keys.
    KeyWords withLeading(KeyLayout layout, MemorySegment groups, BatchScratch scratch) {
        MemorySegment first = scratch.longs(count);
        MemorySegment fresh = scratch.longs(count);
        MemorySegment[] changed = words.clone();
        changed[0] = first;
        if (layout.packed()) {
            for (int i = 0; i < count; i++) {
                long at = (long) i << 3;
                long rest = NativeMemory.getLong(words[0], at) & 0xFFFF_FFFF_0000_0000L;
                NativeMemory.setLong(first, at, rest | NativeMemory.getInt(groups, (long) i << 2));
            }
            hash(first, count, fresh);
        } else {
            for (int i = 0; i < count; i++) {
                NativeMemory.setLong(
                        first, (long) i << 3, NativeMemory.getInt(groups, (long) i << 2));
            }
            fresh.fill((byte) 0);
            for (int k = 0; k < changed.length; k++) {
                combineHash(layout, k, changed[k], count, fresh);
            }
            finishHash(nulls, count, fresh);
        }
        return new KeyWords(count, changed, nulls, fresh);
    }

    private static KeyWords packed(
            KeyLayout layout, @Nullable Column[] keys, RowSet rows, BatchScratch scratch) {
        int count = rows.count();
        MemorySegment nulls = null;
        MemorySegment packed = null;
        boolean fit = true;
        for (int k = 0; k < keys.length; k++) {
            Column key = keys[k];
            MemorySegment values = key == null ? groups(rows, scratch) : words(key, rows, scratch);
            if (key != null && layout.nullable(k) && Operands.mayHaveNulls(key)) {
                nulls = scratch.longs(count);
                flags(key, rows, nulls, scratch);
            } else {
                nulls = null;
            }
            if (layout.fullWord()) {
                packed = nulls == null ? values : cleared(values, nulls, count, scratch);
                break;
            }
            MemorySegment to = packed == null ? scratch.longs(count) : packed;
            pack(values, nulls, layout.bits(k), layout.shift(k), packed == null, count, to);
            fit &= !layout.isNarrowed(k) || fit(values, nulls, layout.bits(k), count);
            packed = to;
        }
        MemorySegment words = java.util.Objects.requireNonNull(packed);
        return new KeyWords(
                count,
                new MemorySegment[] {words},
                nulls == null ? new MemorySegment[0] : new MemorySegment[] {nulls},
                null,
                fit);
    }

    /// Tells whether values that are not null are the same when just so many bits are kept.
    private static boolean fit(
            MemorySegment values, @Nullable MemorySegment nulls, int bits, int count) {
        long lost = 0;
        int unused = 64 - bits;
        for (int i = 0; i < count; i++) {
            long at = (long) i << 3;
            long value = NativeMemory.getLong(values, at);
            long kept = nulls == null ? -1L : NativeMemory.getLong(nulls, at) - 1;
            lost |= (value << unused >> unused ^ value) & kept;
        }
        return lost == 0;
    }

    private static MemorySegment groups(RowSet rows, BatchScratch scratch) {
        MemorySegment out = scratch.longs(rows.count());
        for (int i = 0; i < rows.count(); i++) {
            NativeMemory.setLong(out, (long) i << 3, rows.group(i));
        }
        return out;
    }

    private static MemorySegment cleared(
            MemorySegment values, MemorySegment nulls, int count, BatchScratch scratch) {
        MemorySegment out = scratch.longs(count);
        for (int i = 0; i < count; i++) {
            long at = (long) i << 3;
            NativeMemory.setLong(
                    out,
                    at,
                    NativeMemory.getLong(values, at) & (NativeMemory.getLong(nulls, at) - 1));
        }
        return out;
    }

    private static void pack(
            MemorySegment values,
            @Nullable MemorySegment nulls,
            int bits,
            int shift,
            boolean first,
            int count,
            MemorySegment out) {
        long mask = bits == 64 ? -1L : (1L << bits) - 1;
        for (int i = 0; i < count; i++) {
            long at = (long) i << 3;
            long word = (NativeMemory.getLong(values, at) & mask) << shift;
            if (nulls != null) {
                long isNull = NativeMemory.getLong(nulls, at);
                word = word & (isNull - 1) | isNull << shift + bits;
            }
            NativeMemory.setLong(out, at, first ? word : NativeMemory.getLong(out, at) | word);
        }
    }

    static void hash(MemorySegment words, int count, MemorySegment hashes) {
        if (HashKernels.hashesAreZero()) {
            hashes.asSlice(0, (long) count << 3).fill((byte) 0);
            return;
        }
        for (int i = 0; i < count; i++) {
            NativeMemory.setLong(
                    hashes, (long) i << 3, mix(NativeMemory.getLong(words, (long) i << 3)));
        }
    }

    static long mix(long value) {
        long x = value * MULTIPLIER;
        x = (x ^ x >>> 32) * 0xBF58_476D_1CE4_E5B9L;
        return x ^ x >>> 29;
    }

    private static KeyWords wide(
            KeyLayout layout, @Nullable Column[] keys, RowSet rows, BatchScratch scratch) {
        int count = rows.count();
        MemorySegment[] nulls = new MemorySegment[layout.nullWords()];
        for (int w = 0; w < nulls.length; w++) {
            nulls[w] = scratch.longs(count);
            nulls[w].fill((byte) 0);
        }
        MemorySegment hashes = scratch.longs(count);
        hashes.fill((byte) 0);
        MemorySegment[] words = new MemorySegment[keys.length];
        for (int k = 0; k < keys.length; k++) {
            Column key = keys[k];
            MemorySegment values =
                    key == null ? groups(rows, scratch) : wideWords(layout, k, key, rows, scratch);
            if (key != null && layout.nullable(k) && Operands.mayHaveNulls(key)) {
                MemorySegment flags = scratch.longs(count);
                flags(key, rows, flags, scratch);
                values = clearedWide(layout.isWide(k), values, flags, count, scratch);
                MemorySegment bits = nulls[k >> 6];
                for (int i = 0; i < count; i++) {
                    long at = (long) i << 3;
                    NativeMemory.setLong(
                            bits,
                            at,
                            NativeMemory.getLong(bits, at) | NativeMemory.getLong(flags, at) << k);
                }
            }
            words[k] = values;
            combineHash(layout, k, values, count, hashes);
        }
        finishHash(nulls, count, hashes);
        return new KeyWords(count, words, nulls, hashes);
    }

    private static void finishHash(MemorySegment[] nulls, int count, MemorySegment hashes) {
        if (HashKernels.hashesAreZero()) {
            hashes.fill((byte) 0);
            return;
        }
        for (MemorySegment bits : nulls) {
            for (int i = 0; i < count; i++) {
                long at = (long) i << 3;
                NativeMemory.setLong(
                        hashes,
                        at,
                        mix(NativeMemory.getLong(hashes, at) + NativeMemory.getLong(bits, at)));
            }
        }
    }

    private static MemorySegment clearedWide(
            boolean wide,
            MemorySegment values,
            MemorySegment flags,
            int count,
            BatchScratch scratch) {
        if (!wide) {
            return cleared(values, flags, count, scratch);
        }
        MemorySegment out = scratch.take((long) count << 4);
        for (int i = 0; i < count; i++) {
            long keep = NativeMemory.getLong(flags, (long) i << 3) - 1;
            long at = (long) i << 4;
            NativeMemory.setLong(out, at, NativeMemory.getLong(values, at) & keep);
            NativeMemory.setLong(out, at + 8, NativeMemory.getLong(values, at + 8) & keep);
        }
        return out;
    }

    private static void combineHash(
            KeyLayout layout, int key, MemorySegment values, int count, MemorySegment hashes) {
        if (layout.isView(key)) {
            for (int i = 0; i < count; i++) {
                long at = (long) i << 3;
                long word = hashView(values, (long) i << 4);
                NativeMemory.setLong(hashes, at, mix(NativeMemory.getLong(hashes, at) * 31 + word));
            }
        } else if (layout.isWide(key)) {
            for (int i = 0; i < count; i++) {
                long at = (long) i << 3;
                long word =
                        NativeMemory.getLong(values, (long) i << 4)
                                ^ mix(NativeMemory.getLong(values, ((long) i << 4) + 8));
                NativeMemory.setLong(hashes, at, mix(NativeMemory.getLong(hashes, at) * 31 + word));
            }
        } else {
            for (int i = 0; i < count; i++) {
                long at = (long) i << 3;
                NativeMemory.setLong(
                        hashes,
                        at,
                        mix(
                                NativeMemory.getLong(hashes, at) * 31
                                        + NativeMemory.getLong(values, at)));
            }
        }
    }

    private static long hashView(MemorySegment views, long offset) {
        long first = NativeMemory.getLong(views, offset);
        long second = NativeMemory.getLong(views, offset + 8);
        int length = (int) first;
        if (length <= StringView.MAX_INLINE) {
            return first * MULTIPLIER ^ mix(second);
        }
        long hash = length;
        long last = second + length - 8;
        for (long at = second; at < last; at += 8) {
            hash =
                    (Long.rotateLeft(hash, 29) ^ NativeMemory.getLong(StringView.MEMORY, at))
                            * MULTIPLIER;
            hash ^= hash >>> 32;
        }
        return (Long.rotateLeft(hash, 29) ^ NativeMemory.getLong(StringView.MEMORY, last))
                * MULTIPLIER;
    }

    /// Writes 1 where the row is null, else 0.
    private static void flags(Column column, RowSet rows, MemorySegment out, BatchScratch scratch) {
        int count = rows.count();
        long mark = scratch.mark();
        MemorySegment ordinals = scratch.ints(count);
        for (int i = 0; i < count; i++) {
            NativeMemory.setInt(ordinals, (long) i << 2, i);
        }
        RowSet nulls = Operands.onlyNull(column, new RowSet(count, rows.rows(), ordinals), scratch);
        out.asSlice(0, (long) count << 3).fill((byte) 0);
        for (int i = 0; i < nulls.count(); i++) {
            NativeMemory.setLong(out, (long) nulls.group(i) << 3, 1L);
        }
        scratch.release(mark);
    }

    /// Returns canonical 64-bit words of a column of at most 64 bits.
    private static MemorySegment words(Column column, RowSet rows, BatchScratch scratch) {
        if (column.type() == ScalarType.NULL) {
            MemorySegment zero = scratch.longs(rows.count());
            zero.fill((byte) 0);
            return zero;
        }
        PhysicalType physical = column.type().physical();
        if (physical != PhysicalType.FLOAT32 && physical != PhysicalType.FLOAT64) {
            return Operands.longs(column, rows, scratch);
        }
        Operands.Located at = Operands.locate(column, rows, scratch);
        MemorySegment v = ((FlatColumn) at.values()).values();
        MemorySegment index = at.index();
        MemorySegment out = scratch.longs(rows.count());
        for (int i = 0; i < rows.count(); i++) {
            int row = index == null ? i : NativeMemory.getInt(index, (long) i << 2);
            NativeMemory.setLong(
                    out,
                    (long) i << 3,
                    physical == PhysicalType.FLOAT64
                            ? Double.doubleToLongBits(
                                    NativeMemory.getDouble(v, (long) row << 3) + 0.0)
                            : Float.floatToIntBits(
                                    NativeMemory.getFloat(v, (long) row << 2) + 0.0f));
        }
        return out;
    }

    private static MemorySegment wideWords(
            KeyLayout layout, int key, Column column, RowSet rows, BatchScratch scratch) {
        if (layout.isNested(key)) {
            return NestedKeys.encode(column, rows, scratch);
        }
        if (layout.isView(key)) {
            return Operands.views(column, rows, scratch);
        }
        return layout.isWide(key)
                ? Operands.int128s(column, rows, scratch)
                : words(column, rows, scratch);
    }
}
