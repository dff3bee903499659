package io.neuralake.connector.parquet.decode;

import io.neuralake.connector.parquet.file.CorruptFile;
import io.neuralake.connector.parquet.page.DataPage;
import io.neuralake.connector.parquet.page.PageReader;
import io.neuralake.connector.parquet.schema.LeafColumn;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.memory.MemoryReservation;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/// Reads a leaf below lists or structs: its values and the levels of whole rows. For one thread.
final class NestedLeafReader implements AutoCloseable {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;

    private final ChunkDecoder decoder;
    private final LeafColumn leaf;
    private final ColumnOutput output;
    private final int slotDefinition;
    private final MemoryReservation levels;
    private @Nullable DataBuffer definitionLevels;
    private @Nullable DataBuffer repetitionLevels;
    private @Nullable DataBuffer bits;
    private int pageEntries;
    private int position;
    private byte[] definitions = new byte[0];
    private byte[] repetitions = new byte[0];
    private int entries;
    private long pending;

    /// Takes ownership of `pages`.
    ///
    /// @param slotDefinition lowest definition level at which the leaf has a slot: where the
    ///     innermost list above has an element, or 0
    NestedLeafReader(PageReader pages, int slotDefinition, MemoryAllocator allocator) {
        this.decoder = new ChunkDecoder(pages, allocator);
        this.leaf = pages.leaf();
        this.output = new ColumnOutput(decoder);
        this.slotDefinition = slotDefinition;
        this.levels = allocator.reservation("levels");
    }

    void skip(long rows) {
        pending += rows;
    }

    NeuralakeException failure(RuntimeException e) {
        return decoder.pages().failure(e);
    }

    /// Returns the number of level pairs of the last [#read].
    int entries() {
        return entries;
    }

    /// Returns the definition levels of the last [#read].
    byte[] definitions() {
        return definitions;
    }

    /// Returns the repetition levels of the last [#read].
    byte[] repetitions() {
        return repetitions;
    }

    /// Reads whole rows and returns the leaf's slots, which the caller owns.
    Column read(int rows) {
        try {
            walk(pending, false);
            pending = 0;
            entries = 0;
            output.begin(rows);
            walk(rows, true);
            return output.finish();
        } catch (RuntimeException e) {
            output.close();
            throw e;
        }
    }

    /// Passes `rows` rows, keeping their values and levels or not. Stops before the next row begins,
    /// for which it may have to look into the next page.
    private void walk(long rows, boolean keep) {
        long started = 0;
        while (true) {
            if (position == pageEntries) {
                if (rows == started && rows == 0) {
                    return;
                }
                if (!decoder.nextPage()) {
                    CorruptFile.check(started == rows, "the chunk's pages end early");
                    return;
                }
                int whole = decoder.pages().rows();
                if (whole >= 0 && started == rows) {
                    return; // pages of known row count begin with a row
                }
                if (!keep && whole >= 0 && whole <= rows - started) {
                    decoder.pages().skip();
                    started += whole;
                    continue;
                }
                load();
            }
            int from = position;
            started = scan(rows, started);
            if (keep) {
                append(from);
            } else {
                leaveOut(from);
            }
            if (position < pageEntries) {
                return;
            }
        }
    }

    /// Moves behind the entries of rows up to the `rows`th and returns how many have begun.
    private long scan(long rows, long alreadyStarted) {
        long started = alreadyStarted;
        MemorySegment levels = repetitionLevels == null ? null : repetitionLevels.segment();
        while (position < pageEntries) {
            int level = levels == null ? 0 : levels.get(INT, 4L * position);
            if (level == 0) {
                if (started == rows) {
                    return started;
                }
                started++;
            } else {
                CorruptFile.check(
                        level > 0 && level <= leaf.maxRepetition() && started > 0,
                        "a repetition level is out of place");
            }
            position++;
        }
        return started;
    }

    private void append(int from) {
        int count = position - from;
        if (count == 0) {
            return;
        }
        if (entries + count > definitions.length) {
            int size = (int) Math.min(1 << 30, Math.max(entries + (long) count, 2L * entries));
            levels.grow(2L * (size - definitions.length));
            definitions = Arrays.copyOf(definitions, size);
            repetitions = Arrays.copyOf(repetitions, size);
        }
        MemorySegment reps = repetitionLevels == null ? null : repetitionLevels.segment();
        MemorySegment defs = definitionLevels == null ? null : definitionLevels.segment();
        int maximum = leaf.maxDefinition();
        MemorySegment valid = bits(count).segment();
        int slots = 0;
        int present = 0;
        long word = 0;
        for (int i = 0; i < count; i++) {
            int definition = defs == null ? 0 : defs.get(INT, 4L * (from + i));
            CorruptFile.check(
                    definition >= 0 && definition <= maximum, "a definition level is out of range");
            definitions[entries + i] = (byte) definition;
            repetitions[entries + i] = (byte) (reps == null ? 0 : reps.get(INT, 4L * (from + i)));
            if (definition >= slotDefinition) {
                if (definition == maximum) {
                    word |= 1L << (slots & 63);
                    present++;
                }
                slots++;
                if ((slots & 63) == 0) {
                    Bitmap.setWord(valid, (slots >>> 6) - 1, word);
                    word = 0;
                }
            }
        }
        if ((slots & 63) != 0) {
            Bitmap.setWord(valid, slots >>> 6, word);
        }
        entries += count;
        output.append(slots, present, valid, 0);
    }

    private void leaveOut(int from) {
        MemorySegment defs = definitionLevels == null ? null : definitionLevels.segment();
        int present = 0;
        for (int i = from; i < position; i++) {
            present += defs == null || defs.get(INT, 4L * i) == leaf.maxDefinition() ? 1 : 0;
        }
        decoder.skipValues(present);
    }

    private void load() {
        DataPage page = decoder.openPage();
        pageEntries = page.values();
        position = 0;
        if (leaf.maxRepetition() > 0) {
            repetitionLevels = room(repetitionLevels, 4L * pageEntries);
            Levels.read(
                    page.repetition(),
                    page.bitPackedRepetition(),
                    leaf.maxRepetition(),
                    pageEntries,
                    repetitionLevels.segment());
        }
        if (leaf.maxDefinition() > 0) {
            definitionLevels = room(definitionLevels, 4L * pageEntries);
            Levels.read(
                    page.definition(),
                    page.bitPackedDefinition(),
                    leaf.maxDefinition(),
                    pageEntries,
                    definitionLevels.segment());
        }
    }

    private DataBuffer bits(int count) {
        bits = room(bits, Bitmap.bytes(count));
        return bits;
    }

    /// Returns a buffer of at least `bytes`, the old one if it is large enough.
    private DataBuffer room(@Nullable DataBuffer old, long bytes) {
        if (old != null && old.size() >= bytes) {
            return old;
        }
        DataBuffer larger = decoder.allocator().allocate(Math.max(bytes, 4096));
        if (old != null) {
            old.release();
        }
        return larger;
    }

    @Override
    public void close() {
        output.close();
        decoder.close();
        levels.close();
        if (definitionLevels != null) {
            definitionLevels.release();
            definitionLevels = null;
        }
        if (repetitionLevels != null) {
            repetitionLevels.release();
            repetitionLevels = null;
        }
        if (bits != null) {
            bits.release();
            bits = null;
        }
    }
}
