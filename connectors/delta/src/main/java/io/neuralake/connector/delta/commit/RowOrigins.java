package io.neuralake.connector.delta.commit;

import io.neuralake.connector.delta.scan.RowBitmap;
import io.neuralake.connector.delta.write.RowDeletions;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/// Where the rows of a written file were in the version that the transaction began with. For one thread.
sealed interface RowOrigins {
    /// Notes the origin of the next row.
    ///
    /// @param file number of the file, see [WrittenFiles]
    void add(int file, long row);

    /// Returns the number of the file where a row was. Only for [Ordered].
    int file(long position);

    /// Returns the place where a row was. Only for [Ordered].
    long row(long position);

    /// Adds the origins of all rows but some.
    ///
    /// @param dead the others, of which there are none but for [Ordered]; null for none
    void collect(@Nullable RowBitmap dead, RowDeletions into);

    /// Knows which row was where, in 12 bytes a row, which later statements of the transaction need.
    final class Ordered implements RowOrigins {
        private static final int FIRST = 64;

        private int[] files = new int[FIRST];
        private long[] rows = new long[FIRST];
        private int count;

        @Override
        public void add(int file, long row) {
            if (count == files.length) {
                files = Arrays.copyOf(files, 2 * count);
                rows = Arrays.copyOf(rows, 2 * count);
            }
            files[count] = file;
            rows[count++] = row;
        }

        @Override
        public int file(long position) {
            return files[Math.toIntExact(position)];
        }

        @Override
        public long row(long position) {
            return rows[Math.toIntExact(position)];
        }

        @Override
        public void collect(@Nullable RowBitmap dead, RowDeletions into) {
            for (int i = 0; i < count; i++) {
                if (dead == null || !dead.contains(i)) {
                    into.add(files[i], rows[i]);
                }
            }
        }
    }

    /// Knows where rows were, not which one, in about a byte a row or less.
    final class Unordered implements RowOrigins {
        private final RowDeletions places = new RowDeletions();

        @Override
        public void add(int file, long row) {
            places.add(file, row);
        }

        @Override
        public int file(long position) {
            throw unknown();
        }

        @Override
        public long row(long position) {
            throw unknown();
        }

        private static IllegalStateException unknown() {
            return new IllegalStateException("The transaction was to have one change");
        }

        @Override
        public void collect(@Nullable RowBitmap dead, RowDeletions into) {
            if (dead != null) {
                throw unknown();
            }
            into.addAll(places);
        }
    }
}
