package io.neuralake.planner.sql;

import io.neuralake.planner.sql.Statement.TableName;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A parsed statement that changes definitions of tables, or how they lie in storage.
public sealed interface DefinitionStatement {
    /// Returns the table.
    TableName table();

    /// `CREATE TABLE`, `REPLACE TABLE`.
    record CreateTable(TableName table, CreateKind kind, Layout layout, @Nullable Fragment query)
            implements DefinitionStatement {}

    /// What to do with a table of the same name.
    enum CreateKind {
        CREATE,
        CREATE_IF_NOT_EXISTS,
        CREATE_OR_REPLACE,
        REPLACE
    }

    /// What CREATE TABLE says of a table.
    ///
    /// @param checks conditions by name, in order
    record Layout(
            List<ColumnSpec> columns,
            Map<String, Fragment> checks,
            List<TableName> partitionBy,
            List<TableName> clusterBy,
            Map<String, String> properties,
            String comment) {
        /// Copies the collections.
        public Layout {
            columns = List.copyOf(columns);
            checks = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(checks));
            partitionBy = List.copyOf(partitionBy);
            clusterBy = List.copyOf(clusterBy);
            properties = Map.copyOf(properties);
        }
    }

    /// A column as it is declared.
    record ColumnSpec(
            TableName name,
            Fragment type,
            boolean notNull,
            @Nullable Fragment defaultValue,
            @Nullable Fragment generatedAs,
            String comment) {}

    /// `DROP TABLE`.
    record DropTable(TableName table, boolean ifExists) implements DefinitionStatement {}

    /// `ALTER TABLE`, `COMMENT ON`.
    record AlterTable(TableName table, boolean ifExists, List<AlterAction> actions)
            implements DefinitionStatement {
        /// Copies the list.
        public AlterTable {
            actions = List.copyOf(actions);
        }
    }

    /// One change of a definition.
    sealed interface AlterAction {}

    /// `ADD COLUMN column [FIRST | AFTER other]`.
    ///
    /// @param after null for the end, the empty text for the first place
    record AddColumn(ColumnSpec column, @Nullable String after) implements AlterAction {}

    /// `DROP COLUMN [IF EXISTS] column`.
    record DropColumn(TableName column, boolean ifExists) implements AlterAction {}

    /// `RENAME COLUMN column TO name`.
    record RenameColumn(TableName column, String name) implements AlterAction {}

    /// `ALTER COLUMN column TYPE type`.
    record SetType(TableName column, Fragment type) implements AlterAction {}

    /// `ALTER COLUMN column SET NOT NULL`, `DROP NOT NULL`.
    record SetNullable(TableName column, boolean nullable) implements AlterAction {}

    /// `ALTER COLUMN column SET DEFAULT value`, `DROP DEFAULT`.
    record SetDefault(TableName column, @Nullable Fragment value) implements AlterAction {}

    /// `ALTER COLUMN column COMMENT text`, `COMMENT ON`.
    ///
    /// @param column null for the table
    record SetComment(@Nullable TableName column, String comment) implements AlterAction {}

    /// `ADD CONSTRAINT name CHECK (condition)`.
    record AddCheck(String name, Fragment condition) implements AlterAction {}

    /// `DROP CONSTRAINT [IF EXISTS] name`.
    record DropCheck(String name, boolean ifExists) implements AlterAction {}

    /// `SET TBLPROPERTIES`.
    record SetProperties(Map<String, String> properties) implements AlterAction {
        /// Copies the map.
        public SetProperties {
            properties = Map.copyOf(properties);
        }
    }

    /// `UNSET TBLPROPERTIES [IF EXISTS]`.
    record UnsetProperties(List<String> names, boolean ifExists) implements AlterAction {
        /// Copies the list.
        public UnsetProperties {
            names = List.copyOf(names);
        }
    }

    /// `CLUSTER BY (columns)`, `CLUSTER BY NONE`.
    record ClusterBy(List<TableName> columns) implements AlterAction {
        /// Copies the list.
        public ClusterBy {
            columns = List.copyOf(columns);
        }
    }

    /// `OPTIMIZE table [WHERE condition] [ZORDER BY (columns)]`.
    record Optimize(TableName table, @Nullable Fragment where, List<TableName> orderBy)
            implements DefinitionStatement {
        /// Copies the list.
        public Optimize {
            orderBy = List.copyOf(orderBy);
        }
    }

    /// `VACUUM table [RETAIN n HOURS] [DRY RUN]`.
    ///
    /// @param retainHours null for the table's own retention
    record Vacuum(TableName table, java.lang.@Nullable Long retainHours, boolean dryRun)
            implements DefinitionStatement {}

    /// `RESTORE TABLE table TO VERSION AS OF n`, `TO TIMESTAMP AS OF e`.
    ///
    /// @param version null where a time is given
    record Restore(TableName table, java.lang.@Nullable Long version, @Nullable Fragment time)
            implements DefinitionStatement {}

    /// `CHECKPOINT table`.
    record Checkpoint(TableName table) implements DefinitionStatement {}

    /// `SHOW CREATE TABLE table`.
    record ShowCreate(TableName table) implements DefinitionStatement {}
}
