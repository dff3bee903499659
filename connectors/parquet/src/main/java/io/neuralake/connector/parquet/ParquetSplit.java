package io.neuralake.connector.parquet;

import io.neuralake.connector.parquet.filter.RowRanges;
import io.neuralake.spi.connector.Split;

/// A row group, or a range of rows of a big one.
///
/// @param rows the rows of the row group that belong to the split
record ParquetSplit(ParquetPart part, int rowGroup, RowRanges rows, long bytes) implements Split {
    @Override
    public long rowCount() {
        return rows.rowCount();
    }
}
