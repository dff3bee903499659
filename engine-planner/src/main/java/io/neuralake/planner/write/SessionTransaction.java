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

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/// What a session has done since BEGIN: one transaction of each table that it looked at. Tables that can
/// be changed are read as they were when they were first looked at, with what was staged since; what was
/// read of a table counts for its commit, whether it was read before or after the first change.
/// Thread-safe: statements take turns.
public final class SessionTransaction implements AutoCloseable {
    private static final String SETTING = "allow_non_atomic_commit";
    private static final ChangeInfo READING = new ChangeInfo(ChangeOperation.APPEND, Map.of(), "");

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<QualifiedName, Part> parts = new LinkedHashMap<>();
    private volatile boolean failed;
    private volatile boolean closed;

    /// A table of the transaction.
    private static final class Part {
        /// As it was when it was first looked at: that one can be changed.
        private final SupportsChanges first;

        /// Null for a table that this program cannot change, but read.
        private @Nullable TableTransaction transaction;

        private boolean changed;
        private @Nullable TableChange running;
        private @Nullable TableSnapshot seen;

        Part(SupportsChanges first) {
            this.first = first;
            this.transaction = begun(first);
        }

        private static @Nullable TableTransaction begun(SupportsChanges table) {
            try {
                return table.begin();
            } catch (NeuralakeException e) {
                if (e.code() != ErrorCode.UNSUPPORTED) {
                    throw e;
                }
                return null;
            }
        }

        /// Returns the transaction. Throws what forbids to change the table.
        TableTransaction writable() {
            TableTransaction begun = transaction;
            if (begun == null) {
                begun = first.begin();
                transaction = begun;
            }
            return begun;
        }

        /// Returns the table as statements read it now.
        TableSnapshot view() {
            TableChange open = running;
            if (open != null) {
                return open.snapshot();
            }
            TableSnapshot known = seen;
            TableTransaction begun = transaction;
            if (known == null && begun != null) {
                try (TableChange change = begun.change(READING)) {
                    known = change.snapshot();
                }
                seen = known;
            }
            return known == null ? first : known;
        }

        void close() {
            TableTransaction begun = transaction;
            if (begun != null) {
                begun.close();
            }
        }
    }

    /// Work with the change of one statement.
    interface Step {
        long run(SupportsChanges table, TableChange change);
    }

    /// Notes that a statement failed: only ROLLBACK helps. Waits for no other statement.
    public void fail() {
        if (!closed) {
            failed = true;
        }
    }

    /// Throws FAILED_TRANSACTION after a statement has failed, and NO_ACTIVE_TRANSACTION when the
    /// transaction is over. Waits for no statement.
    public void check() {
        if (failed) {
            throw new NeuralakeException(
                    ErrorCode.FAILED_TRANSACTION,
                    "The transaction has failed; statements are ignored until ROLLBACK");
        }
        if (closed) {
            throw new NeuralakeException(
                    ErrorCode.NO_ACTIVE_TRANSACTION, "The transaction is over");
        }
    }

    /// Tells whether the transaction was committed or undone. Waits for no statement.
    public boolean isOver() {
        return closed;
    }

    /// Returns a table as the transaction sees it. Throws as [#check].
    public TableSnapshot view(TableSnapshot found) {
        if (!(found instanceof SupportsChanges table)) {
            return found;
        }
        lock.lock();
        try {
            check();
            return part(table).view();
        } finally {
            lock.unlock();
        }
    }

    private Part part(SupportsChanges found) {
        return parts.computeIfAbsent(found.name(), _ -> new Part(found));
    }

    /// Returns a table as the transaction first saw it: that one can be changed. Throws as [#check].
    SupportsChanges first(SupportsChanges found) {
        lock.lock();
        try {
            check();
            Part known = parts.get(found.name());
            return known == null ? found : known.first;
        } finally {
            lock.unlock();
        }
    }

    /// Runs a statement and stages what it changes. If it fails, what others staged stays. Throws as
    /// [#check].
    ///
    /// @param several whether more than one table may be changed
    long change(SupportsChanges found, ChangeInfo info, boolean several, Step step) {
        lock.lock();
        try {
            check();
            Part part = part(found);
            if (!part.changed && changed().findAny().isPresent() && !several) {
                throw severalTables(found.name());
            }
            try (TableChange change = part.writable().change(info)) {
                part.running = change;
                long count = step.run(part.first, change);
                change.stage();
                part.changed = true;
                return count;
            } finally {
                part.running = null;
                part.seen = null;
            }
        } finally {
            lock.unlock();
        }
    }

    private Stream<Part> changed() {
        return parts.values().stream().filter(part -> part.changed);
    }

    /// Runs what cannot be undone. A transaction that has changed something refuses it; one that has not
    /// goes on as if it began behind it.
    public void aside(Runnable action) {
        lock.lock();
        try {
            check();
            if (changed().findAny().isPresent()) {
                throw new NeuralakeException(
                        ErrorCode.UNSUPPORTED,
                        "Tables cannot be made, altered, dropped or maintained in a transaction"
                                + " that has changed rows; COMMIT or ROLLBACK before");
            }
            try {
                action.run();
            } finally {
                closeParts();
            }
        } finally {
            lock.unlock();
        }
    }

    private void closeParts() {
        parts.values().forEach(Part::close);
        parts.clear();
    }

    private NeuralakeException severalTables(QualifiedName other) {
        List<String> names = new ArrayList<>();
        changed().forEach(part -> names.add(part.first.name().table()));
        if (!names.contains(other.table())) {
            names.add(other.table());
        }
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
            if (failed) {
                throw new NeuralakeException(
                        ErrorCode.FAILED_TRANSACTION,
                        "The transaction had failed: it is undone, nothing was committed");
            }
            check();
            List<Part> changed = changed().toList();
            if (changed.size() > 1 && !several) {
                throw severalTables(changed.getFirst().first.name());
            }
            List<String> done = new ArrayList<>();
            for (Part part : changed) {
                try {
                    part.writable().commit();
                    done.add(part.first.name().table());
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
            closeParts();
        } finally {
            lock.unlock();
        }
    }
}
