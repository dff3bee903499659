package io.neuralake.connector.delta.commit;

import io.neuralake.connector.delta.log.TableLog;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.storage.ObjectStore;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.List;

/// Commits by a store that writes a file only if there is none of its path. When an answer is lost, the file itself tells whose
/// it is. Stores without folders take a commit to a table that was dropped a moment ago as well: the version before tells, and the
/// commit is taken back.
public final class StoreCommitLog implements CommitLog {
    private static final int MAX_TRIES = 3;

    private final ObjectStore store;

    /// Commits to tables in a store.
    public StoreCommitLog(ObjectStore store) {
        this.store = store;
    }

    private enum Found {
        OURS,
        ANOTHER,
        NOTHING
    }

    @Override
    public boolean write(String logFolder, long version, byte[] actions, String commitId) {
        String path = TableLog.commitPath(logFolder, version);
        boolean ours = write(path, actions, commitId);
        if (ours && version > 0 && isDropped(logFolder, version, path)) {
            takeBack(path);
            throw new NeuralakeException(
                    ErrorCode.FILE_NOT_FOUND, "No log to commit to: " + logFolder);
        }
        return ours;
    }

    private boolean write(String path, byte[] actions, String commitId) {
        RuntimeException failure = null;
        for (int i = 0; i < MAX_TRIES; i++) {
            try {
                // Another's file may be ours after all: a store that tries again by itself runs
                // into what it has written.
                if (store.putIfAbsent(path, actions)) {
                    return true;
                }
            } catch (RuntimeException e) {
                failure = e;
            }
            Found found = find(path, commitId, failure);
            if (found != Found.NOTHING) {
                return found == Found.OURS;
            }
            // A refusal is one, as nothing is there. Whatever else failed may still be under way.
            if (i == 0
                    && failure instanceof NeuralakeException refused
                    && refused.code() != ErrorCode.STORAGE_ERROR) {
                throw refused;
            }
        }
        throw unknown(path, failure);
    }

    /// Tells whether the version before a commit is gone, and was not cleared away behind a checkpoint of it or of a later one: then the
    /// table was dropped, perhaps another made in its place. Whoever drops a table looks for late commits after all others are deleted, so that
    /// one of both notices. When the store does not answer, the commit stands.
    private boolean isDropped(String logFolder, long version, String path) {
        try {
            String before = TableLog.commitPath(logFolder, version - 1);
            String first = before.substring(logFolder.length() + 1, before.lastIndexOf('.'));
            return store.entry(before).isEmpty()
                    && store.children(logFolder, first).stream()
                            .noneMatch(
                                    file ->
                                            Character.isDigit(file.name().charAt(0))
                                                    && !file.path().equals(path));
        } catch (RuntimeException unknown) {
            return false;
        }
    }

    private void takeBack(String path) {
        try {
            store.delete(List.of(path));
        } catch (RuntimeException e) {
            throw unknown(path, e);
        }
    }

    private Found find(String path, String commitId, @Nullable RuntimeException failure) {
        try {
            String text = new String(store.read(path), StandardCharsets.UTF_8);
            return text.contains(commitId) ? Found.OURS : Found.ANOTHER;
        } catch (NeuralakeException e) {
            if (e.code() == ErrorCode.FILE_NOT_FOUND) {
                return Found.NOTHING;
            }
            if (failure != null) {
                e.addSuppressed(failure);
            }
            throw unknown(path, e);
        }
    }

    private static NeuralakeException unknown(String path, @Nullable RuntimeException cause) {
        return new NeuralakeException(
                ErrorCode.COMMIT_UNKNOWN,
                "It is not known whether the transaction was committed, as the storage did not"
                        + " answer: "
                        + path,
                cause);
    }
}
