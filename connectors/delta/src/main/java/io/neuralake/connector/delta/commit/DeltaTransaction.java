package io.neuralake.connector.delta.commit;

import io.neuralake.connector.delta.log.AddFile;
import io.neuralake.connector.delta.log.FilePath;
import io.neuralake.connector.delta.log.LogAction;
import io.neuralake.connector.delta.log.TableState;
import io.neuralake.spi.catalog.QualifiedName;
import io.neuralake.spi.change.ChangeInfo;
import io.neuralake.spi.change.TableChange;
import io.neuralake.spi.change.TableTransaction;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;

/// Changes of one table that become one version. Optimistic: when another commit takes the version, the transaction checks that the
/// other is not in its way, and goes behind it.
final class DeltaTransaction implements TableTransaction {
    private static final int MAX_TRIES = 100;
    private static final long FIRST_PAUSE_NANOS = 1_000_000;
    private static final long LONGEST_PAUSE_NANOS = 100_000_000;

    private final TableAccess access;
    private final StagedChanges staged;
    private final String id = UUID.randomUUID().toString();
    private final List<Runnable> undo = new ArrayList<>();
    private final Set<String> written = new HashSet<>();
    private final RestoredFiles restored;
    private @Nullable DeltaChange open;
    private long committed = -1;
    private @Nullable TableState after;
    private boolean done;

    /// @param staged what to begin with
    DeltaTransaction(TableAccess access, StagedChanges staged) {
        this.access = access;
        this.staged = staged;
        this.restored = new RestoredFiles(access);
    }

    @Override
    public QualifiedName table() {
        return access.name();
    }

    @Override
    public TableChange change(ChangeInfo info) {
        return change(info, false);
    }

    @Override
    public TableChange onlyChange(ChangeInfo info) {
        return change(info, true);
    }

    private TableChange change(ChangeInfo info, boolean only) {
        checkOpen();
        if (open != null) {
            throw new IllegalStateException("A change is open already");
        }
        DeltaChange change = new DeltaChange(this, access, staged, info, only);
        open = change;
        return change;
    }

    /// Returns what statements have changed so far.
    StagedChanges staged() {
        return staged;
    }

    /// Takes a statement over.
    ///
    /// @param made the data files that it has written; what it adds may also be files that were there before, with
    ///     other deleted rows or of an older version
    /// @param undoing deletes what it has written
    void stage(StagedChanges.Statement statement, List<AddFile> made, List<Runnable> undoing) {
        staged.add(statement);
        undo.addAll(undoing);
        made.forEach(file -> written.add(file.path()));
    }

    /// Returns the files of older versions that statements have brought back.
    RestoredFiles restored() {
        return restored;
    }

    void closed(DeltaChange change) {
        if (open == change) {
            open = null;
        }
    }

    /// Returns what names the transaction.
    String id() {
        return id;
    }

    /// Has something done if the transaction does not happen.
    void whenUndone(Runnable action) {
        undo.add(action);
    }

    @Override
    public boolean identify(String application, long version) {
        checkOpen();
        Long last = staged.creating() ? null : staged.base().transactions().get(application);
        if (last != null && last >= version) {
            return false;
        }
        staged.identify(application, version);
        return true;
    }

    private void checkOpen() {
        if (done) {
            throw new IllegalStateException("The transaction is over");
        }
    }

    @Override
    public long commit() {
        checkOpen();
        if (open != null) {
            throw new IllegalStateException("A change is still open");
        }
        if (staged.isEmpty()) {
            done = true;
            return staged.base().version();
        }
        try {
            staged.feed(ChangeDataFiles.write(staged, access, undo));
        } catch (RuntimeException | Error e) {
            done = true;
            throw e;
        }
        Lock lock = access.log().committing();
        lock.lock();
        try {
            committed = run();
        } catch (NeuralakeException e) {
            if (e.code() == ErrorCode.COMMIT_UNKNOWN) {
                keepFiles();
            }
            done = true;
            if (e.code() == ErrorCode.FILE_NOT_FOUND && !staged.creating()) {
                throw dropped(e);
            }
            throw e;
        } catch (RuntimeException | Error e) {
            keepFiles();
            done = true;
            throw e;
        } finally {
            lock.unlock();
        }
        done = true;
        afterwards();
        return committed;
    }

    /// Undoes nothing: the commit may have happened, and the files be part of the table.
    private void keepFiles() {
        undo.clear();
    }

