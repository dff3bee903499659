package io.neuralake.connector.delta.log;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.storage.ObjectStore;
import io.neuralake.storage.StoredEntry;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/// Follows the log of one table. Where nothing was committed that costs two look-ups of files; a
/// commit costs the reading of its file. Thread-safe; one thread at a time reads.
public final class TableLog {
    private static final int KEPT_VERSIONS = 8;
    private static final int KEPT_COMMITS = 64;

    /// Commits that cost less than a listing and a checkpoint.
    private static final int FOLLOWED_COMMITS = 4;

    private static final int KEPT_ACTIONS = 1000;

    private final ObjectStore store;
    private final String folder;
    private final LogReader reader;
    private final Map<Long, TableState> old = new LinkedHashMap<>(16, 0.75f, true);
    private final Map<Long, List<LogAction>> commits = new LinkedHashMap<>();
    private final ReentrantLock committing = new ReentrantLock(true);
    private @Nullable TableState state;
    private @Nullable StoredEntry lastCommit;

    /// Follows the log in a folder.
    ///
    /// @param folder the table's `_delta_log`
    public TableLog(ObjectStore store, String folder, LogReader reader) {
        this.store = store;
        this.folder = folder;
        this.reader = reader;
    }

    /// Returns the newest version. Throws as [LogReader#load].
    public synchronized TableState newest() {
        TableState known = state;
        if (known == null || replaced(known)) {
            return reload();
        }
        while (true) {
            Optional<StoredEntry> next = commitFile(known.version() + 1);
            if (next.isEmpty()) {
                return known;
            }
            List<LogAction> commit = commit(known.version() + 1);
            if (redefines(commit)) {
                return reload();
            }
            known = known.next(commit, next.get().modifiedMillis());
            state = known;
            lastCommit = next.get();
        }
    }

    /// What the kernel has to check before it is believed.
    private static boolean redefines(List<LogAction> commit) {
        for (LogAction action : commit) {
            if (action instanceof LogAction.SetProtocol
                    || action instanceof LogAction.SetMetadata) {
                return true;
            }
        }
        return false;
    }

    /// Returns the folder of the log.
    public String folder() {
        return folder;
    }

    /// Returns what a commit holds. Throws as [LogReader#commit].
    public synchronized List<LogAction> commit(long version) {
        List<LogAction> known = commits.get(version);
        return known != null ? known : keep(version, reader.commit(version));
    }

    private List<LogAction> keep(long version, List<LogAction> actions) {
        if (actions.size() <= KEPT_ACTIONS) {
            commits.put(version, actions);
            if (commits.size() > KEPT_COMMITS) {
                commits.remove(commits.keySet().iterator().next());
            }
        }
        return actions;
    }

    /// Returns the lock that this process holds while it commits, so that its own threads need not
    /// run races with each other.
    public Lock committing() {
        return committing;
    }

    /// Takes over a commit that this process has written, so that it need not be read.
    ///
    /// @return the version that it made; null if that has to be read
    public synchronized @Nullable TableState committed(long version, List<LogAction> actions) {
        TableState known = state;
        keep(version, actions);
        if (known == null || known.version() != version - 1) {
            // Who asks for the newest version reads it, or somebody has already.
            return null;
        }
        Optional<StoredEntry> file = commitFile(version);
        if (file.isEmpty() || redefines(actions)) {
            state = null;
            return null;
        }
        TableState next = known.next(actions, file.get().modifiedMillis());
        state = next;
        lastCommit = file.get();
        return next;
    }

    /// Forgets what was read.
    public synchronized void forget() {
        state = null;
        lastCommit = null;
        old.clear();
        commits.clear();
    }

    /// Tells whether the commit that was read last is another one now: the table was dropped and made
    /// anew.
    private boolean replaced(TableState known) {
        StoredEntry last = lastCommit;
        return last != null
                && !commitFile(known.version()).map(now -> now.equals(last)).orElse(false);
    }

    private TableState reload() {
        forget();
        TableState loaded = reader.load(null);
        lastCommit = commitFile(loaded.version()).orElse(null);
        state = loaded;
        return loaded;
    }

    private Optional<StoredEntry> commitFile(long version) {
        return store.entry(commitPath(folder, version));
    }

    /// Returns the path of a commit's file.
    public static String commitPath(String folder, long version) {
        return folder + "/" + "%020d".formatted(version) + ".json";
    }

    /// Returns what the commits up to a version say of themselves, the newest first, as far as the log
    /// still has them.
    public List<CommitSummary> history(TableState upTo) {
        return CommitSummary.all(store, folder, upTo);
    }

    /// Returns an older version. Throws as [LogReader#load].
    public TableState version(long version) {
        if (version < 0) {
            throw new NeuralakeException(
                    ErrorCode.INVALID_PARAMETER, "A version must not be negative: " + version);
        }
        TableState newest = newest();
        if (newest.version() == version) {
            return newest;
        }
        synchronized (this) {
            TableState known = old.get(version);
            if (known == null) {
                known = followed(version);
                if (known == null) {
                    known = reader.load(version);
                }
                old.put(version, known);
                if (old.size() > KEPT_VERSIONS) {
                    old.remove(old.keySet().iterator().next());
                }
            }
            return known;
        }
    }

    /// Makes an older version of one just before it that is known; null if there is none, or if that has to be read anew.
    private @Nullable TableState followed(long version) {
        TableState known = null;
        for (TableState before : old.values()) {
            if (before.version() < version
                    && version - before.version() <= FOLLOWED_COMMITS
                    && (known == null || before.version() > known.version())) {
                known = before;
            }
        }
        try {
            while (known != null && known.version() < version) {
                long next = known.version() + 1;
                Optional<StoredEntry> file = commitFile(next);
                List<LogAction> commit = file.isEmpty() ? null : commit(next);
                known =
                        commit == null || redefines(commit)
                                ? null
                                : known.next(commit, file.get().modifiedMillis());
            }
        } catch (NeuralakeException vanished) {
            return null; // what reads it anew tells better
        }
        return known;
    }

    /// Returns the version that was the newest at a time. Throws as [LogReader#versionAt].
    ///
    /// @param millis since 1970-01-01 UTC
    public TableState at(long millis) {
        TableState newest = newest();
        return newest.millis() <= millis ? newest : version(reader.versionAt(millis));
    }

    /// Returns where the log lies.
    public ObjectStore store() {
        return store;
    }

    /// Returns what reads the log anew, for what queries do not need.
    public LogReader reader() {
        return reader;
    }
}
