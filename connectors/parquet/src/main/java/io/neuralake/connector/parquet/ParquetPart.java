package io.neuralake.connector.parquet;

import io.neuralake.connector.parquet.file.Footer;
import io.neuralake.connector.parquet.file.KeptStatistics.FileStatistics;
import io.neuralake.spi.catalog.ColumnStatistics;
import io.neuralake.spi.statistics.DistinctSketch;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// One file of a table.
///
/// @param partitionValues values of the table's partition columns, in Java form
/// @param kept what is kept of it outside of the file; null for nothing
record ParquetPart(
        Footer footer, List<@Nullable Object> partitionValues, @Nullable FileStatistics kept) {
    ParquetPart {
        partitionValues = Collections.unmodifiableList(new ArrayList<>(partitionValues));
    }

    /// Returns what is kept of a column outside of the file; null for nothing.
    @Nullable ColumnStatistics kept(String column) {
        return kept == null ? null : kept.columns().get(column);
    }

    /// Returns the sketch of a column, of the file itself first; null when there is none.
    @Nullable DistinctSketch sketch(String column) {
        DistinctSketch own = footer.sketches().column(column);
        ColumnStatistics outside = own == null ? kept(column) : null;
        return outside == null ? own : outside.sketch();
    }
}
