package io.neuralake.spi.function;

import io.neuralake.spi.catalog.TableSnapshot;

import java.util.List;
import java.util.Map;

/// A function in FROM, such as `read_parquet('x.parquet')`. Thread-safe.
public interface TableFunction {
    /// Returns the name in lower case.
    String name();

    /// Tells whether the first argument is a table: a name, in quotes or not. [#bind] then gets its
    /// newest version, a [TableSnapshot].
    default boolean takesTable() {
        return false;
    }

    /// Opens the table that the arguments describe. Arguments are constants in the Java form of
    /// their types; lists are `List`. Throws INVALID_PARAMETER for wrong ones.
    TableSnapshot bind(List<Object> arguments, Map<String, Object> named);
}
