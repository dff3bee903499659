package io.neuralake.connector.parquet.page;

import io.neuralake.connector.parquet.file.CorruptFile;
import io.neuralake.connector.parquet.file.DataFile;
import io.neuralake.connector.parquet.file.FileCache;
import io.neuralake.connector.parquet.schema.LeafColumn;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.connector.ScanMetrics;
import io.neuralake.spi.connector.ScanMetrics.Counter;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.memory.MemoryAllocator;

import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.CompressionCodec;
import org.apache.parquet.format.DataPageHeader;
import org.apache.parquet.format.DataPageHeaderV2;
import org.apache.parquet.format.DictionaryPageHeader;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.PageType;
import org.apache.parquet.format.Type;
import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.zip.CRC32;

/// Walks the pages of one column chunk. Pages that are skipped are not decompressed. For one thread.
public final class PageReader implements AutoCloseable {
    /// Old writers forget the dictionary's header in the chunk's size (PARQUET-816).
    private static final int HEADER_SLACK = 100;

    private final PageFile source;
    private final DataFile file;
    private final LeafColumn leaf;
    private final MemoryAllocator allocator;
    private final ScanMetrics metrics;
    private final CompressionCodec codec;
    private final long start;
    private final long totalValues;
    private final PageHeaders headers;
    private long valuesSeen;
    private long uncounted;
    private @Nullable PageHeader page;
    private long pageOffset;
    private long headerBytes;
    private boolean first = true;
    private @Nullable PageLocations locations;

    /// The page that [#next] found by its location, whose header was not read yet; -1 for none.
    private int located = -1;

    private boolean closed;

    /// Opens a chunk. Throws [CorruptFile] when its range lies outside of the file.
    public PageReader(
            PageFile source,
            LeafColumn leaf,
            ColumnMetaData meta,
            MemoryAllocator allocator,
            ScanMetrics metrics) {
        this.source = source;
        this.file = source.file();
        this.leaf = leaf;
        this.allocator = allocator;
        this.metrics = metrics;
        this.codec = CorruptFile.required(meta.getCodec(), "a chunk's codec");
        this.totalValues = meta.getNum_values();
        CorruptFile.check(totalValues >= 0, "a chunk has a negative value count");
        this.start = start(meta);
        long size = meta.getTotal_compressed_size();
        CorruptFile.check(
                start >= 4 && size >= 0 && size <= file.size() - start,
                "a chunk lies outside of the file");
        this.headers =
                new PageHeaders(file, start, Math.min(size + HEADER_SLACK, file.size() - start));
    }

    /// Returns where a chunk begins.
    public static long start(ColumnMetaData meta) {
        long data = meta.getData_page_offset();
        return meta.isSetDictionary_page_offset()
                        && meta.getDictionary_page_offset() > 0
                        && meta.getDictionary_page_offset() < data
                ? meta.getDictionary_page_offset()
                : data;
    }

    /// Does not count pages among the first `values` values as pruned: they belong to another split.
    public void startAt(long values) {
        uncounted = values;
    }

    /// Finds pages by the offset index, so that those that are skipped are not touched at all. To be called before
    /// any page is read.
    public void locateBy(PageLocations pages) {
        locations = pages;
    }

    /// Returns the column.
    public LeafColumn leaf() {
        return leaf;
    }

    /// Returns the number of level pairs of the chunk.
    public long totalValues() {
        return totalValues;
    }

    /// Returns the file offset of the page that is read, for messages.
    public long offset() {
        return start + pageOffset;
    }

    /// Wraps what reading this chunk threw. Whatever was wrong with the page, it is not kept.
    public NeuralakeException failure(RuntimeException e) {
        PageCache cache = source.cache();
        if (cache != null) {
            cache.discard(source.key(offset()));
        }
        return CorruptFile.in(e, file.path() + ", column \"" + leaf.name() + "\"", offset());
    }

