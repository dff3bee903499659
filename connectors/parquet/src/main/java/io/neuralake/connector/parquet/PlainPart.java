package io.neuralake.connector.parquet;

import io.neuralake.connector.parquet.file.Footer;
import io.neuralake.connector.parquet.file.KeptStatistics.FileStatistics;
import io.neuralake.connector.parquet.schema.ParquetField;
import io.neuralake.spi.catalog.ColumnStatistics;
import io.neuralake.spi.type.Schema;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// A file of a table that is nothing but Parquet files: columns are found by name, the last ones in
/// the names of folders.
///
/// @param schema the table's schema
/// @param partitionValues values of the last columns, in Java form
/// @param kept what is kept of it outside of the file; null for nothing
record PlainPart(
        Footer footer,
        Schema schema,
        List<@Nullable Object> partitionValues,
        @Nullable FileStatistics kept)
        implements ParquetPart {
    PlainPart {
        partitionValues = Collections.unmodifiableList(new ArrayList<>(partitionValues));
    }

    @Override
    public ColumnOrigin origin(int ordinal) {
        int firstPartition = schema.size() - partitionValues.size();
        if (ordinal >= firstPartition) {
            return new ColumnOrigin.Constant(partitionValues.get(ordinal - firstPartition));
        }
        ParquetField field = footer.schema().field(schema.field(ordinal).name());
        return field == null ? ColumnOrigin.NULL : new ColumnOrigin.Stored(field, true);
    }

    @Override
    public @Nullable DeletedRows deletedRows() {
        return null;
    }

    @Override
    public @Nullable ColumnStatistics kept(String column) {
        return kept == null ? null : kept.columns().get(column);
    }
}
