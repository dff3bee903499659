package io.neuralake.connector.parquet;

import io.neuralake.connector.parquet.file.FileId;
import io.neuralake.spi.catalog.QualifiedName;
import io.neuralake.spi.catalog.TableSnapshot;
import io.neuralake.spi.catalog.TableStatistics;
import io.neuralake.spi.connector.Connector;
import io.neuralake.spi.type.Schema;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// One version of a table of Parquet files.
class ParquetTable implements TableSnapshot {
    private final QualifiedName name;
    private final Schema schema;
    private final List<ParquetPart> parts;
    private final ParquetConnector connector;
    private final List<FileId> version;
    private @Nullable TableStatistics statistics;

    ParquetTable(
            QualifiedName name,
            Schema schema,
            List<ParquetPart> parts,
            ParquetConnector connector,
            List<FileId> version) {
        this.name = name;
        this.schema = schema;
        this.parts = List.copyOf(parts);
        this.connector = connector;
        this.version = List.copyOf(version);
    }

    /// Returns the files.
    final List<ParquetPart> files() {
        return parts;
    }

    final ParquetConnector parquetConnector() {
        return connector;
    }

    @Override
    public final QualifiedName name() {
        return name;
    }

    @Override
    public final Schema schema() {
        return schema;
    }

    @Override
    public final synchronized TableStatistics statistics() {
        TableStatistics known = statistics;
        if (known == null) {
            known = connector.statistics(schema, parts);
            statistics = known;
        }
        return known;
    }

    @Override
    public final List<FileId> version() {
        return version;
    }

    @Override
    public final Connector connector() {
        return connector;
    }
}