    /// Reads the dictionary if the chunk begins with one. To be called before [#next].
    public @Nullable DictionaryPage dictionary() {
        if (locations != null && locations.offsets()[0] == start) {
            return null;
        }
        PageHeader header = header();
        if (header == null || header.getType() != PageType.DICTIONARY_PAGE) {
            return null;
        }
        page = null;
        DictionaryPageHeader details =
                CorruptFile.required(
                        header.getDictionary_page_header(), "a dictionary page's header");
        Encoding encoding = details.getEncoding();
        CorruptFile.check(
                encoding == Encoding.PLAIN || encoding == Encoding.PLAIN_DICTIONARY,
                "a dictionary has another encoding than PLAIN");
        int values = details.getNum_values();
        int size = header.getUncompressed_page_size();
        CorruptFile.check(values >= 0, "a dictionary has a negative value count");
        DataBuffer buffer = content(header, 0, true);
        return new DictionaryPage(values, Slice.at(buffer.address(), size), buffer);
    }

    /// Moves to the next data page; false at the end of the chunk.
    public boolean next() {
        PageLocations pages = locations;
        if (pages != null && page == null) {
            if (valuesSeen == totalValues) {
                return false;
            }
            located = pages.beginningAt(valuesSeen);
            headers.moveTo(pages.offsets()[located] - start);
            return true;
        }
        while (valuesSeen < totalValues) {
            PageHeader header = CorruptFile.required(header(), "a page of the chunk");
            if (header.getType() == PageType.DATA_PAGE
                    || header.getType() == PageType.DATA_PAGE_V2) {
                int values = values();
                CorruptFile.check(
                        values >= 0 && values <= totalValues - valuesSeen,
                        "the pages hold more values than the chunk");
                return true;
            }
            CorruptFile.check(
                    header.getType() != PageType.DICTIONARY_PAGE,
                    "a dictionary page is not the first page");
            page = null; // index pages hold nothing to read
        }
        return false;
    }

    /// Returns the number of level pairs in the page.
    public int values() {
        PageLocations pages = locations;
        if (pages != null && located >= 0) {
            return pages.rows(located);
        }
        PageHeader header = current();
        return header.getType() == PageType.DATA_PAGE
                ? v1(header).getNum_values()
                : v2(header).getNum_values();
    }

    /// Returns the number of rows in the page, or -1 when that is known only after decoding.
    public int rows() {
        if (leaf.maxRepetition() == 0) {
            return values();
        }
        PageHeader header = current();
        return header.getType() == PageType.DATA_PAGE_V2 ? v2(header).getNum_rows() : -1;
    }

    /// Leaves the page out.
    public void skip() {
        valuesSeen += values();
        if (valuesSeen > uncounted) {
            metrics.add(Counter.PAGES_PRUNED, 1);
            metrics.add(
                    Counter.BYTES_PRUNED,
                    locations != null && located >= 0
                            ? locations.sizes()[located]
                            : current().getCompressed_page_size());
        }
        page = null;
        located = -1;
    }

    /// Decompresses the page. The caller closes it.
    public DataPage load() {
        if (located >= 0) {
            readLocated();
        }
        PageHeader header = current();
        valuesSeen += values();
        metrics.add(Counter.PAGES, 1);
        metrics.add(Counter.VALUES, values());
        try {
            DataPage data =
                    header.getType() == PageType.DATA_PAGE ? loadV1(header) : loadV2(header);
            countEncoding(data);
            return data;
        } finally {
            page = null;
        }
    }

    private void readLocated() {
        int expected = values();
        located = -1;
        PageHeader header = CorruptFile.required(header(), "a page of the chunk");
        CorruptFile.check(
                (header.getType() == PageType.DATA_PAGE
                                || header.getType() == PageType.DATA_PAGE_V2)
                        && values() == expected,
                "the offset index says something else than a page");
    }

    private void countEncoding(DataPage data) {
        switch (data.encoding()) {
            case PLAIN_DICTIONARY, RLE_DICTIONARY ->
                    metrics.add(Counter.VALUES_AS_CODES, data.values());
            default -> {
                if (leaf.physical() == Type.BYTE_ARRAY) {
                    metrics.add(Counter.VALUES_AS_TEXT, data.values());
                }
            }
        }
    }

