package io.neuralake.planner.write;

import io.neuralake.planner.Cancellation;
import io.neuralake.planner.SqlSession;
import io.neuralake.planner.catalog.StatementTables;
import io.neuralake.planner.sql.Statement.TableName;
import io.neuralake.spi.catalog.TableSnapshot;
import io.neuralake.spi.change.ChangeInfo;
import io.neuralake.spi.change.ChangeOperation;
import io.neuralake.spi.change.SupportsChanges;
import io.neuralake.spi.change.TableChange;
import io.neuralake.spi.change.TableTransaction;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/// Runs the change of one statement: in the session's transaction, or in one of its own, which is tried
/// again on newer versions of the table when others were faster.
final class ChangeRunner {
    private static final int ATTEMPTS = 12;
    private static final long FIRST_PAUSE_MILLIS = 8;
    private static final long LONGEST_PAUSE_MILLIS = 1000;

    private final Planning planning;
    private final Compactor compactor;

    ChangeRunner(Planning planning) {
        this.planning = planning;
        this.compactor = new Compactor(planning, this);
    }

    /// What a statement does with a table.
    interface Work {
        /// @param tables what the statement sees: its target as it was when the change began
        long apply(Target target, TableChange change, StatementTables tables);
    }

    long run(TableName name, ChangeInfo info, SqlSession session, Work work) {
        return run(name, info, session, work, _ -> true);
    }

    /// Runs a statement that may find that there is nothing to do.
    ///
    /// @param before asked for a transaction of its own before anything else; false if there is nothing
    ///     to do
    long run(
            TableName name,
            ChangeInfo info,
            SqlSession session,
            Work work,
            Predicate<TableTransaction> before) {
        return run(name, info, session, new Attempts(work, before, ATTEMPTS));
    }

    /// Runs work that cannot be done again.
    long runOnce(
            TableName name,
            ChangeInfo info,
            SqlSession session,
            Work work,
            Predicate<TableTransaction> before) {
        return run(name, info, session, new Attempts(work, before, 1));
    }

    /// Runs several statements as one transaction, again when others were faster.
    long together(SqlSession session, ToLongFunction<SqlSession> statements) {
        for (int attempt = 1; ; attempt++) {
            try (SqlSession own = session.sibling()) {
                own.begin();
                long count = statements.applyAsLong(own);
                session.committing(own::commit);
                return count;
            } catch (NeuralakeException e) {
                if (e.code() != ErrorCode.TRANSACTION_CONFLICT || attempt == ATTEMPTS) {
                    throw e;
                }
            }
            pause(attempt, session);
        }
    }

    private record Attempts(Work work, Predicate<TableTransaction> before, int most) {}

    private long run(TableName name, ChangeInfo info, SqlSession session, Attempts attempts) {
        for (int attempt = 1; ; attempt++) {
            SupportsChanges table = find(name, session);
            var transaction = session.transaction();
            if (transaction.isPresent()) {
                long count =
                        transaction
                                .get()
                                .change(
                                        table,
                                        info,
                                        session.allowsSeveralTables(),
                                        (found, change) ->
                                                apply(found, change, attempts.work(), session));
                // Who was told that it is cancelled must not find it in the transaction.
                session.cancellation().ifPresent(Cancellation::check);
                return count;
            }
            try {
                long count = commit(table, info, session, attempts);
                if (info.operation() != ChangeOperation.OPTIMIZE) {
                    compactor.afterChange(name, table, session);
                }
                return count;
            } catch (NeuralakeException e) {
                if (e.code() != ErrorCode.TRANSACTION_CONFLICT || attempt == attempts.most()) {
                    throw e;
                }
            }
            pause(attempt, session);
        }
    }

    private long commit(
            SupportsChanges table, ChangeInfo info, SqlSession session, Attempts attempts) {
        try (TableTransaction transaction = table.begin()) {
            if (!attempts.before().test(transaction)) {
                return 0;
            }
            long count;
            try (TableChange change = transaction.onlyChange(info)) {
                count = apply(table, change, attempts.work(), session);
                change.stage();
            }
            session.committing(transaction::commit);
            return count;
        }
    }

    /// Finds a table that can be changed, as it was when the session's transaction first saw it.
    SupportsChanges find(TableName name, SqlSession session) {
        StatementTables tables = new StatementTables(planning.catalogs());
        SupportsChanges found = Target.changeable(planning.table(name, tables, session), name);
        return session.transaction().map(t -> t.first(found)).orElse(found);
    }

    /// Returns what a statement sees that changes nothing.
    StatementTables tables(SqlSession session) {
        return session.tables(planning.catalogs());
    }

    private long apply(SupportsChanges table, TableChange change, Work work, SqlSession session) {
        TableSnapshot now = change.snapshot();
        Target target = new Target(table.name(), table.definition());
        StatementTables tables =
                new StatementTables(
                        planning.catalogs(),
                        found -> found.name().equals(table.name()) ? now : session.view(found));
        return work.apply(target, change, tables);
    }

    private static void pause(int attempt, SqlSession session) {
        long longest = Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << Math.min(attempt, 10));
        try {
            Thread.sleep(ThreadLocalRandom.current().nextLong(longest) + 1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NeuralakeException(ErrorCode.CANCELLED, "Statement was cancelled", e);
        }
        session.cancellation().ifPresent(Cancellation::check);
    }
}
