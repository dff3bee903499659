package io.neuralake.connector.parquet;

import io.neuralake.connector.parquet.file.FileCache;
import io.neuralake.spi.catalog.ColumnStatistics;
import io.neuralake.spi.catalog.TableStatistics;
import io.neuralake.spi.type.Schema;

import java.util.ArrayList;
import java.util.List;

/// Sums up footers for the planner.
final class StatisticsCollector {
    private final Schema schema;
    private final List<? extends ParquetPart> parts;
    private final FileCache files;

    StatisticsCollector(Schema schema, List<? extends ParquetPart> parts, FileCache files) {
        this.schema = schema;
        this.parts = parts;
        this.files = files;
    }

    TableStatistics collect() {
        double rows = 0;
        double bytes = 0;
        double stored = 0;
        for (ParquetPart part : parts) {
            DeletedRows deleted = part.deletedRows();
            stored += part.footer().rowCount();
            rows += part.footer().rowCount() - (deleted == null ? 0 : deleted.count());
            bytes += part.footer().id().size();
        }
        List<ColumnStatistics> columns = new ArrayList<>();
        for (int i = 0; i < schema.size(); i++) {
            columns.add(new ColumnCollector(schema, parts, files, i, stored).collect());
        }
        return new TableStatistics(rows, bytes, columns);
    }
}