    private DataPage loadV1(PageHeader header) {
        DataPageHeader data = v1(header);
        int size = header.getUncompressed_page_size();
        DataBuffer buffer = content(header, 0, true);
        try {
            Slice all = Slice.at(buffer.address(), size);
            long at = 0;
            Slice repetition = Slice.EMPTY;
            Slice definition = Slice.EMPTY;
            boolean packedRepetition = data.getRepetition_level_encoding() == Encoding.BIT_PACKED;
            boolean packedDefinition = data.getDefinition_level_encoding() == Encoding.BIT_PACKED;
            if (leaf.maxRepetition() > 0) {
                repetition = levels(all, at, packedRepetition, leaf.maxRepetition(), values());
                at += repetition.length() + (packedRepetition ? 0 : 4);
            }
            if (leaf.maxDefinition() > 0) {
                definition = levels(all, at, packedDefinition, leaf.maxDefinition(), values());
                at += definition.length() + (packedDefinition ? 0 : 4);
            }
            return new DataPage(
                    values(),
                    repetition,
                    definition,
                    packedRepetition,
                    packedDefinition,
                    encoding(data.getEncoding()),
                    all.part(at, size - at),
                    buffer);
        } catch (RuntimeException | Error e) {
            buffer.release();
            throw e;
        }
    }

    private static Slice levels(Slice page, long at, boolean packed, int max, int values) {
        long length;
        long from = at;
        if (packed) {
            length = ((long) values * (32 - Integer.numberOfLeadingZeros(max)) + 7) >>> 3;
        } else {
            CorruptFile.check(page.length() - at >= 4, "a page is shorter than its levels");
            length = page.memory().get(ValueLayout.JAVA_INT_UNALIGNED, at);
            from += 4;
        }
        CorruptFile.check(
                length >= 0 && length <= page.length() - from, "a page is shorter than its levels");
        return page.part(from, length);
    }

    private DataPage loadV2(PageHeader header) {
        DataPageHeaderV2 data = v2(header);
        int compressed = header.getCompressed_page_size();
        int repetitionBytes = data.getRepetition_levels_byte_length();
        int definitionBytes = data.getDefinition_levels_byte_length();
        CorruptFile.check(
                repetitionBytes >= 0
                        && definitionBytes >= 0
                        && (long) repetitionBytes + definitionBytes <= compressed
                        && (long) repetitionBytes + definitionBytes
                                <= header.getUncompressed_page_size(),
                "a page is shorter than its levels");
        int levelBytes = repetitionBytes + definitionBytes;
        boolean valuesCompressed = !data.isSetIs_compressed() || data.isIs_compressed();
        DataBuffer buffer = content(header, levelBytes, valuesCompressed);
        try {
            Slice all = Slice.at(buffer.address(), buffer.size());
            return new DataPage(
                    data.getNum_values(),
                    all.part(0, repetitionBytes),
                    all.part(repetitionBytes, definitionBytes),
                    false,
                    false,
                    encoding(data.getEncoding()),
                    all.part(levelBytes, buffer.size() - levelBytes),
                    buffer);
        } catch (RuntimeException | Error e) {
            buffer.release();
            throw e;
        }
    }

    private static Encoding encoding(@Nullable Encoding encoding) {
        return CorruptFile.required(encoding, "a page's encoding");
    }

    private static DataPageHeader v1(PageHeader header) {
        return CorruptFile.required(header.getData_page_header(), "a data page's header");
    }

    private static DataPageHeaderV2 v2(PageHeader header) {
        return CorruptFile.required(header.getData_page_header_v2(), "a data page's header");
    }

    /// Copies the page's bytes out of the file and checks them. The caller owns one reference.
    private DataBuffer stored(PageHeader header) {
        int size = header.getCompressed_page_size();
        metrics.add(Counter.BYTES_READ, size);
        DataBuffer buffer = allocator.allocate(size);
        try {
            MemorySegment bytes = buffer.segment();
            file.copy(start + headers.position() - size, bytes);
            if (header.isSetCrc()) {
                CRC32 crc = new CRC32();
                crc.update(bytes.asByteBuffer());
                CorruptFile.check(
                        (int) crc.getValue() == header.getCrc(),
                        "a page's checksum does not match");
            }
            return buffer;
        } catch (RuntimeException | Error e) {
            buffer.release();
            throw e;
        }
    }

