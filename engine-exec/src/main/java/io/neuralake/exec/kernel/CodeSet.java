package io.neuralake.exec.kernel;

import io.neuralake.spi.memory.NativeMemory;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// Some codes of a dictionary, in the forms in which [CodeKernels] look codes up. For one thread.
public final class CodeSet {
    private static final int WORD_BITS = 32;

    /// Up to eight vectors of words are read as a whole.
    private static final int PADDING_WORDS = 128;

    private int[] words = {};
    private byte[] bytes = {};
    private boolean bytesMade;
    private int size;
    private int count;
    private int first;
    private int last;

    /// Makes this the set of the codes whose bits are set.
    ///
    /// @param bits a bit a code
    /// @param codes how many codes the dictionary has
    public void set(MemorySegment bits, int codes) {
        size = codes;
        count = 0;
        first = codes;
        last = -1;
        bytesMade = false;
        int used = (codes + WORD_BITS - 1) / WORD_BITS;
        if (words.length < used + PADDING_WORDS) {
            words = new int[Math.max(used + PADDING_WORDS, 2 * words.length)];
        } else {
            Arrays.fill(words, used, used + PADDING_WORDS, 0);
        }
        for (int i = 0; i < used; i++) {
            int left = codes - i * WORD_BITS;
            int word = NativeMemory.getInt(bits, 4L * i);
            if (left < WORD_BITS) {
                word &= (1 << left) - 1;
            }
            words[i] = word;
            if (word != 0) {
                count += Integer.bitCount(word);
                first = Math.min(first, i * WORD_BITS + Integer.numberOfTrailingZeros(word));
                last = (i + 1) * WORD_BITS - 1 - Integer.numberOfLeadingZeros(word);
            }
        }
    }

    /// Returns how many codes the dictionary has.
    public int size() {
        return size;
    }

    /// Returns how many codes are in the set.
    public int count() {
        return count;
    }

    /// Returns the smallest code of the set; [#size] if it is empty.
    public int first() {
        return first;
    }

    /// Tells whether the set has all codes between its smallest and its largest.
    public boolean isRange() {
        return count == Math.max(0, last - first + 1);
    }

    /// Returns a bit a code, with 128 more words behind; not to be changed.
    public int[] words() {
        return words;
    }

    /// Returns a byte a code, 1 for those of the set; not to be changed.
    public byte[] bytes() {
        if (!bytesMade) {
            if (bytes.length < size) {
                bytes = new byte[Math.max(size, 2 * bytes.length)];
            }
            for (int i = 0; i < size; i++) {
                bytes[i] = (byte) (words[i / WORD_BITS] >>> i & 1);
            }
            bytesMade = true;
        }
        return bytes;
    }
}
