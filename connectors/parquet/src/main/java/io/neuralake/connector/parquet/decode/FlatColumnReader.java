package io.neuralake.connector.parquet.decode;

import io.neuralake.connector.parquet.file.CorruptFile;
import io.neuralake.connector.parquet.page.DataPage;
import io.neuralake.connector.parquet.page.PageReader;
import io.neuralake.connector.parquet.schema.LeafColumn;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.memory.MemoryAllocator;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Reads a leaf without lists above it: one value or null a row. Pages without nulls are decoded
/// straight into the column. For one thread.
public final class FlatColumnReader implements ColumnReader {
    private enum Nulls {
        NONE,
        ALL,
        SOME
    }

    private final ChunkDecoder decoder;
    private final LeafColumn leaf;
    private final ColumnOutput output;
    private @Nullable DataBuffer pageBits;
    private Nulls nulls = Nulls.NONE;
    private int pageRows;
    private int position;
    private long pending;

    /// Takes ownership of `pages`. Throws CORRUPT_FILE when the chunk has not `rows` rows.
    public FlatColumnReader(PageReader pages, long rows, MemoryAllocator allocator) {
        this.decoder = new ChunkDecoder(pages, allocator);
        this.leaf = pages.leaf();
        this.output = new ColumnOutput(decoder);
        if (pages.totalValues() != rows) {
            close();
            throw pages.failure(
                    new CorruptFile(
                            "the chunk has "
                                    + pages.totalValues()
                                    + " values, the row group "
                                    + rows
                                    + " rows"));
        }
    }

    /// Returns the dictionary, which stays the reader's, or null when the chunk has none.
    public @Nullable Column dictionary() {
        try {
            return decoder.dictionary();
        } catch (RuntimeException e) {
            throw decoder.pages().failure(e);
        }
    }

    /// Makes [#read] return codes where all pages have the dictionary, also for values that are no
    /// strings: for columns of filters, which then run once a dictionary.
    public void keepCodes() {
        output.keepCodes();
    }

    @Override
    public void skip(long rows) {
        pending += rows;
    }

    @Override
    public Column read(int rows) {
        try {
            advance();
            output.begin(rows);
            int done = 0;
            while (done < rows) {
                if (position == pageRows) {
                    openPage();
                }
                int count = Math.min(rows - done, pageRows - position);
                append(count);
                done += count;
            }
            return output.finish();
        } catch (RuntimeException e) {
            output.close();
            throw decoder.pages().failure(e);
        }
    }

    private void append(int count) {
        DataBuffer bits = pageBits;
        if (nulls == Nulls.SOME && bits != null) {
            int present = Bits.count(bits.segment(), position, count);
            output.append(count, present, bits.segment(), position);
        } else if (nulls == Nulls.ALL) {
            appendNulls(count);
        } else {
            output.append(count, count, null, 0);
        }
        position += count;
    }

    private void appendNulls(int count) {
        DataBuffer bits = bits(count);
        bits.segment().fill((byte) 0);
        output.append(count, 0, bits.segment(), 0);
    }

    /// Carries out the skips that [#skip] collected.
    private void advance() {
        while (pending > 0) {
            if (position < pageRows) {
                int count = (int) Math.min(pending, pageRows - position);
                skipInPage(count);
                pending -= count;
            } else {
                CorruptFile.check(decoder.nextPage(), "the chunk's pages end early");
                int rows = decoder.pages().rows();
                if (rows <= pending) {
                    decoder.pages().skip();
                    pending -= rows;
                } else {
                    load();
                }
            }
        }
    }

    private void skipInPage(int count) {
        if (count == pageRows - position) {
            position = pageRows; // the rest of the page is not needed
            return;
        }
        DataBuffer bits = pageBits;
        int present =
                switch (nulls) {
                    case NONE -> count;
                    case ALL -> 0;
                    case SOME -> bits == null ? 0 : Bits.count(bits.segment(), position, count);
                };
        decoder.skipValues(present);
        position += count;
    }

    private void openPage() {
        CorruptFile.check(decoder.nextPage(), "the chunk's pages end early");
        load();
    }

    private void load() {
        DataPage page = decoder.openPage();
        pageRows = page.values();
        position = 0;
        readNulls(page);
    }

    private void readNulls(DataPage page) {
        int maximum = leaf.maxDefinition();
        int rows = pageRows;
        nulls = Nulls.NONE;
        if (maximum == 0 || rows == 0) {
            return;
        }
        int present;
        if (page.bitPackedDefinition()) {
            present = compareLevels(page, maximum, rows);
        } else {
            HybridDecoder levels = new HybridDecoder(page.definition(), Levels.width(maximum));
            int constant = levels.constant(rows);
            if (constant >= 0) {
                nulls = constant == maximum ? Nulls.NONE : Nulls.ALL;
                return;
            }
            present =
                    maximum == 1
                            ? levels.readBits(rows, bits(rows).segment(), 0)
                            : compareLevels(page, maximum, rows);
        }
        nulls = present == rows ? Nulls.NONE : present == 0 ? Nulls.ALL : Nulls.SOME;
    }

    private int compareLevels(DataPage page, int maximum, int rows) {
        DataBuffer levels = decoder.allocator().allocate(4L * rows);
        try {
            Levels.read(
                    page.definition(), page.bitPackedDefinition(), maximum, rows, levels.segment());
            MemorySegment target = bits(rows).segment();
            int present = 0;
            for (int block = 0; block < rows; block += 64) {
                long word = 0;
                int n = Math.min(64, rows - block);
                for (int i = 0; i < n; i++) {
                    int level =
                            levels.segment().get(ValueLayout.JAVA_INT_UNALIGNED, 4L * (block + i));
                    word |= (level == maximum ? 1L : 0L) << i;
                }
                Bitmap.setWord(target, block >>> 6, word);
                present += Long.bitCount(word);
            }
            return present;
        } finally {
            levels.release();
        }
    }

    private DataBuffer bits(int rows) {
        DataBuffer bits = pageBits;
        if (bits == null || bits.size() < Bitmap.bytes(rows)) {
            pageBits = null;
            if (bits != null) {
                bits.release();
            }
            bits = decoder.allocator().allocateZeroed(Bitmap.bytes(Math.max(rows, 1 << 15)));
            pageBits = bits;
        }
        return bits;
    }

    @Override
    public void close() {
        output.close();
        decoder.close();
        if (pageBits != null) {
            pageBits.release();
            pageBits = null;
        }
    }
}
