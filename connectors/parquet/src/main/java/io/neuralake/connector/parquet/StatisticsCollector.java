package io.neuralake.connector.parquet;

import io.neuralake.connector.parquet.file.FileCache;
import io.neuralake.spi.catalog.ColumnStatistics;
import io.neuralake.spi.catalog.TableStatistics;

import java.util.ArrayList;
import java.util.List;

/// Sums up footers for the planner.
final class StatisticsCollector {
    private final ParquetTable table;
    private final FileCache files;

    StatisticsCollector(ParquetTable table, FileCache files) {
        this.table = table;
        this.files = files;
    }

    TableStatistics collect() {
        double rows = 0;
        double bytes = 0;
        for (ParquetPart part : table.files()) {
            rows += part.footer().rowCount();
            bytes += part.footer().id().size();
        }
        List<ColumnStatistics> columns = new ArrayList<>();
        for (int i = 0; i < table.schema().size(); i++) {
            columns.add(new ColumnCollector(table, files, i, rows).collect());
        }
        return new TableStatistics(rows, bytes, columns);
    }
}
