package io.neuralake.exec.function.aggregate;

import io.neuralake.spi.type.PhysicalType;
import io.neuralake.spi.type.Type;

import java.util.List;

/// Says how the keys of a group lie in its row. Packed: all keys, each with a null bit if it can be
/// null, share one int64 word. Otherwise: hash, one or more words of null bits, then one word a key
/// (two for 128-bit numbers and views; nested values as a view of their canonical bytes).
///
/// A narrow layout keeps just the lower bits of integers, so that two keys share a word. It is for keys
/// of which it is known, or found out by [KeyWords#fit], that the upper bits repeat the sign.
final class KeyLayout {
    private final List<Type> types;
    private final boolean[] nullable;
    private final boolean packed;
    private final boolean fullWord;
    private final int[] bits;
    private final int[] shifts;
    private final int[] wordOffsets;
    private final int nullWords;
    private final int keyBytes;

    /// The layout for all values of the types.
    KeyLayout(List<Type> types, boolean[] nullable) {
        this(types, nullable, false);
    }

    /// @param narrow whether integers have 32 bits at most, with their null bit
    KeyLayout(List<Type> types, boolean[] nullable, boolean narrow) {
        this.types = List.copyOf(types);
        this.nullable = nullable.clone();
        int keys = types.size();
        bits = new int[keys];
        shifts = new int[keys];
        wordOffsets = new int[keys];
        int total = 0;
        boolean small = keys > 0;
        for (int k = 0; k < keys; k++) {
            PhysicalType physical = types.get(k).physical();
            bits[k] =
                    narrow && isInteger(physical)
                            ? Math.min(bits(physical), nullable[k] ? 31 : 32)
                            : bits(physical);
            small &= bits[k] > 0;
            shifts[k] = total;
            total += bits[k] + (nullable[k] ? 1 : 0);
        }
        // one key of 64 bits has its null group apart
        fullWord = small && keys == 1 && bits[0] == 64;
        packed = fullWord || small && total <= 64;
        nullWords = (keys + 63) / 64;
        int at = 8 + 8 * nullWords;
        for (int k = 0; k < keys; k++) {
            wordOffsets[k] = at;
            at += isWide(k) ? 16 : 8;
        }
        keyBytes = packed ? 8 : at;
    }

    private static int bits(PhysicalType physical) {
        return switch (physical) {
            case BIT -> 1;
            case INT8 -> 8;
            case INT16 -> 16;
            case INT32, FLOAT32 -> 32;
            case INT64, FLOAT64 -> 64;
            case INT128, VIEW, LIST, STRUCT -> 0;
        };
    }

    private static boolean isInteger(PhysicalType physical) {
        return physical == PhysicalType.INT64 || physical == PhysicalType.INT32;
    }

    int keys() {
        return types.size();
    }

    Type type(int key) {
        return types.get(key);
    }

    boolean nullable(int key) {
        return nullable[key];
    }

    boolean packed() {
        return packed;
    }

    /// Tells whether the one key fills the packed word, so that null needs a group of its own.
    boolean fullWord() {
        return fullWord;
    }

    int bits(int key) {
        return bits[key];
    }

    /// Tells whether the key has fewer bits than its type.
    boolean isNarrowed(int key) {
        return bits[key] < bits(types.get(key).physical());
    }

    int shift(int key) {
        return shifts[key];
    }

    int wordOffset(int key) {
        return wordOffsets[key];
    }

    int nullWords() {
        return nullWords;
    }

    /// Returns the bytes in front of the states.
    int keyBytes() {
        return keyBytes;
    }

    boolean isNested(int key) {
        PhysicalType physical = types.get(key).physical();
        return physical == PhysicalType.LIST || physical == PhysicalType.STRUCT;
    }

    /// Tells whether equality needs the bytes behind the words.
    boolean isView(int key) {
        return types.get(key).physical() == PhysicalType.VIEW || isNested(key);
    }

    boolean isWide(int key) {
        return isView(key) || types.get(key).physical() == PhysicalType.INT128;
    }
}
