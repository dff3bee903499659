package io.neuralake.planner;

import io.neuralake.exec.QueryResult;
import io.neuralake.exec.expression.RowExpression.Literal;
import io.neuralake.planner.write.SessionTransaction;
import io.neuralake.spi.type.Schema;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

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
    public boolean changesSession() {
        return statement.changesSession();
    }

    @Override
    public PreparedSql atOnce() {
        return new GuardedSql(statement.atOnce());
    }

    @Override
    public QueryResult execute(SqlSession session, List<Literal> values) {
        return watched(session, own -> statement.execute(own, values));
    }

    @Override
    public long executeAll(SqlSession session, List<List<Literal>> rows) {
        return guarded(session, own -> statement.executeAll(own, rows));
    }

    @Override
    public QueryResult profile(SqlSession session, List<Literal> values) {
        return watched(session, own -> statement.profile(own, values));
    }

    /// Runs a statement that also fails the transaction when its rows cannot be read to the end.
    private static QueryResult watched(
            SqlSession session, Function<SqlSession, QueryResult> action) {
        return guarded(
                session,
                own -> {
                    QueryResult result = action.apply(own);
                    return own.transaction()
                            .<QueryResult>map(t -> new WatchedResult(result, t::fail, () -> {}))
                            .orElse(result);
                });
    }

    /// Runs a statement in the transaction that the session has now, or by itself if it has none. What
    /// begins or ends meanwhile does not matter: a statement of a transaction that ends under it fails
    /// with NO_ACTIVE_TRANSACTION. Whatever it throws fails the transaction.
    static <T> T guarded(SqlSession session, Function<SqlSession, T> action) {
        SqlSession own = session.statement();
        Optional<SessionTransaction> transaction = own.transaction();
        transaction.ifPresent(SessionTransaction::check);
        own.cancellation().ifPresent(Cancellation::check);
        try {
            return action.apply(own);
        } catch (RuntimeException | Error e) {
            transaction.ifPresent(SessionTransaction::fail);
            throw e;
        }
    }
}
