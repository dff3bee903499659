package io.neuralake.connector.parquet.write;

import io.neuralake.spi.batch.Column;

/// The values of a leaf column in one row group that are not null, one after the other.
abstract sealed class LeafValues permits LongValues, WideValues, TextValues {
    private static final int MIN_CAPACITY = 1024;

    /// Number of values.
    int count;

    /// Adds values.
    ///
    /// @param column flat or of views
    /// @param rows which rows of it, none of them null
    /// @param rowCount how many there are
    abstract void add(Column column, int[] rows, int rowCount);

    /// Returns the bytes of what is held.
    abstract long bytes();

    /// Forgets all values.
    abstract void clear();

    static int capacity(int needed) {
        return Math.max(MIN_CAPACITY, Math.max(needed, (int) Math.min(1L << 30, needed * 2L)));
    }
}
