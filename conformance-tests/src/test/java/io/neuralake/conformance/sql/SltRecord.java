package io.neuralake.conformance.sql;

import java.util.List;

/// One record of a `.slt` file.
sealed interface SltRecord {
    /// Returns the line of its first word, from 1.
    int line();

    /// The statement must succeed.
    record StatementOk(int line, String sql) implements SltRecord {}

    /// The statement must fail with a SQLSTATE; `message`, if any, must occur in the error's text.
    ///
    /// @param place `line:column` of the error; empty for any
    record StatementError(int line, String sqlState, String place, String message, String sql)
            implements SltRecord {}

    /// The query must answer with these rows, one line a row, values separated by tabs.
    ///
    /// @param sorted compares without regard to order
    record Query(int line, String sql, boolean sorted, List<String> expected)
            implements SltRecord {}

    /// The query must answer as DuckDB does in the same run, without regard to order unless `ordered`.
    record LikeDuckDb(int line, String sql, boolean ordered) implements SltRecord {}
}