    /// Returns the page's bytes, as long as the header says, from the cache if it has them. The
    /// caller owns one reference.
    ///
    /// @param levelBytes leading bytes that are never compressed
    /// @param compressed tells whether the others are, where the chunk has a codec
    private DataBuffer content(PageHeader header, int levelBytes, boolean compressed) {
        int size = header.getUncompressed_page_size();
        if (!compressed || codec == CompressionCodec.UNCOMPRESSED) {
            CorruptFile.check(
                    header.getCompressed_page_size() == size, "an uncompressed page changed size");
            return stored(header);
        }
        PageCache cache = source.cache();
        if (cache == null || size == levelBytes) {
            return decompressed(header, levelBytes, allocator.allocate(size));
        }
        PageKey key = source.key(offset());
        DataBuffer known = cache.find(key, size);
        if (known != null) {
            if (header.getType() != PageType.DICTIONARY_PAGE) {
                metrics.add(Counter.PAGES_FROM_CACHE, 1);
            }
            return known;
        }
        DataBuffer room = cache.allocate(key, size, codec);
        if (room == null) {
            return decompressed(header, levelBytes, allocator.allocate(size));
        }
        long begin = System.nanoTime();
        DataBuffer content = decompressed(header, levelBytes, room);
        long nanos = System.nanoTime() - begin;
        keep(cache, key, content, nanos, new PageCache.Header(header, headerBytes));
        return content;
    }

    /// Keeps a page in the cache, unless the file was written to while it was read.
    private void keep(
            PageCache cache, PageKey key, DataBuffer content, long nanos, PageCache.Header header) {
        try {
            FileCache.verify(source.id(), file);
            cache.keep(key, content, codec, nanos, header);
        } catch (RuntimeException | Error e) {
            content.release();
            throw e;
        }
    }

    /// Fills `target` with the page's bytes and returns it. Takes ownership of it.
    private DataBuffer decompressed(PageHeader header, int levelBytes, DataBuffer target) {
        try {
            DataBuffer stored = stored(header);
            try {
                MemorySegment from = stored.segment();
                MemorySegment to = target.segment();
                MemorySegment.copy(from, 0, to, 0, levelBytes);
                // A section of no values may still be a (zero-sized) compressed stream.
                if (to.byteSize() > levelBytes) {
                    long begin = System.nanoTime();
                    Decompressor.decompress(
                            codec, from.asSlice(levelBytes), to.asSlice(levelBytes));
                    metrics.add(Counter.DECOMPRESSION_NANOS, System.nanoTime() - begin);
                    metrics.add(Counter.BYTES_DECOMPRESSED, to.byteSize() - levelBytes);
                }
            } finally {
                stored.release();
            }
            return target;
        } catch (RuntimeException | Error e) {
            target.release();
            throw e;
        }
    }

    private PageHeader current() {
        if (page == null) {
            throw new IllegalStateException("No current page");
        }
        return page;
    }

    /// Reads the header of the next page, if that was not done yet, and moves behind its bytes. Null
    /// at the end of the chunk.
    private @Nullable PageHeader header() {
        if (page != null) {
            return page;
        }
        pageOffset = headers.position();
        if (totalValues == 0 && !first || pageOffset >= headers.chunkBytes()) {
            return null;
        }
        first = false;
        PageHeader header = nextHeader();
        long size = header.getCompressed_page_size();
        CorruptFile.check(
                size >= 0
                        && header.getUncompressed_page_size() >= 0
                        && size <= headers.chunkBytes() - headers.position(),
                "a page is longer than its chunk");
        CorruptFile.check(header.getType() != null, "a page has an unknown type");
        headers.skip(size);
        page = header;
        return header;
    }

    private PageHeader nextHeader() {
        PageCache cache = source.cache();
        PageCache.Header known = cache == null ? null : cache.header(source.key(offset()));
        if (known == null) {
            PageHeader header = headers.next();
            headerBytes = headers.position() - pageOffset;
            return header;
        }
        headerBytes = known.bytes();
        headers.moveTo(pageOffset + headerBytes);
        return known.page();
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            headers.close();
        }
    }
}
