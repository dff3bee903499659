package io.neuralake.connector.parquet.write;

import io.neuralake.spi.statistics.DistinctSketch;

import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.page.PageWriter;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.column.values.rle.RunLengthBitPackingHybridEncoder;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.function.IntUnaryOperator;

/// Encodes the values of one leaf column, a row group at a time, in encodings that are quick to read.
/// Integers that a dictionary does not help are DELTA_BINARY_PACKED, which leaves the compressor little to
/// do: zstd finds four equal bytes in almost every plain integer of eight, and needs as long to put each of
/// them back as decoding a dozen packed ones takes. Texts are DELTA_LENGTH_BYTE_ARRAY then, so that all bytes
/// lie together. The other types are as in Parquet's first version, and so are dictionaries and pages.
///
/// A dictionary is for all of a row group's values or for none. Small ones are sorted, so that the codes of what lies
/// between two values are a range, which readers compare rather than look up. Used by one thread at a time.
abstract class ChunkEncoder {
    /// Differences of one bit width; four times parquet-java's number, so that a reader's loops are
    /// worth starting.
    static final int MINI_BLOCK_VALUES = 128;

    /// Values by which a dictionary is judged before all are looked up.
    static final int SAMPLE = 20_000;

    static final int MAX_DICTIONARY_BYTES = 1 << 20;

    /// Larger dictionaries take too long to sort for what filters gain.
    private static final int MAX_SORTED = 1 << 12;

    private static final int PAGE_ROWS = 20_000;
    private static final int PAGE_BYTES = 1 << 20;
    private static final int SLAB = 1 << 12;

    static final HeapByteBufferAllocator HEAP = HeapByteBufferAllocator.getInstance();

    private final @Nullable DistinctSketch sketch;
    private final Statistics<?> file;
    private final CodeWriter codeWriter = new CodeWriter();
    int[] codes = new int[0];

    /// @param sketch counts different values; null for nothing
    ChunkEncoder(LeafBuffer leaf, @Nullable DistinctSketch sketch) {
        this.sketch = sketch;
        this.file = Statistics.createStats(leaf.descriptor.getPrimitiveType());
    }

    /// Returns the bounds of all values so far.
    final Statistics<?> statistics() {
        return file;
    }

    final @Nullable DistinctSketch sketch() {
        return sketch;
    }

    /// Makes a dictionary of all values, if it is worth one.
    ///
    /// @return the number of different values; -1 without dictionary
    abstract int makeDictionary(LeafValues values);

    /// Orders the dictionary that was made by its values.
    ///
    /// @return the new code of each old one
    abstract int[] sortDictionary(LeafValues values);

    /// Returns the dictionary that was made.
    abstract byte[] dictionary(LeafValues values);

    /// Adds all values to the sketch.
    abstract void count(LeafValues values, int dictionarySize, DistinctSketch into);

    /// Returns values without dictionary.
    abstract BytesInput plain(LeafValues values, int from, int to) throws IOException;

    /// Returns the encoding of [#plain].
    abstract Encoding encoding();

    /// Adds values to statistics.
    abstract void note(LeafValues values, int from, int to, Statistics<?> into);

    /// Returns the bytes of values as they are.
    abstract long rawBytes(LeafValues values, int from, int to);

    /// Encodes a row group's values.
    final void encode(LeafBuffer leaf, PageWriter pages) throws IOException {
        LeafValues values = leaf.values;
        if (codes.length < values.count) {
            codes = new int[values.count];
        }
        int size = values.count == 0 ? -1 : makeDictionary(values);
        if (size > 0 && size <= MAX_SORTED) {
            int[] sorted = sortDictionary(values);
            for (int i = 0; i < values.count; i++) {
                codes[i] = sorted[codes[i]];
            }
        }
        if (sketch != null) {
            count(values, size, sketch);
        }
        boolean even =
                leaf.allPresent() && leaf.maxRepetition == 0 && !(values instanceof TextValues);
        int entry = 0;
        int value = 0;
        while (entry < leaf.entries) {
            int rows = even ? Math.min(PAGE_ROWS, leaf.entries - entry) : 0;
            int to = entry + rows;
            int end = value + rows;
            long bytes = 0;
            while (!even && to < leaf.entries && rows < PAGE_ROWS && bytes < PAGE_BYTES) {
                int firstValue = end;
                do {
                    end += isPresent(leaf, to) ? 1 : 0;
                    to++;
                } while (leaf.maxRepetition > 0 && to < leaf.entries && leaf.repetition(to) > 0);
                rows++;
                bytes += size < 0 ? rawBytes(values, firstValue, end) : 0;
            }
            page(leaf, pages, new Range(entry, to, value, end, rows), size);
            entry = to;
            value = end;
        }
        if (size > 0) {
            pages.writeDictionaryPage(
                    new DictionaryPage(BytesInput.from(dictionary(values)), size, Encoding.PLAIN));
        }
    }

