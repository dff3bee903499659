package io.neuralake.exec.operator.join;

import io.neuralake.exec.kernel.HashKernels;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.StringView;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/// Tests keys against a bitmap over the range of the build side's integers, or against a Bloom filter
/// of hashes: one 64-bit block a key with four bits in it, 16 bits of memory a row, about 1 % false
/// positives (Putze, Sanders, Singler: Cache-, Hash- and Space-Efficient Bloom Filters).
final class BuildKeyFilter implements DynamicFilter {
    private static final int CHUNK = 1024;
    private static final long MAX_BITMAP_BITS = 1L << 27;

    /// A bitmap of up to this many bits (1 MiB) stays in the second-level cache, and needs no hashes.
    private static final long SMALL_BITMAP_BITS = 1L << 23;

    /// A bitmap of so many bits a row takes less than the table of the join. Keys of clustered tables, which
    /// come in about their order, find it in the first-level cache, where hashes scatter them.
    private static final long BITMAP_BITS_PER_ROW = 128;

    /// With fewer rows left of 64, they are tested one by one.
    private static final int SPARSE = 16;

    private final int id;
    private final Type type;
    private final KeyValues values;
    private final @Nullable DataBuffer bits;
    private final boolean isBitmap;
    private final long minimum;
    private final long range;

    private BuildKeyFilter(
            int id,
            Type type,
            KeyValues values,
            @Nullable DataBuffer bits,
            boolean isBitmap,
            long minimum,
            long range) {
        this.id = id;
        this.type = type;
        this.values = values;
        this.bits = bits;
        this.isBitmap = isBitmap;
        this.minimum = minimum;
        this.range = range;
    }

    /// Looks at all build rows that can match.
    static DynamicFilter of(int id, int key, BuildSide build, MemoryAllocator allocator) {
        Column column = build.keys().columns().get(key);
        MemorySegment participating = build.keys().participating();
        KeyValues values = KeyValues.of(column, participating, allocator);
        int rows = column.rowCount();
        if (rows == 0) {
            return new BuildKeyFilter(id, column.type(), values, null, false, 0, 0);
        }
        if (values.isInteger()) {
            long span = values.maximumInteger() - values.minimumInteger();
            if (span >= 0
                    && span
                            < Math.min(
                                    MAX_BITMAP_BITS,
                                    Math.max(BITMAP_BITS_PER_ROW * rows, SMALL_BITMAP_BITS))) {
                // the bit behind the range stays zero: keys outside are looked up there
                DataBuffer bitmap = allocator.allocateZeroed((span + 1 >>> 6) + 1 << 3);
                fillBitmap(column, participating, values.minimumInteger(), span, bitmap, allocator);
                return new BuildKeyFilter(
                        id, column.type(), values, bitmap, true, values.minimumInteger(), span + 1);
            }
        }
        int blockBits = blockBits(rows);
        DataBuffer bloom = allocator.allocateZeroed(8L << blockBits);
        try {
            fillBloom(column, participating, blockBits, bloom, allocator);
        } catch (RuntimeException e) {
            bloom.release();
            throw e;
        }
        return new BuildKeyFilter(id, column.type(), values, bloom, false, 0, blockBits);
    }

    /// Returns a filter that no key passes.
    static DynamicFilter ofNothing(int id, Type type, KeyValues values) {
        return new BuildKeyFilter(id, type, values, null, false, 0, 0);
    }

    /// Returns a Bloom filter that [#fillBloom] has filled. Takes ownership of it.
    static DynamicFilter ofBloom(
            int id, Type type, KeyValues values, DataBuffer bloom, int blockBits) {
        return new BuildKeyFilter(id, type, values, bloom, false, 0, blockBits);
    }

    /// Returns the number of bits of a block's number, for so many rows.
    static int blockBits(long rows) {
        return Math.max(4, 64 - Long.numberOfLeadingZeros(rows / 4));
    }

    /// Makes a smaller Bloom filter of a larger one: blocks are chosen by the upper bits of a hash, so
    /// that neighbours become one.
    static void fold(MemorySegment from, int fromBlockBits, MemorySegment to, int toBlockBits) {
        int each = 1 << fromBlockBits - toBlockBits;
        for (long block = 0; block < 1L << toBlockBits; block++) {
            long bits = 0;
            for (int i = 0; i < each; i++) {
                bits |= NativeMemory.getLong(from, block * each + i << 3);
            }
            NativeMemory.setLong(to, block << 3, bits);
        }
    }

    private static void fillBitmap(
            Column column,
            @Nullable MemorySegment participating,
            long minimum,
            long span,
            DataBuffer bitmap,
            MemoryAllocator allocator) {
        DataBuffer chunk = allocateOr(bitmap, allocator, 8L * CHUNK);
        MemorySegment keys = chunk.segment();
        MemorySegment to = bitmap.segment();
        int rows = column.rowCount();
        for (int from = 0; from < rows; from += CHUNK) {
            int count = Math.min(CHUNK, rows - from);
            IntegerKeys.read(column, from, count, keys);
            for (int i = 0; i < count; i++) {
                long code = NativeMemory.getLong(keys, (long) i << 3) - minimum;
                if (code >= 0
                        && code <= span
                        && (participating == null || Bitmap.get(participating, from + i))) {
                    long at = code >>> 6 << 3;
                    NativeMemory.setLong(to, at, NativeMemory.getLong(to, at) | 1L << code);
                }
            }
        }
        chunk.release();
    }