    private long run() {
        CommitWriter writer = new CommitWriter(staged, id);
        long checked = staged.base().version();
        for (int i = 0; i < MAX_TRIES; i++) {
            TableState newest = null;
            if (!staged.creating()) {
                newest = newest();
                check(checked, newest.version());
                checked = newest.version();
                if (staged.isEmpty()) {
                    return checked;
                }
                restored.checkPresent(checked);
            }
            CommitWriter.Commit commit = writer.write(newest, access.nowMillis());
            if (access.services()
                    .commits()
                    .write(access.log().folder(), commit.version(), commit.content(), id)) {
                published(commit);
                return commit.version();
            }
            if (staged.creating()) {
                throw new NeuralakeException(
                        staged.replaces() ? ErrorCode.TRANSACTION_CONFLICT : ErrorCode.TABLE_EXISTS,
                        "Another transaction was faster to make the table: " + access.name());
            }
            pause(i);
        }
        throw new NeuralakeException(
                ErrorCode.TRANSACTION_CONFLICT,
                "Other transactions were faster, " + MAX_TRIES + " times: " + access.name());
    }

    /// From here on the commit stands, whatever else fails.
    private void published(CommitWriter.Commit commit) {
        undo.clear();
        try {
            after = access.log().committed(commit.version(), commit.actions());
        } catch (RuntimeException e) {
            access.log().forget();
        }
    }

    private TableState newest() {
        TableState newest;
        try {
            newest = access.log().newest();
        } catch (NeuralakeException e) {
            if (e.code() == ErrorCode.FILE_NOT_FOUND) {
                throw dropped(e);
            }
            throw e;
        }
        TableState base = staged.base();
        if (newest.version() < base.version()
                || !newest.metadata().id().equals(base.metadata().id())) {
            throw new NeuralakeException(
                    ErrorCode.TRANSACTION_CONFLICT,
                    "The table was dropped and made anew: " + access.name());
        }
        return newest;
    }

    private NeuralakeException dropped(NeuralakeException cause) {
        return new NeuralakeException(
                ErrorCode.TRANSACTION_CONFLICT, "The table was dropped: " + access.name(), cause);
    }

    /// Checks commits that were made since.
    ///
    /// @param from the last version that was checked
    private void check(long from, long to) {
        for (long version = from + 1; version <= to; version++) {
            List<LogAction> winner = access.log().commit(version);
            Set<String> gone = new HashSet<>();
            for (LogAction action : winner) {
                if (action instanceof LogAction.RemoveFile file) {
                    gone.add(FilePath.decode(file.path()));
                }
            }
            if (!gone.isEmpty()) {
                delete(staged.dropGroups(gone));
            }
            staged.check().check(version, winner);
            restored.check(version, winner);
        }
    }

    private void delete(List<AddFile> files) {
        access.store()
                .delete(
                        files.stream()
                                .map(file -> FilePath.resolve(access.folder(), file.path()))
                                .toList());
    }

    /// Waits longer each time, and not as long as others: who waits the same time collides again.
    private static void pause(int tries) {
        long longest = Math.min(LONGEST_PAUSE_NANOS, FIRST_PAUSE_NANOS << Math.min(tries, 10));
        LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(longest) + 1);
        if (Thread.currentThread().isInterrupted()) {
            throw new NeuralakeException(ErrorCode.CANCELLED, "The commit was cancelled");
        }
    }

    /// Clears away what statements have written and later ones of the same transaction have taken out, and tells of the
    /// commit. The commit stands whatever fails here.
    private void afterwards() {
        for (AddFile file : staged.files().added()) {
            written.remove(file.path());
        }
        try {
            access.store()
                    .delete(
                            written.stream()
                                    .map(path -> FilePath.resolve(access.folder(), path))
                                    .toList());
            if (staged.creating()) {
                access.store().delete(List.of(TableCreation.marker(access, id)));
            }
            TableState now = after == null ? access.log().newest() : after;
            access.services().listener().committed(access.folder(), now);
        } catch (RuntimeException remains) {
            // What stays is cleared away by VACUUM, and a checkpoint comes with a later commit.
        }
    }

    @Override
    public void close() {
        DeltaChange change = open;
        if (change != null) {
            change.close();
        }
        done = true;
        for (Runnable action : undo.reversed()) {
            try {
                action.run();
            } catch (NeuralakeException remains) {
                // Nothing refers to it: VACUUM clears it away.
            }
        }
        undo.clear();
    }
}