    private static boolean isPresent(LeafBuffer leaf, int entry) {
        return leaf.allPresent() || leaf.definition(entry) == leaf.maxDefinition;
    }

    /// A page: its entries and its values.
    private record Range(int entry, int toEntry, int value, int toValue, int rows) {}

    private void page(LeafBuffer leaf, PageWriter pages, Range range, int dictionarySize)
            throws IOException {
        Statistics<?> statistics = Statistics.createStats(leaf.descriptor.getPrimitiveType());
        int entries = range.toEntry() - range.entry();
        statistics.incrementNumNulls(entries - (range.toValue() - range.value()));
        note(leaf.values, range.value(), range.toValue(), statistics);
        file.mergeStatistics(statistics);
        BytesInput encoded =
                dictionarySize < 0
                        ? plain(leaf.values, range.value(), range.toValue())
                        : codes(range.value(), range.toValue(), dictionarySize);
        BytesInput bytes =
                BytesInput.concat(
                        leaf.maxRepetition == 0
                                ? BytesInput.empty()
                                : levels(leaf.maxRepetition, entries, range, leaf::repetition),
                        leaf.maxDefinition == 0
                                ? BytesInput.empty()
                                : leaf.allPresent()
                                        ? one(leaf.maxDefinition, entries)
                                        : levels(
                                                leaf.maxDefinition,
                                                entries,
                                                range,
                                                leaf::definition),
                        encoded);
        pages.writePage(
                bytes,
                entries,
                range.rows(),
                statistics,
                Encoding.RLE,
                Encoding.RLE,
                dictionarySize < 0 ? encoding() : Encoding.RLE_DICTIONARY);
    }

    private static BytesInput levels(int max, int entries, Range range, IntUnaryOperator level)
            throws IOException {
        try (RunLengthBitPackingHybridEncoder to =
                new RunLengthBitPackingHybridEncoder(width(max), SLAB, PAGE_BYTES, HEAP)) {
            for (int i = 0; i < entries; i++) {
                to.writeInt(level.applyAsInt(range.entry() + i));
            }
            BytesInput runs = to.toBytes();
            return copy(BytesInput.concat(BytesInput.fromInt((int) runs.size()), runs));
        }
    }

    /// One run of the same level.
    private static BytesInput one(int level, int entries) {
        BytesInput length = BytesInput.fromUnsignedVarInt(entries << 1);
        return BytesInput.concat(
                BytesInput.fromInt((int) length.size() + 1),
                length,
                BytesInput.from(new byte[] {(byte) level}));
    }

    private BytesInput codes(int from, int to, int size) {
        int width = width(size - 1);
        return BytesInput.concat(
                BytesInput.from(new byte[] {(byte) width}),
                BytesInput.from(codeWriter.write(codes, from, to, width)));
    }

    /// Takes bytes out of a buffer that is used again.
    static BytesInput copy(BytesInput bytes) throws IOException {
        return BytesInput.from(ZstdCodecFactory.bytes(bytes));
    }

    static int width(int max) {
        return Integer.SIZE - Integer.numberOfLeadingZeros(max);
    }

    /// Returns the bytes of the first codes, about.
    final long codeBytes(int count, int size) {
        int width = width(size - 1);
        long bits = 0;
        int run = 1;
        for (int i = 1; i <= count; i++) {
            if (i < count && codes[i] == codes[i - 1]) {
                run++;
            } else {
                bits += run < CodeWriter.MIN_RUN ? (long) run * width : 2 * Byte.SIZE + width;
                run = 1;
            }
        }
        return bits + 7 >>> 3;
    }
}
