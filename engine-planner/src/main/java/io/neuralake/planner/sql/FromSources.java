package io.neuralake.planner.sql;

import io.neuralake.spi.catalog.TableSnapshot;
import io.neuralake.spi.catalog.TableVersion;
import io.neuralake.spi.function.TableFunction;

import org.apache.calcite.sql.SqlNode;

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

    /// Finds the newest version of a table of a catalog. Throws TABLE_NOT_FOUND.
    ///
    /// @param names one to three parts
    TableSnapshot newest(List<String> names);

    /// Finds a table of a catalog as it was at another version. Throws TABLE_NOT_FOUND, UNSUPPORTED for
    /// one that keeps no versions, INVALID_PARAMETER for a version that is not there.
    ///
    /// @param names one to three parts
    TableSnapshot version(List<String> names, TableVersion version);

    /// Computes a query of one instant: microseconds since 1970-01-01T00:00:00 UTC. Throws what the
    /// query throws, and INVALID_PARAMETER for null.
    ///
    /// @param query makes its tree, anew each time
    long instant(Supplier<SqlNode> query);
}
