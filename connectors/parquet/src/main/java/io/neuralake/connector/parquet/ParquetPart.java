package io.neuralake.connector.parquet;

import io.neuralake.connector.parquet.file.Footer;
import io.neuralake.spi.catalog.ColumnStatistics;

import org.jspecify.annotations.Nullable;

/// One file of a table. Immutable; thread-safe.
public interface ParquetPart {
    /// Returns the file's footer.
    Footer footer();

    /// Returns where the file has the values of a column of the table.
    ///
    /// @param ordinal position of the column in the table's schema
    ColumnOrigin origin(int ordinal);

    /// Returns the rows that are not part of the table; null when all are.
    @Nullable DeletedRows deletedRows();

    /// Returns what is kept of a column outside of the file; null for nothing.
    ///
    /// @param column its name in the file
    @Nullable ColumnStatistics kept(String column);
}
