package io.neuralake.planner;

import io.neuralake.exec.QueryResult;
import io.neuralake.exec.expression.RowExpression.Literal;
import io.neuralake.planner.write.SessionTransaction;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.Schema;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// A statement that does not run in a failed transaction, and fails the transaction with itself.
record GuardedSql(PreparedSql statement) implements PreparedSql {
    @Override
    public String sql() {
        return statement.sql();
    }

    @Override
    public Schema schema() {
        return statement.schema();
    }

    @Override
    public Schema parameters() {
        return statement.parameters();
    }

    @Override
    public boolean isUpdate() {
        return statement.isUpdate();
    }

    @Override
    public QueryResult execute(SqlSession session, List<Literal> values) {
        return guarded(session, () -> statement.execute(session, values));
    }

    @Override
    public long executeAll(SqlSession session, List<List<Literal>> rows) {
        return guarded(session, () -> statement.executeAll(session, rows));
    }

    @Override
    public QueryResult profile(SqlSession session, List<Literal> values) {
        return guarded(session, () -> statement.profile(session, values));
    }

    /// Runs what belongs to the session's transaction, if there is one.
    static <T> T guarded(SqlSession session, Supplier<T> action) {
        Optional<SessionTransaction> transaction = session.transaction();
        if (transaction.isEmpty()) {
            return action.get();
        }
        transaction.get().check();
        try {
            return action.get();
        } catch (NeuralakeException e) {
            transaction.get().fail();
            throw e;
        }
    }
}
