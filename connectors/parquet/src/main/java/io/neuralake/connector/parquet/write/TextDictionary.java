package io.neuralake.connector.parquet.write;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.stream.IntStream;

/// Gives different texts codes from 0, in the order in which they first occur until they are sorted. For one thread.
final class TextDictionary {
    private static final int MIN_SLOTS = 1024;
    private static final long MIX = 0x9E3779B97F4A7C15L;
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /// Where each text first occurs.
    private int[] entries = new int[MIN_SLOTS / 2];

    private int[] slots = new int[MIN_SLOTS];
    private int[] hashes = new int[MIN_SLOTS / 2];
    private int size;
    private long bytes;

    /// Forgets all texts.
    void clear() {
        Arrays.fill(slots, 0);
        size = 0;
        bytes = 0;
    }

    /// Returns the number of different texts.
    int size() {
        return size;
    }

    /// Returns the bytes of a page of all of them.
    long bytes() {
        return bytes;
    }

    /// Returns which value has a code, the first one.
    int entry(int code) {
        return entries[code];
    }

    /// Orders the codes by the bytes of their texts. No text can be added after it.
    ///
    /// @return the new code of each old one
    int[] sort(TextValues texts) {
        int[] old =
                IntStream.range(0, size)
                        .boxed()
                        .sorted((l, r) -> texts.compare(entries[l], entries[r]))
                        .mapToInt(Integer::intValue)
                        .toArray();
        int[] codes = new int[size];
        int[] sorted = new int[size];
        for (int i = 0; i < size; i++) {
            codes[old[i]] = i;
            sorted[i] = entries[old[i]];
        }
        System.arraycopy(sorted, 0, entries, 0, size);
        return codes;
    }

    /// Finds the codes of texts, and gives some to those that have none.
    ///
    /// @param codes gets one a text, from `from` on
    /// @param maxBytes the most bytes of a page of different texts
    /// @return whether there are no more of them
    boolean encode(TextValues texts, int from, int to, int[] codes, long maxBytes) {
        byte[] heap = texts.heap;
        int[] starts = texts.starts;
        for (int i = from; i < to; i++) {
            int start = starts[i];
            int end = starts[i + 1];
            int hash = hash(heap, start, end);
            int slot = hash & slots.length - 1;
            int found = slots[slot];
            while (found != 0 && !isEntry(found - 1, hash, texts, start, end)) {
                slot = slot + 1 & slots.length - 1;
                found = slots[slot];
            }
            if (found == 0) {
                bytes += Integer.BYTES + end - start;
                if (bytes > maxBytes) {
                    return false;
                }
                found = put(i, hash, slot);
            }
            codes[i] = found - 1;
        }
        return true;
    }

    private int put(int value, int hash, int freeSlot) {
        int slot = freeSlot;
        if (size == entries.length) {
            grow();
            slot = free(hash);
        }
        entries[size] = value;
        hashes[size] = hash;
        size++;
        slots[slot] = size;
        return size;
    }

    private boolean isEntry(int code, int hash, TextValues texts, int start, int end) {
        if (hashes[code] != hash) {
            return false;
        }
        int first = entries[code];
        return Arrays.equals(
                texts.heap, texts.starts[first], texts.starts[first + 1], texts.heap, start, end);
    }

    private void grow() {
        entries = Arrays.copyOf(entries, entries.length * 2);
        hashes = Arrays.copyOf(hashes, hashes.length * 2);
        slots = new int[slots.length * 2];
        for (int i = 0; i < size; i++) {
            slots[free(hashes[i])] = i + 1;
        }
    }

    private int free(int hash) {
        int slot = hash & slots.length - 1;
        while (slots[slot] != 0) {
            slot = slot + 1 & slots.length - 1;
        }
        return slot;
    }

    private static int hash(byte[] heap, int start, int end) {
        long hash = (end - start) * MIX;
        int at = start;
        for (; at + Long.BYTES <= end; at += Long.BYTES) {
            hash = (Long.rotateLeft(hash, 29) ^ (long) LONG.get(heap, at)) * MIX;
        }
        long rest = 0;
        for (; at < end; at++) {
            rest = rest << Byte.SIZE | heap[at] & 0xFF;
        }
        hash = (Long.rotateLeft(hash, 29) ^ rest) * MIX;
        return (int) (hash >>> 32);
    }
}
