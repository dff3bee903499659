package io.neuralake.exec.operator.join;

import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ConstantColumn;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.DictionaryColumn;
import io.neuralake.spi.memory.NativeMemory;

import java.lang.foreign.MemorySegment;

/// Finds null rows of columns of every form.
final class KeyNulls {
    private KeyNulls() {}

    /// Tells whether a row may be null.
    static boolean mayHaveNulls(Column column) {
        return switch (column) {
            case ConstantColumn constant -> constant.isNull();
            case DictionaryColumn dictionary ->
                    dictionary.validity() != null || dictionary.dictionaryHasNulls();
            default -> column.validity() != null;
        };
    }

    /// Clears the bits of rows that are null.
    ///
    /// @param bits a bitmap of the column's rows
    static void andNotNull(Column column, MemorySegment bits) {
        if (column instanceof ConstantColumn constant) {
            if (constant.isNull()) {
                bits.asSlice(0, Bitmap.bytes(column.rowCount())).fill((byte) 0);
            }
            return;
        }
        int words = (column.rowCount() + 63) >>> 6;
        DataBuffer validity = column.validity();
        if (validity != null) {
            MemorySegment valid = validity.segment();
            for (int w = 0; w < words; w++) {
                Bitmap.setWord(bits, w, Bitmap.word(bits, w) & Bitmap.word(valid, w));
            }
        }
        if (column instanceof DictionaryColumn dictionary) {
            DataBuffer inner = dictionary.dictionary().validity();
            if (inner != null) {
                andValidCodes(dictionary, inner.segment(), bits);
            }
        }
    }

    private static void andValidCodes(
            DictionaryColumn column, MemorySegment valid, MemorySegment bits) {
        MemorySegment codes = column.codes();
        int rows = column.rowCount();
        for (int w = 0, i = 0; i < rows; w++) {
            int end = Math.min(rows, i + 64);
            long word = 0;
            for (int bit = 0; i < end; i++, bit++) {
                int code = NativeMemory.getInt(codes, (long) i << 2);
                word |= (Bitmap.get(valid, code) ? 1L : 0L) << bit;
            }
            Bitmap.setWord(bits, w, Bitmap.word(bits, w) & word);
        }
    }
}
