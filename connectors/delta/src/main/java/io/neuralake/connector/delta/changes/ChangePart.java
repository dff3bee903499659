package io.neuralake.connector.delta.changes;

import io.neuralake.connector.parquet.ColumnOrigin;
import io.neuralake.connector.parquet.DeletedRows;
import io.neuralake.connector.parquet.ParquetPart;
import io.neuralake.connector.parquet.file.Footer;
import io.neuralake.spi.catalog.ColumnStatistics;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// A file with rows that changed.
///
/// @param deletedRows rows of the file that did not; null when all did
record ChangePart(Footer footer, List<ColumnOrigin> origins, @Nullable DeletedRows deletedRows)
        implements ParquetPart {
    ChangePart {
        origins = List.copyOf(origins);
    }

    @Override
    public ColumnOrigin origin(int ordinal) {
        return origins.get(ordinal);
    }

    @Override
    public @Nullable ColumnStatistics kept(String column) {
        return null;
    }
}
