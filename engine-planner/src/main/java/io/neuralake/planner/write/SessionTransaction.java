package io.neuralake.planner.write;

import io.neuralake.spi.catalog.QualifiedName;
import io.neuralake.spi.catalog.TableSnapshot;
import io.neuralake.spi.change.ChangeInfo;
import io.neuralake.spi.change.ChangeOperation;
import io.neuralake.spi.change.SupportsChanges;
import io.neuralake.spi.change.TableChange;
import io.neuralake.spi.change.TableTransaction;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/// What a session has done since BEGIN: one transaction of each table that it changed. Tables that can
/// be changed are read as they were when they were first looked at, with what was staged since.
/// Thread-safe: statements take turns.
public final class SessionTransaction implements AutoCloseable {
    private static final String SETTING = "allow_non_atomic_commit";

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<QualifiedName, TableTransaction> open = new LinkedHashMap<>();
    private final Map<QualifiedName, TableSnapshot> seen = new HashMap<>();
    private boolean failed;
    private boolean closed;

    /// Work with the change of one statement.
    interface Step {
        long run(SupportsChanges table, TableChange change);
    }

    /// Notes that a statement failed: only ROLLBACK helps.
    public void fail() {
        lock.lock();
        try {
            failed = true;
        } finally {
            lock.unlock();
        }
    }

    /// Throws FAILED_TRANSACTION after a statement has failed.
    public void check() {
        lock.lock();
        try {
            if (failed) {
                throw new NeuralakeException(
                        ErrorCode.FAILED_TRANSACTION,
                        "The transaction has failed; statements are ignored until ROLLBACK");
            }
            if (closed) {
                throw new NeuralakeException(
                        ErrorCode.NO_ACTIVE_TRANSACTION, "The transaction is over");
            }
        } finally {
            lock.unlock();
        }
    }

    /// Returns a table as the transaction sees it.
    public TableSnapshot view(TableSnapshot found) {
        if (!(found instanceof SupportsChanges)) {
            return found;
        }
        lock.lock();
        try {
            TableTransaction transaction = open.get(found.name());
            if (transaction == null) {
                TableSnapshot first = seen.putIfAbsent(found.name(), found);
                return first == null ? found : first;
            }
            ChangeInfo reading = new ChangeInfo(ChangeOperation.APPEND, Map.of(), "");
            try (TableChange change = transaction.change(reading)) {
                return change.snapshot();
            }
        } finally {
            lock.unlock();
        }
    }

    /// Returns a table as the transaction first saw it: that one can be changed.
    SupportsChanges first(SupportsChanges found) {
        lock.lock();
        try {
            return seen.get(found.name()) instanceof SupportsChanges first ? first : found;
        } finally {
            lock.unlock();
        }
    }

    /// Runs a statement and stages what it changes. If it fails, what others staged stays.
    ///
    /// @param several whether more than one table may be changed
    long change(SupportsChanges found, ChangeInfo info, boolean several, Step step) {
        lock.lock();
        try {
            check();
            QualifiedName name = found.name();
            TableTransaction transaction = open.get(name);
            if (transaction == null) {
                if (!open.isEmpty() && !several) {
                    throw severalTables(name);
                }
                transaction = first(found).begin();
                seen.putIfAbsent(name, found);
                open.put(name, transaction);
            }
            try (TableChange change = transaction.change(info)) {
                long count = step.run(first(found), change);
                change.stage();
                return count;
            }
        } finally {
            lock.unlock();
        }
    }

    /// Runs what cannot be undone. A transaction that has changed something refuses it; one that has not
    /// goes on as if it began behind it.
    public void aside(Runnable action) {
        lock.lock();
        try {
            check();
            if (!open.isEmpty()) {
                throw new NeuralakeException(
                        ErrorCode.UNSUPPORTED,
                        "Tables cannot be made, altered, dropped or maintained in a transaction"
                                + " that has changed rows; COMMIT or ROLLBACK before");
            }
            try {
                action.run();
            } finally {
                seen.clear();
            }
        } finally {
            lock.unlock();
        }
    }

    private NeuralakeException severalTables(QualifiedName other) {
        List<String> names = new ArrayList<>();
        open.keySet().forEach(name -> names.add(name.table()));
        names.add(other.table());
        return new NeuralakeException(
                ErrorCode.UNSUPPORTED,
                "Several tables cannot be committed as one: "
                        + String.join(", ", names)
                        + "; SET "
                        + SETTING
                        + " = true commits one after the other");
    }

    /// Commits all tables, one after the other. Throws FAILED_TRANSACTION when a statement has failed,
    /// UNSUPPORTED for several tables; then, and when a commit fails, the rest is undone.
    ///
    /// @param several whether more than one table may be committed
    public void commit(boolean several) {
        lock.lock();
        try (this) {
            check();
            if (open.size() > 1 && !several) {
                throw severalTables(open.keySet().iterator().next());
            }
            List<String> done = new ArrayList<>();
            for (Map.Entry<QualifiedName, TableTransaction> entry : open.entrySet()) {
                try {
                    entry.getValue().commit();
                    done.add(entry.getKey().table());
                } catch (NeuralakeException e) {
                    throw done.isEmpty()
                            ? e
                            : new NeuralakeException(
                                    e.code(),
                                    e.getMessage()
                                            + "; committed before: "
                                            + String.join(", ", done),
                                    e);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /// Undoes what was not committed; idempotent.
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            open.values().forEach(TableTransaction::close);
            open.clear();
        } finally {
            lock.unlock();
        }
    }
}
