package io.neuralake.server;

import io.neuralake.spi.catalog.Catalog;
import io.neuralake.spi.catalog.TableSnapshot;

import java.util.List;
import java.util.Optional;

/// A catalog without tables, for a server that was started without a lake.
record EmptyCatalog(String name) implements Catalog {
    @Override
    public List<String> schemas() {
        return List.of("main");
    }

    @Override
    public List<String> tables(String schema) {
        return List.of();
    }

    @Override
    public Optional<TableSnapshot> table(String schema, String table) {
        return Optional.empty();
    }
}
