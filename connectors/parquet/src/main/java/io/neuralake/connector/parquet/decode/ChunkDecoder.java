package io.neuralake.connector.parquet.decode;

import io.neuralake.connector.parquet.file.CorruptFile;
import io.neuralake.connector.parquet.page.DataPage;
import io.neuralake.connector.parquet.page.DictionaryPage;
import io.neuralake.connector.parquet.page.PageReader;
import io.neuralake.connector.parquet.page.Slice;
import io.neuralake.connector.parquet.schema.Conversion;
import io.neuralake.connector.parquet.schema.LeafColumn;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.FlatColumn;
import io.neuralake.spi.batch.StringView;
import io.neuralake.spi.batch.ViewColumn;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.simd.WarmingKernels;
import io.neuralake.spi.type.PhysicalType;
import io.neuralake.spi.type.ScalarType;

import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.Type;
import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/// Decodes the values of one chunk's pages, without levels: owns the dictionary, the open page and
/// the scratch memory. For one thread.
final class ChunkDecoder implements AutoCloseable {
    private static final WarmingKernels<BitUnpacker> UNPACKERS = BitUnpacker.warming();

    private final PageReader pages;
    private final LeafColumn leaf;
    private final MemoryAllocator allocator;
    private final int width;
    private @Nullable Column dictionary;
    private @Nullable MemorySegment dictionaryValues;
    private boolean dictionaryRead;
    private @Nullable DataPage page;
    private @Nullable RawDecoder raw;
    private @Nullable HybridDecoder codes;
    private boolean checkCodes;
    private boolean checkText;
    private @Nullable DataBuffer scratch;
    private @Nullable DataBuffer codeScratch;
    private boolean closed;

    ChunkDecoder(PageReader pages, MemoryAllocator allocator) {
        this.pages = pages;
        this.leaf = pages.leaf();
        this.allocator = allocator;
        this.width = bits() ? 1 : leaf.type().physical().width();
    }

    PageReader pages() {
        return pages;
    }

    LeafColumn leaf() {
        return leaf;
    }

    /// Bytes of a decoded value; booleans are decoded to bytes.
    int width() {
        return width;
    }

    boolean bits() {
        return leaf.type().physical() == PhysicalType.BIT;
    }

    boolean views() {
        return leaf.type().physical() == PhysicalType.VIEW;
    }

    /// Reads the dictionary, if the chunk has one; null without.
    @Nullable Column dictionary() {
        if (!dictionaryRead) {
            dictionaryRead = true;
            DictionaryPage found = pages.dictionary();
            if (found != null) {
                try (found) {
                    if (found.values() > 0) {
                        dictionary = decode(found);
                    }
                }
            }
            dictionaryValues =
                    dictionary instanceof FlatColumn flat
                            ? flat.values()
                            : dictionary instanceof ViewColumn view ? view.views() : null;
        }
        return dictionary;
    }

    private Column decode(DictionaryPage found) {
        int count = found.values();
        // Every value takes at least one bit of the page: refuses counts that only claim memory.
        CorruptFile.check(count <= (found.data().length() << 3), "a dictionary misses values");
        RawDecoder plain = plain(found.data(), found.buffer());
        Heap heap = new Heap(allocator);
        DataBuffer values = allocator.allocate((long) count * width);
        try {
            readRaw(plain, count, values.segment(), 0, heap);
            if (mayBeMalformed(found.data())) {
                Utf8Text.check(values.segment(), 0, count);
            }
        } catch (RuntimeException | Error e) {
            values.release();
            heap.clear();
            throw e;
        }
        if (views()) {
            return new ViewColumn(leaf.type(), count, values, heap.take(), null);
        }
        // A dictionary of booleans stays bytes: it is only gathered from.
        return new FlatColumn(bits() ? ScalarType.TINYINT : leaf.type(), count, values, null);
    }

    /// Moves to the next page; false at the end.
    boolean nextPage() {
        dictionary();
        return pages.next();
    }

    /// Decompresses the page that [#nextPage] found.
    DataPage openPage() {
        closePage();
        DataPage opened = pages.load();
        page = opened;
        raw = null;
        codes = null;
        checkText = false;
        if (opened.data().length() == 0) {
            // Only nulls, whatever the encoding says.
            raw = new PlainDecoders.Fixed(Slice.EMPTY, 1);
            return opened;
        }
        if (opened.encoding() == Encoding.PLAIN_DICTIONARY
                || opened.encoding() == Encoding.RLE_DICTIONARY) {
            Slice data = opened.data();
            int bitWidth = data.memory().get(java.lang.foreign.ValueLayout.JAVA_BYTE, 0) & 0xFF;
            codes = new HybridDecoder(data.part(1, data.length() - 1), bitWidth);
            int size = dictionary == null ? 0 : dictionary.rowCount();
            checkCodes = bitWidth >= 31 || 1 << bitWidth > size;
        } else {
            RawDecoder decoder = decoder(opened);
            raw = decoder;
            checkText = mayBeMalformed(decoder.valueBytes(opened.data()));
        }
        return opened;
    }

    /// Tells whether the open page holds codes into [#dictionary].
    boolean pageHasCodes() {
        return codes != null && dictionary != null;
    }

