package io.neuralake.planner;

import io.neuralake.planner.sql.FromSources;
import io.neuralake.spi.catalog.TableSnapshot;
import io.neuralake.spi.catalog.TableVersion;
import io.neuralake.spi.function.TableFunction;

import org.apache.calcite.sql.SqlNode;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// Nothing but tables in FROM.
final class NoSources implements FromSources {
    @Override
    public Optional<TableFunction> function(String name) {
        return Optional.empty();
    }

    @Override
    public List<String> functionNames() {
        return List.of();
    }

    @Override
    public TableSnapshot file(String path) {
        throw new UnsupportedOperationException("No files: " + path);
    }

    @Override
    public String keep(String key, Supplier<TableSnapshot> lookup) {
        throw new UnsupportedOperationException("No files: " + key);
    }

    @Override
    public TableSnapshot newest(List<String> names) {
        throw new AssertionError("No function takes tables here");
    }

    @Override
    public TableSnapshot version(List<String> names, TableVersion version) {
        throw new AssertionError("No table has versions here");
    }

    @Override
    public long instant(Supplier<SqlNode> query) {
        throw new AssertionError("No time is asked for here");
    }
}
