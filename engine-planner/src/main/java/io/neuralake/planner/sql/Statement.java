package io.neuralake.planner.sql;

import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Optional;

/// A parsed statement.
public sealed interface Statement {
    /// A SELECT, VALUES, TABLE or set operation.
    record Query(SqlNode node) implements Statement {}

    /// `EXPLAIN [ANALYZE] statement`.
    record Explain(boolean analyze, Statement statement) implements Statement {}

    /// `DESCRIBE query`.
    record DescribeQuery(SqlNode node) implements Statement {}

    /// `DESCRIBE table`, `SHOW COLUMNS FROM table`.
    record DescribeTable(TableName table) implements Statement {}

    /// `SUMMARIZE table` or `SUMMARIZE query`.
    ///
    /// @param source what comes behind SUMMARIZE, at its place in the text
    record Summarize(String source, boolean isTable) implements Statement {}

    /// `ANALYZE [TABLE] table [(columns)]`, or `ANALYZE` for all tables of the session's schema.
    ///
    /// @param table null for all
    /// @param columns empty for all
    record Analyze(@Nullable TableName table, List<TableName> columns) implements Statement {
        /// Copies the list.
        public Analyze {
            columns = List.copyOf(columns);
        }
    }

    /// `SHOW CATALOGS`, `SHOW SCHEMAS`, `SHOW TABLES`, `SHOW FUNCTIONS`, `SHOW name`.
    ///
    /// @param from catalog or schema to look in; null for the session's
    /// @param like pattern of names; null for all
    record Show(ShowKind kind, @Nullable TableName from, @Nullable String like)
            implements Statement {}

    /// What SHOW lists.
    enum ShowKind {
        CATALOGS,
        SCHEMAS,
        TABLES,
        FUNCTIONS,
        SETTINGS
    }

    /// `SHOW setting`.
    record ShowSetting(String name) implements Statement {}

    /// `SET name = value`; an empty value resets.
    record SetOption(String name, Optional<String> value) implements Statement {}

    /// `RESET ALL`.
    record ResetAll() implements Statement {}

    /// `USE schema` or `USE catalog.schema`.
    record Use(TableName schema) implements Statement {}

    /// A statement that changes rows.
    record Change(ChangeStatement statement) implements Statement {}

    /// A statement that changes definitions or storage.
    record Definition(DefinitionStatement statement) implements Statement {}

    /// `BEGIN`, `COMMIT`, `ROLLBACK`.
    record Transaction(TransactionKind kind) implements Statement {}

    /// What a statement does with the session's transaction.
    enum TransactionKind {
        BEGIN,
        COMMIT,
        ROLLBACK
    }

    /// A statement that changes data or definitions, which nothing does yet.
    ///
    /// @param what the command, such as `CREATE TABLE`
    record Unsupported(String what) implements Statement {}

    /// A name of parts, with the position of the first.
    record TableName(List<String> parts, io.neuralake.spi.error.SqlPosition position) {
        /// Copies the list.
        public TableName {
            parts = List.copyOf(parts);
        }

        @Override
        public String toString() {
            return String.join(".", parts);
        }
    }
}
