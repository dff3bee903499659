package io.neuralake.storage.lake;

import io.neuralake.spi.catalog.QualifiedName;
import io.neuralake.spi.catalog.TableSnapshot;
import io.neuralake.spi.catalog.TableStatistics;
import io.neuralake.spi.connector.Connector;
import io.neuralake.spi.type.Schema;

/// A table without columns that only tells where it was found.
record NamedSnapshot(QualifiedName name, Object version) implements TableSnapshot {
    @Override
    public Schema schema() {
        return Schema.of();
    }

    @Override
    public TableStatistics statistics() {
        return TableStatistics.UNKNOWN;
    }

    @Override
    public Connector connector() {
        throw new IllegalStateException("Not read here");
    }
}
