package io.neuralake.connector.parquet.write;

import java.util.Arrays;

/// Gives different numbers codes from 0, in the order in which they first occur until they are sorted. For one thread.
final class LongDictionary {
    private static final int MIN_SLOTS = 1024;
    private static final long MIX = 0x9E3779B97F4A7C15L;

    private long[] entries = new long[MIN_SLOTS / 2];
    private int[] slots = new int[MIN_SLOTS];
    private int size;

    /// Forgets all numbers.
    void clear() {
        Arrays.fill(slots, 0);
        size = 0;
    }

    /// Returns the number of different numbers.
    int size() {
        return size;
    }

    /// Returns the numbers, each at its code, until the next is added; there may be room behind them.
    long[] entries() {
        return entries;
    }

    /// Orders the codes by their numbers. No number can be added after it.
    ///
    /// @param sign bits that are flipped in negative numbers to compare them: none for integers, all but the sign
    ///     for floats
    /// @return the new code of each old one
    int[] sort(long sign) {
        long[] sorted = new long[size];
        for (int i = 0; i < size; i++) {
            sorted[i] = entries[i] ^ entries[i] >> 63 & sign;
        }
        Arrays.sort(sorted);
        int[] codes = new int[size];
        for (int i = 0; i < size; i++) {
            sorted[i] ^= sorted[i] >> 63 & sign;
            codes[code(sorted[i])] = i;
        }
        System.arraycopy(sorted, 0, entries, 0, size);
        return codes;
    }

    private int code(long value) {
        int slot = (int) (value * MIX >>> Long.numberOfLeadingZeros(slots.length - 1L));
        while (entries[slots[slot] - 1] != value) {
            slot = slot + 1 & slots.length - 1;
        }
        return slots[slot] - 1;
    }

    /// Finds the codes of numbers, and gives some to those that have none.
    ///
    /// @param codes gets one a number, from `from` on
    /// @param maxSize the most different numbers
    /// @return whether there are no more of them
    boolean encode(long[] values, int from, int to, int[] codes, int maxSize) {
        int[] table = slots;
        int shift = Long.numberOfLeadingZeros(table.length - 1L);
        for (int i = from; i < to; i++) {
            long value = values[i];
            int slot = (int) (value * MIX >>> shift);
            int found = table[slot];
            while (found != 0 && entries[found - 1] != value) {
                slot = slot + 1 & table.length - 1;
                found = table[slot];
            }
            if (found == 0) {
                if (size == maxSize) {
                    return false;
                }
                if (size == entries.length) {
                    grow();
                    table = slots;
                    shift = Long.numberOfLeadingZeros(table.length - 1L);
                    slot = free(value);
                }
                entries[size] = value;
                found = ++size;
                table[slot] = found;
            }
            codes[i] = found - 1;
        }
        return true;
    }

    private void grow() {
        entries = Arrays.copyOf(entries, entries.length * 2);
        slots = new int[slots.length * 2];
        for (int i = 0; i < size; i++) {
            slots[free(entries[i])] = i + 1;
        }
    }

    private int free(long value) {
        int slot = (int) (value * MIX >>> Long.numberOfLeadingZeros(slots.length - 1L));
        while (slots[slot] != 0) {
            slot = slot + 1 & slots.length - 1;
        }
        return slot;
    }
}
