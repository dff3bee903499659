package io.neuralake.server.repl;

import io.neuralake.server.sql.SqlTarget;
import io.neuralake.spi.error.NeuralakeException;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// The names that statements can use, as the catalog told them.
///
/// @param functions names of functions
record SqlNames(List<Column> columns, List<Table> tables, List<String> functions) {
    static final SqlNames NONE = new SqlNames(List.of(), List.of(), List.of());

    /// A table.
    record Table(String schema, String name) {
        boolean is(String text) {
            return name.equalsIgnoreCase(text);
        }
    }

    /// A column of a table.
    record Column(Table table, String name) {}

    /// Asks for all names. What cannot be read is left out: a broken file must not break typing.
    static SqlNames read(SqlTarget target) {
        List<Table> tables = new ArrayList<>();
        for (List<String> row :
                rows(target, "SELECT table_schema, table_name FROM information_schema.tables")) {
            tables.add(new Table(row.get(0), row.get(1)));
        }
        List<Column> columns = new ArrayList<>();
        for (List<String> row :
                rows(
                        target,
                        "SELECT table_schema, table_name, column_name"
                                + " FROM information_schema.columns")) {
            columns.add(new Column(new Table(row.get(0), row.get(1)), row.get(2)));
        }
        Set<String> functions = new LinkedHashSet<>();
        for (List<String> row : rows(target, "SHOW FUNCTIONS")) {
            if (Character.isLetter(row.getFirst().charAt(0))) {
                functions.add(row.getFirst());
            }
        }
        return new SqlNames(columns, tables, List.copyOf(functions));
    }

    private static List<List<String>> rows(SqlTarget target, String sql) {
        try {
            return target.rows(sql);
        } catch (NeuralakeException | IOException e) {
            return List.of();
        }
    }

    /// Returns the schemas.
    List<String> schemas() {
        return tables.stream().map(Table::schema).distinct().toList();
    }

    /// Returns the tables of a schema.
    List<String> tablesOf(String schema) {
        return tables.stream()
                .filter(t -> t.schema().equalsIgnoreCase(schema))
                .map(Table::name)
                .toList();
    }

    /// Returns the columns of tables with one of these names.
    List<String> columnsOf(List<String> tableNames) {
        return columns.stream()
                .filter(c -> tableNames.stream().anyMatch(c.table()::is))
                .map(Column::name)
                .distinct()
                .toList();
    }
}
