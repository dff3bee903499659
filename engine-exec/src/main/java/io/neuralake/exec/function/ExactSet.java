package io.neuralake.exec.function;

import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.FlatColumn;
import io.neuralake.spi.batch.StringView;
import io.neuralake.spi.batch.ViewColumn;
import io.neuralake.spi.memory.NativeMemory;

import java.lang.foreign.MemorySegment;
import java.util.Optional;

/// Constants that are equal exactly when two words are, in an open hash table: integers, and texts short
/// enough to lie in their views. One pass without calls, where [ConstantSet] has to compare in general.
final class ExactSet {
    /// Neither a view, whose length is never negative, nor an integer, whose second word is 0.
    private static final long FREE_FIRST = -1;

    private static final long FREE_SECOND = 1;

    private static final long MIX = 0x9E37_79B9_7F4A_7C15L;

    /// Pairs of words.
    private final long[] slots;

    private final int mask;
    private final int shift;

    private ExactSet(int count) {
        int capacity = Integer.highestOneBit(count) * 4;
        this.slots = new long[2 * capacity];
        this.mask = capacity - 1;
        this.shift = Long.numberOfLeadingZeros(mask);
        for (int i = 0; i < slots.length; i += 2) {
            slots[i] = FREE_FIRST;
            slots[i + 1] = FREE_SECOND;
        }
    }

    /// Makes the set of values of which none is null, unless these have another type or are too long.
    static Optional<ExactSet> of(Column values, int count) {
        ExactSet set = new ExactSet(count);
        switch (values) {
            case ViewColumn views -> {
                for (int i = 0; i < count; i++) {
                    long at = (long) i << 4;
                    if (StringView.length(views.views(), at) > StringView.MAX_INLINE) {
                        return Optional.empty();
                    }
                    set.add(
                            NativeMemory.getLong(views.views(), at),
                            NativeMemory.getLong(views.views(), at + 8));
                }
            }
            case FlatColumn flat -> {
                switch (flat.type().physical()) {
                    case INT32 -> {
                        for (int i = 0; i < count; i++) {
                            set.add(NativeMemory.getInt(flat.values(), (long) i << 2), 0);
                        }
                    }
                    case INT64 -> {
                        for (int i = 0; i < count; i++) {
                            set.add(NativeMemory.getLong(flat.values(), (long) i << 3), 0);
                        }
                    }
                    default -> {
                        return Optional.empty();
                    }
                }
            }
            default -> {
                return Optional.empty();
            }
        }
        return Optional.of(set);
    }

    private void add(long first, long second) {
        int slot = slot(first, second);
        while (slots[2 * slot] != FREE_FIRST || slots[2 * slot + 1] != FREE_SECOND) {
            slot = slot + 1 & mask;
        }
        slots[2 * slot] = first;
        slots[2 * slot + 1] = second;
    }

    private int slot(long first, long second) {
        return (int) ((first * MIX ^ second) * MIX >>> shift);
    }

    private boolean contains(long first, long second) {
        int slot = slot(first, second);
        while (true) {
            long f = slots[2 * slot];
            long s = slots[2 * slot + 1];
            if (f == first && s == second) {
                return true;
            }
            if (f == FREE_FIRST && s == FREE_SECOND) {
                return false;
            }
            slot = slot + 1 & mask;
        }
    }

    /// Narrows `bits` to the rows whose value is in the set; none of them is null.
    ///
    /// @param column of the set's type, flat form
    void narrow(Column column, int rowCount, MemorySegment bits) {
        switch (column) {
            case ViewColumn views -> narrowViews(views.views(), rowCount, bits);
            case FlatColumn flat when flat.type().physical().width() == Integer.BYTES ->
                    narrowInts(flat.values(), rowCount, bits);
            case FlatColumn flat -> narrowLongs(flat.values(), rowCount, bits);
            default -> throw new IllegalStateException("Not a flat form");
        }
    }

    private void narrowViews(MemorySegment views, int rowCount, MemorySegment bits) {
        for (int from = 0; from < rowCount; from += Long.SIZE) {
            long left = Bitmap.word(bits, from >>> 6);
            long found = 0;
            while (left != 0) {
                int i = Long.numberOfTrailingZeros(left);
                left &= left - 1;
                long at = (long) (from + i) << 4;
                long first = NativeMemory.getLong(views, at);
                found |= contains(first, NativeMemory.getLong(views, at + 8)) ? 1L << i : 0;
            }
            Bitmap.setWord(bits, from >>> 6, found);
        }
    }

    private void narrowInts(MemorySegment values, int rowCount, MemorySegment bits) {
        for (int from = 0; from < rowCount; from += Long.SIZE) {
            long left = Bitmap.word(bits, from >>> 6);
            long found = 0;
            while (left != 0) {
                int i = Long.numberOfTrailingZeros(left);
                left &= left - 1;
                int value = NativeMemory.getInt(values, (long) (from + i) << 2);
                found |= contains(value, 0) ? 1L << i : 0;
            }
            Bitmap.setWord(bits, from >>> 6, found);
        }
    }

    private void narrowLongs(MemorySegment values, int rowCount, MemorySegment bits) {
        for (int from = 0; from < rowCount; from += Long.SIZE) {
            long left = Bitmap.word(bits, from >>> 6);
            long found = 0;
            while (left != 0) {
                int i = Long.numberOfTrailingZeros(left);
                left &= left - 1;
                long value = NativeMemory.getLong(values, (long) (from + i) << 3);
                found |= contains(value, 0) ? 1L << i : 0;
            }
            Bitmap.setWord(bits, from >>> 6, found);
        }
    }
}
