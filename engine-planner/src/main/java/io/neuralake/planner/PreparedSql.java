package io.neuralake.planner;

import io.neuralake.exec.QueryResult;
import io.neuralake.exec.expression.RowExpression.Literal;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.connector.ReadResult;
import io.neuralake.spi.type.Schema;

import java.util.List;

/// A planned statement. Immutable; may be executed often and concurrently. If the files of a table
/// have changed since, `execute` plans anew.
public interface PreparedSql {
    /// Returns the statement's text.
    String sql();

    /// Returns the columns of the result; for an update one BIGINT column `count`.
    Schema schema();

    /// Returns the parameters in order, named `1`, `2` and so on, with their inferred types (VARCHAR
    /// where nothing tells).
    Schema parameters();

    /// Tells whether the statement changes data, definitions or the session.
    boolean isUpdate();

    /// Tells whether the statement changes the session: its settings or its transaction.
    default boolean changesSession() {
        return false;
    }

    /// Returns the statement for a run that follows its preparation at once, which need not look again
    /// whether the tables have changed meanwhile.
    default PreparedSql atOnce() {
        return this;
    }

    /// Runs the statement with values for its parameters; values are cast to the parameters' types
    /// as by an assignment, or fail with TYPE_MISMATCH or INVALID_PARAMETER. The caller closes the
    /// result.
    QueryResult execute(SqlSession session, List<Literal> parameters);

    /// Runs a statement that changes something once for each row of values. The rows belong together: in
    /// the session's transaction, or in one commit where the statement changes the rows of a table.
    ///
    /// @return how many rows were changed
    default long executeAll(SqlSession session, List<List<Literal>> rows) {
        long count = 0;
        for (List<Literal> values : rows) {
            try (QueryResult result = execute(session, values)) {
                while (result.take() instanceof ReadResult.Ready(Batch batch)) {
                    try (batch) {
                        if (batch.rowCount() > 0
                                && batch.column(0).value(0) instanceof Long changed) {
                            count += changed;
                        }
                    }
                }
            }
        }
        return count;
    }

    /// Runs the statement as [#execute] does, and counts the time of each operator if it is a query.
    default QueryResult profile(SqlSession session, List<Literal> parameters) {
        return execute(session, parameters);
    }
}
