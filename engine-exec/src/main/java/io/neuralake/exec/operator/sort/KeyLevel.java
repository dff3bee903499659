package io.neuralake.exec.operator.sort;

import java.util.List;

/// A step of the comparison of two rows: rows that are equal on a level are told apart by the next.
sealed interface KeyLevel {
    /// Compares two rows on this level.
    int compare(int left, int right);

    /// Parts packed into one unsigned word, the first uppermost.
    record Word(List<KeyPart> parts, int bits) implements KeyLevel {
        /// Copies the list.
        public Word {
            parts = List.copyOf(parts);
        }

        /// Returns the word of one row.
        long of(int row) {
            long word = 0;
            int shift = bits;
            for (KeyPart part : parts) {
                shift -= part.bits();
                word |= part.of(row) << shift;
            }
            return word;
        }

        @Override
        public int compare(int left, int right) {
            return Long.compareUnsigned(of(left), of(right));
        }
    }

    /// Values that no word holds: long strings, lists, structs. Nulls are equal here: a part before
    /// tells them apart.
    record Values(ValueOrder order, boolean descending) implements KeyLevel {
        @Override
        public int compare(int left, int right) {
            int result = order.compare(left, right);
            return descending ? -result : result;
        }
    }
}
