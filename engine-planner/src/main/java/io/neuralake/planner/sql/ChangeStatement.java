package io.neuralake.planner.sql;

import io.neuralake.planner.sql.Statement.TableName;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// A parsed statement that changes the rows of a table.
public sealed interface ChangeStatement {
    /// Returns the table that is changed.
    TableName table();

    /// `INSERT INTO`, `INSERT OVERWRITE`, `INSERT INTO ... REPLACE WHERE`.
    ///
    /// @param replaceWhere rows to remove before; null for none
    /// @param overwrite whether all rows are removed before
    /// @param columns target columns; empty for all in order
    /// @param byName whether the query's columns find theirs by name
    /// @param evolve whether columns that the table lacks are added to it
    /// @param source query; null for `DEFAULT VALUES`
    record Insert(
            TableName table,
            @Nullable Fragment replaceWhere,
            boolean overwrite,
            List<TableName> columns,
            boolean byName,
            boolean evolve,
            @Nullable Fragment source)
            implements ChangeStatement {
        /// Copies the list.
        public Insert {
            columns = List.copyOf(columns);
        }
    }

    /// `DELETE FROM table [alias] [USING items] [WHERE condition]`.
    record Delete(
            TableName table,
            @Nullable String alias,
            @Nullable Fragment using,
            @Nullable Fragment where)
            implements ChangeStatement {}

    /// `UPDATE table [alias] SET ... [FROM items] [WHERE condition]`.
    record Update(
            TableName table,
            @Nullable String alias,
            List<SetClause> sets,
            @Nullable Fragment from,
            @Nullable Fragment where)
            implements ChangeStatement {
        /// Copies the list.
        public Update {
            sets = List.copyOf(sets);
        }
    }

    /// `column = value` or `(column, ...) = value`.
    record SetClause(List<TableName> columns, boolean row, Fragment value) {
        /// Copies the list.
        public SetClause {
            columns = List.copyOf(columns);
        }
    }

    /// `MERGE INTO table [alias] USING source ON condition WHEN ...`.
    record Merge(
            TableName table,
            @Nullable String alias,
            Fragment source,
            Fragment condition,
            List<MergeClause> clauses,
            boolean evolve)
            implements ChangeStatement {
        /// Copies the list.
        public Merge {
            clauses = List.copyOf(clauses);
        }
    }

    /// One WHEN of a MERGE.
    record MergeClause(MatchKind match, @Nullable Fragment condition, MergeAction action) {}

    /// Which rows a clause is about.
    enum MatchKind {
        /// Pairs of a target and a source row.
        MATCHED,
        /// Source rows without target row.
        NOT_MATCHED,
        /// Target rows without source row.
        NOT_MATCHED_BY_SOURCE
    }

    /// What a clause of a MERGE does.
    sealed interface MergeAction {}

    /// `UPDATE SET ...`.
    record UpdateAction(List<SetClause> sets) implements MergeAction {
        /// Copies the list.
        public UpdateAction {
            sets = List.copyOf(sets);
        }
    }

    /// `UPDATE SET *`: all columns from those of the source with the same name.
    record UpdateAllAction() implements MergeAction {}

    /// `DELETE`.
    record DeleteAction() implements MergeAction {}

    /// `DO NOTHING`.
    record NothingAction() implements MergeAction {}

    /// `INSERT (columns) VALUES (values)`.
    ///
    /// @param columns empty for all in order
    record InsertAction(List<TableName> columns, List<Fragment> values) implements MergeAction {
        /// Copies the lists.
        public InsertAction {
            columns = List.copyOf(columns);
            values = List.copyOf(values);
        }
    }

    /// `INSERT *`: all columns from those of the source with the same name.
    record InsertAllAction() implements MergeAction {}

    /// `TRUNCATE TABLE table`.
    record Truncate(TableName table) implements ChangeStatement {}

    /// `COPY INTO table FROM 'path'`.
    ///
    /// @param format `PARQUET`, `CSV` or `JSON`
    /// @param pattern what the names of files must match, with `*` and `?`; null for all
    record Copy(TableName table, String path, String format, @Nullable String pattern)
            implements ChangeStatement {}
}
