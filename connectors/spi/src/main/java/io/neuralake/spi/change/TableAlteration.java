package io.neuralake.spi.change;

import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;

/// A change of a table's definition. Columns and members of structs are named by paths.
public sealed interface TableAlteration {
    /// Adds a column. Rows that are there already have NULL.
    ///
    /// @param parent the struct it becomes a member of; empty for the table
    /// @param after the column it comes behind; the empty text for the first place, null for the last
    record AddColumn(List<String> parent, ColumnDefinition column, @Nullable String after)
            implements TableAlteration {
        /// Copies the list.
        public AddColumn {
            parent = List.copyOf(parent);
        }
    }

    /// Drops a column.
    record DropColumn(List<String> column) implements TableAlteration {
        /// Copies the list.
        public DropColumn {
            column = List.copyOf(column);
        }
    }

    /// Gives a column another name.
    record RenameColumn(List<String> column, String name) implements TableAlteration {
        /// Copies the list.
        public RenameColumn {
            column = List.copyOf(column);
        }
    }

    /// Gives a column a wider type.
    record SetType(List<String> column, Type type) implements TableAlteration {
        /// Copies the list.
        public SetType {
            column = List.copyOf(column);
        }
    }

    /// Lets a column be null, or forbids it; the caller has made sure that no row is.
    record SetNullable(List<String> column, boolean nullable) implements TableAlteration {
        /// Copies the list.
        public SetNullable {
            column = List.copyOf(column);
        }
    }

    /// Sets what new rows have that do not say.
    ///
    /// @param expression null for NULL
    record SetDefault(List<String> column, @Nullable String expression) implements TableAlteration {
        /// Copies the list.
        public SetDefault {
            column = List.copyOf(column);
        }
    }

    /// Adds a condition that no row may fail; the caller has made sure that none does.
    record AddCheck(String name, String expression) implements TableAlteration {}

    /// Drops a condition.
    record DropCheck(String name, boolean mustExist) implements TableAlteration {}

    /// Sets properties of the table's format.
    record SetProperties(Map<String, String> properties) implements TableAlteration {
        /// Copies the map.
        public SetProperties {
            properties = Map.copyOf(properties);
        }
    }

    /// Removes properties of the table's format.
    record UnsetProperties(List<String> names, boolean mustExist) implements TableAlteration {
        /// Copies the list.
        public UnsetProperties {
            names = List.copyOf(names);
        }
    }

    /// Describes the table, or a column.
    ///
    /// @param column empty for the table
    record SetComment(List<String> column, String comment) implements TableAlteration {
        /// Copies the list.
        public SetComment {
            column = List.copyOf(column);
        }
    }

    /// Sets by which columns OPTIMIZE clusters.
    ///
    /// @param columns empty for none
    record ClusterBy(List<String> columns) implements TableAlteration {
        /// Copies the list.
        public ClusterBy {
            columns = List.copyOf(columns);
        }
    }
}