    private RawDecoder decoder(DataPage opened) {
        Slice data = opened.data();
        Type stored = leaf.physical();
        int values = opened.values();
        return switch (opened.encoding()) {
            case PLAIN -> plain(data, opened.buffer());
            case RLE -> {
                checkEncoding(stored == Type.BOOLEAN, opened);
                yield new PlainDecoders.RunLengthBooleans(data);
            }
            case DELTA_BINARY_PACKED -> {
                checkEncoding(stored == Type.INT32 || stored == Type.INT64, opened);
                yield new DeltaDecoders.Integers(data, leaf.rawWidth(), values);
            }
            case DELTA_LENGTH_BYTE_ARRAY -> {
                checkEncoding(stored == Type.BYTE_ARRAY, opened);
                yield new DeltaDecoders.Lengths(data, opened.buffer(), values);
            }
            case DELTA_BYTE_ARRAY -> {
                checkEncoding(
                        stored == Type.BYTE_ARRAY || stored == Type.FIXED_LEN_BYTE_ARRAY, opened);
                yield new DeltaDecoders.Prefixes(data, leaf.typeLength(), values);
            }
            case BYTE_STREAM_SPLIT -> {
                checkEncoding(stored != Type.BOOLEAN && stored != Type.BYTE_ARRAY, opened);
                yield new PlainDecoders.ByteStreamSplit(data, leaf.rawWidth());
            }
            case PLAIN_DICTIONARY, RLE_DICTIONARY, BIT_PACKED ->
                    throw new CorruptFile(wrongEncoding(opened));
        };
    }

    private boolean mayBeMalformed(Slice data) {
        return leaf.type() == ScalarType.VARCHAR
                && leaf.conversion() != Conversion.FIXED_TO_UUID
                && !Utf8Text.isAscii(data);
    }

    private void checkEncoding(boolean fits, DataPage opened) {
        if (!fits) {
            throw new CorruptFile(wrongEncoding(opened));
        }
    }

    private String wrongEncoding(DataPage opened) {
        return "encoding " + opened.encoding() + " does not fit type " + leaf.physical();
    }

    private RawDecoder plain(Slice data, DataBuffer buffer) {
        return switch (leaf.physical()) {
            case BOOLEAN -> new PlainDecoders.Booleans(data);
            case BYTE_ARRAY -> new PlainDecoders.Binary(data, buffer);
            case INT32, INT64, INT96, FLOAT, DOUBLE, FIXED_LEN_BYTE_ARRAY ->
                    new PlainDecoders.Fixed(data, leaf.rawWidth());
        };
    }

    /// Decodes `count` codes of the open page.
    void readCodes(int count, MemorySegment target, long offset) {
        HybridDecoder decoder = codes;
        if (decoder == null || count == 0) {
            CorruptFile.check(count == 0, "a page misses values");
            return;
        }
        Column values = CorruptFile.required(dictionary, "the dictionary of a page with codes");
        decoder.read(count, target, offset);
        if (checkCodes) {
            CorruptFile.check(
                    UNPACKERS.forWork(0).areBelow(values.rowCount(), target, offset, count),
                    "a dictionary code is out of range");
        }
    }

    /// Decodes `count` values of the open page.
    void readValues(int count, MemorySegment target, long offset, Heap heap) {
        if (count == 0) {
            return;
        }
        if (codes != null) {
            MemorySegment found = codeScratch(count);
            readCodes(count, found, 0);
            gather(found, count, target, offset, heap);
        } else if (raw != null) {
            readRaw(raw, count, target, offset, heap);
            if (checkText) {
                Utf8Text.check(target, offset, count);
            }
        }
    }

    /// Looks codes up in the dictionary.
    void gather(MemorySegment from, int count, MemorySegment target, long offset, Heap heap) {
        MemorySegment values = dictionaryValues;
        if (values == null) {
            throw new CorruptFile("a page has codes, but its chunk no dictionary");
        }
        Gather.values(width, from, count, values, target, offset);
        if (dictionary instanceof ViewColumn view && view.heap() != null) {
            heap.keep(view.heap());
        }
    }

    private void readRaw(
            RawDecoder decoder, int count, MemorySegment target, long offset, Heap heap) {
        if (leaf.conversion() == Conversion.NONE) {
            decoder.read(count, target, offset, heap);
            return;
        }
        MemorySegment stored = scratch((long) count * leaf.rawWidth());
        Heap rawHeap = leaf.physical() == Type.BYTE_ARRAY ? new Heap(allocator) : heap;
        try {
            decoder.read(count, stored, 0, rawHeap);
            Converter.apply(leaf, stored, count, target, offset, heap);
        } finally {
            if (rawHeap != heap) {
                rawHeap.clear();
            }
        }
    }

    /// Leaves out `count` values of the open page.
    void skipValues(int count) {
        if (count == 0) {
            return;
        }
        if (codes != null) {
            codes.skip(count);
        } else if (raw != null) {
            raw.skip(count);
        }
    }

    private MemorySegment scratch(long bytes) {
        DataBuffer buffer = scratch;
        if (buffer == null || buffer.size() < bytes) {
            scratch = null;
            if (buffer != null) {
                buffer.release();
            }
            buffer = allocator.allocate(bytes + (bytes >>> 1));
            scratch = buffer;
        }
        return buffer.segment();
    }

    private MemorySegment codeScratch(int count) {
        DataBuffer buffer = codeScratch;
        if (buffer == null || buffer.size() < 4L * count) {
            codeScratch = null;
            if (buffer != null) {
                buffer.release();
            }
            buffer = allocator.allocate(4L * Math.max(4096, count));
            codeScratch = buffer;
        }
        return buffer.segment();
    }

    private void closePage() {
        if (page != null) {
            page.close();
            page = null;
        }
    }

    /// Returns room for a bitmap in a fresh buffer.
    DataBuffer allocateBits(int count) {
        return allocator.allocate(Bitmap.bytes(count));
    }

    MemoryAllocator allocator() {
        return allocator;
    }

    /// Bytes of a code or of a view.
    static int viewBytes() {
        return StringView.BYTES;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            closePage();
            if (dictionary != null) {
                dictionary.release();
            }
            if (scratch != null) {
                scratch.release();
            }
            if (codeScratch != null) {
                codeScratch.release();
            }
            pages.close();
        }
    }
}
