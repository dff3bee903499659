package io.neuralake.planner.sql;

import io.neuralake.spi.catalog.TableSnapshot;
import io.neuralake.spi.function.TableFunction;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// What stands in FROM without being a table of a catalog.
public interface FromSources {
    /// Finds a table function by name, ignoring case.
    Optional<TableFunction> function(String name);

    /// Lists the names of table functions.
    List<String> functionNames();

    /// Opens a file, folder or pattern by its path. Throws FILE_NOT_FOUND.
    TableSnapshot file(String path);

    /// Keeps a table for the statement and returns the name it has in the ad-hoc catalog.
    String keep(String key, Supplier<TableSnapshot> lookup);
}
