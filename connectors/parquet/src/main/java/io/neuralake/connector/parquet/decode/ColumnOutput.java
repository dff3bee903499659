package io.neuralake.connector.parquet.decode;

import io.neuralake.connector.parquet.file.CorruptFile;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.DictionaryColumn;
import io.neuralake.spi.batch.FlatColumn;
import io.neuralake.spi.batch.StringView;
import io.neuralake.spi.batch.ViewColumn;
import io.neuralake.spi.memory.MemoryAllocator;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/// Collects the slots of one leaf from one or several pages into a column. Strings, and other values
/// when asked for, stay codes while all pages have the dictionary, and become values when one has
/// not. For one thread.
final class ColumnOutput {
    private static final int CODE_BYTES = 4;
    private static final int MAX_SLOTS = 1 << 28;

    private final ChunkDecoder decoder;
    private final MemoryAllocator allocator;
    private final Heap heap;
    private @Nullable DataBuffer values;
    private @Nullable DataBuffer validity;
    private @Nullable DataBuffer bytes;
    private int slots;
    private int capacity;
    private boolean codes;
    private boolean keepCodes;

    ColumnOutput(ChunkDecoder decoder) {
        this.decoder = decoder;
        this.allocator = decoder.allocator();
        this.heap = new Heap(allocator);
        this.keepCodes = decoder.views();
    }

    /// Keeps codes also of values that are no strings; booleans never have codes.
    void keepCodes() {
        keepCodes = !decoder.bits();
    }

    /// Begins a column of about `expected` slots.
    void begin(int expected) {
        slots = 0;
        capacity = Math.max(expected, 1);
        codes = false;
    }

    /// Returns the slots collected so far.
    int slots() {
        return slots;
    }

    /// Appends `count` slots from the decoder's open page, of which `present` are not null.
    ///
    /// @param bits bitmap of the slots that are not null, from `bit` on; read when some are null
    void append(int count, int present, @Nullable MemorySegment bits, long bit) {
        CorruptFile.check(count <= MAX_SLOTS - slots, "a batch has too many list elements");
        chooseForm(present);
        if (slots + count > capacity) {
            grow(slots + count);
        }
        DataBuffer target = values();
        int width = codes ? CODE_BYTES : decoder.width();
        if (decoder.bits()) {
            appendBits(target, count, present, bits, bit);
        } else {
            long at = (long) slots * width;
            if (codes) {
                decoder.readCodes(present, target.segment(), at);
            } else {
                decoder.readValues(present, target.segment(), at, heap);
            }
            if (present < count && bits != null) {
                Spread.apply(target.segment(), at, width, bits, bit, count, present);
            }
        }
        appendValidity(count, present, bits, bit);
        slots += count;
    }

    /// Finishes the column, which the caller owns.
    Column finish() {
        DataBuffer target = values();
        int rows = slots;
        DataBuffer nulls = validity;
        values = null;
        validity = null;
        if (codes) {
            Column dictionary = decoder.dictionary();
            if (dictionary == null) {
                throw new IllegalStateException("Codes without dictionary");
            }
            return new DictionaryColumn(rows, target, dictionary.retain(), nulls);
        }
        return decoder.views()
                ? new ViewColumn(decoder.leaf().type(), rows, target, heap.take(), nulls)
                : new FlatColumn(decoder.leaf().type(), rows, target, nulls);
    }

    private void chooseForm(int present) {
        boolean fits = decoder.pageHasCodes() || present == 0;
        if (slots == 0 && values == null) {
            codes = fits && keepCodes && decoder.dictionary() != null;
        } else if (codes && !fits) {
            toValues();
        }
    }

    /// Replaces the codes collected so far by the values they stand for.
    private void toValues() {
        DataBuffer old = values();
        DataBuffer found = allocator.allocate((long) capacity * decoder.width());
        values = found;
        codes = false;
        try {
            decoder.gather(old.segment(), slots, found.segment(), 0, heap);
            if (validity != null && decoder.views()) {
                clearNullViews(found.segment(), validity.segment());
            }
        } finally {
            old.release();
        }
    }

    private void clearNullViews(MemorySegment views, MemorySegment bits) {
        for (int i = 0; i < slots; i++) {
            if (!Bitmap.get(bits, i)) {
                views.asSlice((long) i * StringView.BYTES, StringView.BYTES).fill((byte) 0);
            }
        }
    }

    private void appendBits(
            DataBuffer target, int count, int present, @Nullable MemorySegment bits, long bit) {
        DataBuffer room = bytes;
        if (room == null || room.size() < count) {
            bytes = null;
            if (room != null) {
                room.release();
            }
            room = allocator.allocate(Math.max(count, 4096));
            bytes = room;
        }
        decoder.readValues(present, room.segment(), 0, heap);
        if (present < count && bits != null) {
            Spread.apply(room.segment(), 0, 1, bits, bit, count, present);
        }
        Bits.pack(room.segment(), 0, target.segment(), slots, count);
    }

    private void appendValidity(int count, int present, @Nullable MemorySegment bits, long bit) {
        DataBuffer nulls = validity;
        if (present == count) {
            if (nulls != null) {
                Bits.fill(nulls.segment(), slots, count, true);
            }
            return;
        }
        if (nulls == null) {
            nulls = allocator.allocate(Bitmap.bytes(capacity));
            validity = nulls;
            Bits.fill(nulls.segment(), 0, slots, true);
        }
        if (bits == null) {
            Bits.fill(nulls.segment(), slots, count, false);
        } else {
            Bits.copy(bits, bit, nulls.segment(), slots, count);
        }
    }

    private DataBuffer values() {
        DataBuffer buffer = values;
        if (buffer == null) {
            buffer = allocator.allocate(bytesOf(capacity));
            values = buffer;
        }
        return buffer;
    }

    private long bytesOf(int count) {
        return decoder.bits()
                ? Bitmap.bytes(count)
                : (long) count * (codes ? CODE_BYTES : decoder.width());
    }

    private void grow(int needed) {
        int old = capacity;
        capacity = (int) Math.min(MAX_SLOTS, Math.max(needed, 2L * old));
        values = grown(values, bytesOf(capacity));
        validity = grown(validity, Bitmap.bytes(capacity));
    }

    private @Nullable DataBuffer grown(@Nullable DataBuffer old, long size) {
        if (old == null) {
            return null;
        }
        DataBuffer larger = allocator.allocate(size);
        MemorySegment.copy(old.segment(), 0, larger.segment(), 0, old.size());
        old.release();
        return larger;
    }

    /// Releases what was collected and the scratch memory.
    void close() {
        if (values != null) {
            values.release();
            values = null;
        }
        if (validity != null) {
            validity.release();
            validity = null;
        }
        if (bytes != null) {
            bytes.release();
            bytes = null;
        }
        heap.clear();
    }
}
