package io.neuralake.flight.ticket;

import io.neuralake.exec.QueryResult;
import io.neuralake.exec.expression.RowExpression.Literal;
import io.neuralake.planner.PreparedSql;
import io.neuralake.planner.SqlSession;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.Schema;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.OptionalLong;

/// A statement that was announced to a client and runs once, when its stream is asked for, or has run
/// already. Holds no resources until then. Thread-safe.
public final class PendingQuery {
    private final PreparedSql statement;
    private final SqlSession session;
    private final List<List<Literal>> parameterRows;
    private final OptionalLong count;
    private final Schema schema;
    private final long createdNanos = System.nanoTime();
    private boolean started;
    private boolean cancelled;
    private @Nullable QueryResult running;

    /// Announces a statement.
    ///
    /// @param parameterRows one execution each; results follow one another
    public PendingQuery(
            PreparedSql statement, SqlSession session, List<List<Literal>> parameterRows) {
        this(statement, session, List.copyOf(parameterRows), OptionalLong.empty());
    }

    private PendingQuery(
            PreparedSql statement,
            SqlSession session,
            List<List<Literal>> parameterRows,
            OptionalLong count) {
        this.statement = statement;
        this.session = session;
        this.parameterRows = parameterRows;
        this.count = count;
        this.schema = statement.schema();
    }

    /// Announces a statement that has run.
    ///
    /// @param count of the rows that it has changed
    public static PendingQuery done(PreparedSql statement, SqlSession session, long count) {
        return new PendingQuery(statement, session, List.of(), OptionalLong.of(count));
    }

    /// Returns how many rows the statement has changed, if it has run already.
    public OptionalLong count() {
        return count;
    }

    /// Returns the statement.
    public PreparedSql statement() {
        return statement;
    }

    /// Returns the columns of the results, as they were announced.
    public Schema schema() {
        return schema;
    }

    /// Returns the number of executions.
    public int executions() {
        return parameterRows.size();
    }

    /// Returns the age in nanoseconds.
    long ageNanos() {
        return System.nanoTime() - createdNanos;
    }

    /// Claims the one run; INVALID_STATEMENT_HANDLE when it was claimed before.
    public synchronized void start() {
        if (started) {
            throw new NeuralakeException(
                    ErrorCode.INVALID_STATEMENT_HANDLE,
                    "Result was read already; run the statement again");
        }
        started = true;
    }

    /// Tells whether the run was claimed.
    synchronized boolean isStarted() {
        return started;
    }

    /// Starts an execution. The caller closes the result. Throws UNSUPPORTED if a table was replaced
    /// since by one with other columns, so that the result is not what was announced.
    public QueryResult execute(int index) {
        QueryResult result = statement.execute(session, parameterRows.get(index));
        if (!types(result.schema()).equals(types(schema))) {
            result.close();
            throw new NeuralakeException(
                    ErrorCode.UNSUPPORTED,
                    "Columns of the result have changed since the statement was prepared; run it"
                            + " again");
        }
        synchronized (this) {
            if (!cancelled) {
                running = result;
                return result;
            }
        }
        result.close();
        throw new NeuralakeException(ErrorCode.CANCELLED, "Query was cancelled");
    }

    private static List<Type> types(Schema schema) {
        return schema.fields().stream().map(Field::type).toList();
    }

    /// Stops the run within one morsel, or keeps it from starting. Idempotent.
    ///
    /// @return false for a statement that has run already
    public boolean cancel() {
        if (count.isPresent()) {
            return false;
        }
        QueryResult result;
        synchronized (this) {
            cancelled = true;
            result = running;
        }
        if (result != null) {
            result.cancel();
        }
        return true;
    }
}
