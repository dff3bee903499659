package io.neuralake.connector.parquet.decode;

import io.neuralake.spi.batch.Column;

/// Reads one output column of a row group, forward. For one thread.
public interface ColumnReader extends AutoCloseable {
    /// Reads the next `rows` rows. The caller owns the column. Throws CORRUPT_FILE with file and
    /// offset.
    Column read(int rows);

    /// Leaves out `rows` rows. Costs nothing until the next [#read]; pages that are left out whole
    /// are not decompressed.
    void skip(long rows);

    @Override
    void close();
}