    /// Adds the keys of those rows that can match.
    static void fillBloom(
            Column column,
            @Nullable MemorySegment participating,
            int blockBits,
            DataBuffer bloom,
            MemoryAllocator allocator) {
        int rows = column.rowCount();
        DataBuffer hashes = allocator.allocate(8L * rows);
        HashKernels.hash(column, rows, hashes.segment(), false);
        MemorySegment to = bloom.segment();
        for (int i = 0; i < rows; i++) {
            if (participating == null || Bitmap.get(participating, i)) {
                long hash = NativeMemory.getLong(hashes.segment(), (long) i << 3);
                long at = block(hash, blockBits);
                NativeMemory.setLong(to, at, NativeMemory.getLong(to, at) | pattern(hash));
            }
        }
        hashes.release();
    }

    private static DataBuffer allocateOr(
            DataBuffer onError, MemoryAllocator allocator, long bytes) {
        try {
            return allocator.allocate(bytes);
        } catch (RuntimeException e) {
            onError.release();
            throw e;
        }
    }

    private static long block(long hash, int blockBits) {
        return hash >>> (64 - blockBits) << 3;
    }

    /// Takes four bits from the lower 24, which do not choose the block.
    private static long pattern(long hash) {
        return 1L << hash | 1L << (hash >>> 6) | 1L << (hash >>> 12) | 1L << (hash >>> 18);
    }

    @Override
    public int id() {
        return id;
    }

    @Override
    public Type type() {
        return type;
    }

    @Override
    public Optional<Object> minimum() {
        return values.minimum();
    }

    @Override
    public Optional<Object> maximum() {
        return values.maximum();
    }

    @Override
    public Optional<List<Object>> values() {
        return values.distinct();
    }

    @Override
    public int filter(Column keys, MemorySegment passed) {
        int rows = keys.rowCount();
        DataBuffer table = bits;
        if (table == null) {
            passed.asSlice(0, Bitmap.bytes(rows)).fill((byte) 0);
            return 0;
        }
        KeyNulls.andNotNull(keys, passed);
        int left = 0;
        // integers are read a chunk at a time, hashes of all rows at once
        int chunk = isBitmap ? Math.min(rows, CHUNK) : rows;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment codes = arena.allocate(8L * chunk, 64);
            if (!isBitmap) {
                HashKernels.hash(keys, rows, codes, false);
            }
            for (int from = 0; from < rows; from += chunk) {
                int count = Math.min(chunk, rows - from);
                if (isBitmap) {
                    IntegerKeys.read(keys, from, count, codes);
                }
                left += test(codes, from, count, table.address(), passed);
            }
        }
        return left;
    }

    /// Tests `count` rows from row `from` (a multiple of 64) on.
    private int test(MemorySegment codes, int from, int count, long table, MemorySegment passed) {
        int left = 0;
        for (int i = 0, w = from >>> 6; i < count; i += 64, w++) {
            int bits = Math.min(64, count - i);
            long word = Bitmap.word(passed, w);
            if (word != 0) {
                if (Long.bitCount(word) < SPARSE) {
                    word = sparse(codes, i, word, table);
                } else if (isBitmap) {
                    word &= inBitmap(codes, i, bits, table);
                } else {
                    word &= inBloom(codes, i, bits, table);
                }
                Bitmap.setWord(passed, w, word);
                left += Long.bitCount(word);
            }
        }
        return left;
    }

    /// Tests the rows whose bit is set.
    private long sparse(MemorySegment codes, int from, long word, long table) {
        long found = 0;
        for (long left = word; left != 0; left &= left - 1) {
            int i = Long.numberOfTrailingZeros(left);
            long one =
                    isBitmap
                            ? inBitmap(codes, from + i, 1, table)
                            : inBloom(codes, from + i, 1, table);
            found |= one << i;
        }
        return found;
    }

    private long inBitmap(MemorySegment codes, int from, int count, long table) {
        long word = 0;
        int i = 0;
        for (; i + 8 <= count; i += 8) {
            long at = (long) (from + i) << 3;
            long eight =
                    bit(codes, at, table)
                            | bit(codes, at + 8, table) << 1
                            | bit(codes, at + 16, table) << 2
                            | bit(codes, at + 24, table) << 3
                            | bit(codes, at + 32, table) << 4
                            | bit(codes, at + 40, table) << 5
                            | bit(codes, at + 48, table) << 6
                            | bit(codes, at + 56, table) << 7;
            word |= eight << i;
        }
        for (; i < count; i++) {
            word |= bit(codes, (long) (from + i) << 3, table) << i;
        }
        return word;
    }

    private long bit(MemorySegment codes, long offset, long table) {
        long code = NativeMemory.getLong(codes, offset) - minimum;
        boolean inside = code + Long.MIN_VALUE < range + Long.MIN_VALUE; // unsigned
        long at = inside ? code : range;
        return NativeMemory.getLong(StringView.MEMORY, table + (at >>> 6 << 3)) >>> at & 1;
    }

    private long inBloom(MemorySegment codes, int from, int count, long table) {
        long word = 0;
        int blockBits = (int) range;
        for (int i = 0; i < count; i++) {
            long hash = NativeMemory.getLong(codes, (long) (from + i) << 3);
            long block = NativeMemory.getLong(StringView.MEMORY, table + block(hash, blockBits));
            long pattern = pattern(hash);
            word |= ((block & pattern) == pattern ? 1L : 0L) << i;
        }
        return word;
    }

    @Override
    public void close() {
        if (bits != null) {
            bits.release();
        }
    }
}
