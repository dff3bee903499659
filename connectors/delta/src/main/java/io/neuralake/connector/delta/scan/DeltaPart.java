package io.neuralake.connector.delta.scan;

import io.neuralake.connector.parquet.ColumnOrigin;
import io.neuralake.connector.parquet.DeletedRows;
import io.neuralake.connector.parquet.ParquetPart;
import io.neuralake.connector.parquet.file.Footer;
import io.neuralake.connector.parquet.file.KeptStatistics.FileStatistics;
import io.neuralake.spi.catalog.ColumnStatistics;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// A file of a version of a table.
///
/// @param analysed what ANALYZE found in the file; null for nothing
record DeltaPart(
        Footer footer,
        List<ColumnOrigin> origins,
        @Nullable DeletedRows deletedRows,
        @Nullable FileStatistics analysed)
        implements ParquetPart {
    DeltaPart {
        origins = List.copyOf(origins);
    }

    @Override
    public ColumnOrigin origin(int ordinal) {
        return origins.get(ordinal);
    }

    @Override
    public @Nullable ColumnStatistics kept(String column) {
        return analysed == null ? null : analysed.columns().get(column);
    }

    /// Returns the file with what ANALYZE found in it.
    DeltaPart with(@Nullable FileStatistics found) {
        return new DeltaPart(footer, origins, deletedRows, found);
    }
}
