package io.neuralake.planner.sql;

import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.error.SqlPosition;

import org.apache.calcite.sql.SqlDataTypeSpec;
import org.apache.calcite.sql.SqlIdentifier;
import org.jspecify.annotations.Nullable;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// What attempts to compile a statement have found out about its names, which syntax alone does not
/// tell. Each finding makes another attempt necessary.
final class Findings {
    private final Map<Integer, SqlDataTypeSpec> parameterTypes = new HashMap<>();
    private final Map<String, NeuralakeException> structColumns = new HashMap<>();
    private final Set<SqlPosition> aliases = new HashSet<>();

    /// Notes that a parameter is used with several types, and must be cast to one.
    ///
    /// @return whether that is new
    boolean castParameter(int index, SqlDataTypeSpec type) {
        return parameterTypes.put(index, type) == null;
    }

    /// Returns the type to cast a parameter to; null for none.
    @Nullable SqlDataTypeSpec parameterType(int index) {
        return parameterTypes.get(index);
    }

    /// Notes that a name before a point is no table: it may be a column of structs.
    ///
    /// @param error what to say when it is no column either
    /// @return whether that is new
    boolean addStructColumn(String name, NeuralakeException error) {
        return structColumns.putIfAbsent(lower(name), error) == null;
    }

    boolean isStructColumn(String name) {
        return structColumns.containsKey(lower(name));
    }

    /// Returns the error of a name that was taken for a column of structs; null for others.
    @Nullable NeuralakeException structColumnError(String name) {
        return structColumns.get(lower(name));
    }

    /// Notes that the name at a place is no column: it may be an alias of the select list.
    ///
    /// @return whether that is new
    boolean addAlias(SqlPosition position) {
        return aliases.add(position);
    }

    boolean isAlias(SqlIdentifier id) {
        return !aliases.isEmpty() && aliases.contains(Positions.of(id));
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
