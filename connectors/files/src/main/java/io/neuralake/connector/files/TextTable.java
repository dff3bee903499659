package io.neuralake.connector.files;

import io.neuralake.spi.catalog.QualifiedName;
import io.neuralake.spi.catalog.TableSnapshot;
import io.neuralake.spi.catalog.TableStatistics;
import io.neuralake.spi.connector.Connector;
import io.neuralake.spi.type.Schema;
import io.neuralake.storage.StoredEntry;

import java.util.List;

/// One version of a table over text files of equal columns.
record TextTable(
        QualifiedName name,
        List<StoredEntry> files,
        Schema schema,
        TextFormat format,
        Connector connector)
        implements TableSnapshot {
    /// Bytes of a row when nothing better is known.
    private static final double ASSUMED_ROW_BYTES = 100;

    TextTable {
        files = List.copyOf(files);
    }

    @Override
    public TableStatistics statistics() {
        double bytes = files.stream().mapToLong(StoredEntry::bytes).sum();
        return new TableStatistics(Math.ceil(bytes / ASSUMED_ROW_BYTES), bytes, List.of());
    }

    @Override
    public Object version() {
        return files;
    }
}
