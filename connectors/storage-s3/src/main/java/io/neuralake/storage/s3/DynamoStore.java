package io.neuralake.storage.s3;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.storage.FolderListing;
import io.neuralake.storage.ObjectStore;
import io.neuralake.storage.StoredEntry;

import org.jspecify.annotations.Nullable;

import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Commits that a table in DynamoDB arbitrates, by the protocol of Spark's `S3DynamoDBLogStore`, so that both
/// can write to the same Delta tables. All else goes to the store of objects as it is.
///
/// A commit is written in four steps: its content to a temporary file; an entry in DynamoDB that points to it,
/// which only the first writer of a version can add, and with which the commit has happened; a copy to its own
/// place; a note in the entry that all is done. Whoever finds an entry without that note, before it lists a log
/// or writes the next version, makes up for the last two.
public final class DynamoStore implements ObjectStore, AutoCloseable {
    private static final Logger LOG = System.getLogger(DynamoStore.class.getName());

    private final ObjectStore store;
    private final LogEntries entries;
    private final CommitChoice choice;
    private final String pathScheme;

    DynamoStore(ObjectStore store, LogEntries entries, CommitChoice choice, String pathScheme) {
        this.store = store;
        this.entries = entries;
        this.choice = choice;
        this.pathScheme = pathScheme;
    }

    /// Takes ownership of the store.
    static DynamoStore open(S3Store store, S3Settings settings) {
        return new DynamoStore(
                store,
                new LogEntries(
                        S3Clients.dynamo(settings),
                        settings.dynamo().table(),
                        InstantSource.system()),
                settings.commits(),
                settings.dynamo().pathScheme());
    }

    CommitMode mode(String folder) {
        return choice.of(S3Path.of(folder));
    }

    /// Makes sure that DynamoDB arbitrates: of two entries of one name it must refuse the second.
    void check(String folder) {
        String path = tablePath(S3Path.of(folder)) + "/.tmp-neuralake-check-" + UUID.randomUUID();
        String name = "%020d.json".formatted(0);
        try {
            boolean first = entries.add(new LogEntry(path, name, "first", false));
            boolean second = entries.add(new LogEntry(path, name, "second", false));
            if (!first || second) {
                throw new NeuralakeException(
                        ErrorCode.UNSUPPORTED, "DynamoDB does not tell writers apart");
            }
        } finally {
            entries.deleteAll(path);
        }
    }

    void checkConditionalPut(String folder) {
        if (store instanceof S3Store s3) {
            s3.checkConditionalPut(folder);
        }
    }

    /// Returns the name that all writers have for a table.
    private String tablePath(S3Path table) {
        return new S3Path(pathScheme, table.bucket(), table.key()).toString();
    }

    /// Returns the commit whose file a path is, if DynamoDB arbitrates it; else null.
    private @Nullable CommitPath commit(String path) {
        CommitPath commit = CommitPath.of(S3Path.of(path));
        return commit != null && isOurs(commit.table()) ? commit : null;
    }

    private boolean isOurs(S3Path table) {
        return choice.of(table) == CommitMode.DYNAMODB;
    }

    @Override
    public boolean putIfAbsent(String path, byte[] content) {
        CommitPath commit = commit(path);
        if (commit == null) {
            return isInLog(path) ? putOther(path, content) : store.putIfAbsent(path, content);
        }
        if (store.entry(path).isPresent()) {
            return Arrays.equals(store.read(path), content);
        }
        checkPrevious(commit);
        String temporary = ".tmp/" + commit.fileName() + "." + UUID.randomUUID();
        store.put(commit.inLog(temporary), content);
        LogEntry entry =
                new LogEntry(tablePath(commit.table()), commit.fileName(), temporary, false);
        if (!entries.add(entry)) {
            store.delete(List.of(commit.inLog(temporary)));
            repairIfIncomplete(commit); // so that the loser can read what it lost against
            return false;
        }
        // It has happened. What is left others would do as well.
        try {
            repair(commit, entry);
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "A commit is left for the next reader to complete: " + path, e);
        }
        return true;
    }

    /// Tells whether a path is of the log of a table whose commits DynamoDB arbitrates.
    private boolean isInLog(String path) {
        S3Path table = CommitPath.tableOfLog(S3Path.of(path.substring(0, path.lastIndexOf('/'))));
        return table != null && isOurs(table);
    }

    /// Writes what a log has beside commits, such as checkpoints. The store need not have conditional writes: whoever writes
    /// the same at the same time writes what says the same, and the last one stays.
    private boolean putOther(String path, byte[] content) {
        if (store.entry(path).isPresent()) {
            return Arrays.equals(store.read(path), content);
        }
        store.put(path, content);
        return true;
    }

    /// Makes sure that the version before is there, whole.
    private void checkPrevious(CommitPath commit) {
        if (commit.version() == 0) {
            boolean forgotten =
                    entries.find(tablePath(commit.table()), commit.fileName())
                            .filter(LogEntry::complete)
                            .isPresent();
            if (forgotten) {
                throw new NeuralakeException(
                        ErrorCode.STORAGE_ERROR,
                        "DynamoDB has entries of an earlier table at this place: "
                                + commit.table()
                                + "; delete them to make a new one");
            }
            return;
        }
        CommitPath previous = commit.previous();
        Optional<LogEntry> entry = entries.find(tablePath(previous.table()), previous.fileName());
        if (entry.isPresent() && !entry.get().complete()) {
            repair(previous, entry.get());
        } else if (store.entry(previous.file()).isEmpty()) {
            throw new NeuralakeException(
                    ErrorCode.STORAGE_ERROR,
                    "The version before is not in the log: " + previous.file());
        }
    }

    /// Brings the content of a commit to its place and notes that. Any number of processes may do so at the same
    /// time, since all write the same.
    private void repair(CommitPath commit, LogEntry entry) {
        if (store.entry(commit.file()).isEmpty()) {
            byte[] content;
            try {
                content = store.read(commit.inLog(entry.tempPath()));
            } catch (NeuralakeException e) {
                if (e.code() == ErrorCode.FILE_NOT_FOUND
                        && store.entry(commit.file()).isPresent()) {
                    return; // somebody was faster, and has cleaned up
                }
                throw e;
            }
            store.put(commit.file(), content);
        }
        entries.complete(entry);
    }

    /// Repairs the newest commit of a table, which is the only one that can need it.
    private void repairNewest(S3Path table) {
        Optional<LogEntry> newest = entries.newest(tablePath(table));
        if (newest.isPresent() && !newest.get().complete()) {
            LogEntry entry = newest.get();
            S3Path path =
                    new S3Path(
                            table.scheme(),
                            table.bucket(),
                            table.prefix() + CommitPath.LOG + "/" + entry.fileName());
            CommitPath commit = CommitPath.of(path);
            if (commit == null) {
                throw new NeuralakeException(
                        ErrorCode.STORAGE_ERROR,
                        "DynamoDB has an entry that is no commit: " + entry.fileName());
            }
            repair(commit, entry);
        }
    }

    private void repairBeforeListing(String folder) {
        S3Path table = CommitPath.tableOfLog(S3Path.of(folder));
        if (table != null && isOurs(table)) {
            repairNewest(table);
        }
    }

    @Override
    public FolderListing list(String folder) {
        repairBeforeListing(folder);
        return store.list(folder);
    }

    @Override
    public List<StoredEntry> children(String folder, String first) {
        repairBeforeListing(folder);
        return store.children(folder, first);
    }

    @Override
    public List<StoredEntry> allFiles(String folder) {
        repairBeforeListing(folder);
        return store.allFiles(folder);
    }

    @Override
    public Optional<Object> stamp(String folder) {
        return store.stamp(folder);
    }

    @Override
    public Optional<StoredEntry> entry(String path) {
        Optional<StoredEntry> found = store.entry(path);
        CommitPath commit = found.isPresent() ? null : commit(path);
        if (commit == null) {
            return found;
        }
        return repairIfIncomplete(commit) ? store.entry(path) : found;
    }

    private boolean repairIfIncomplete(CommitPath commit) {
        Optional<LogEntry> entry = entries.find(tablePath(commit.table()), commit.fileName());
        if (entry.isEmpty() || entry.get().complete()) {
            return false;
        }
        repair(commit, entry.get());
        return true;
    }

    @Override
    public byte[] read(String path) {
        try {
            return store.read(path);
        } catch (NeuralakeException e) {
            CommitPath commit = e.code() == ErrorCode.FILE_NOT_FOUND ? commit(path) : null;
            if (commit == null || !repairIfIncomplete(commit)) {
                throw e;
            }
            return store.read(path);
        }
    }

    @Override
    public byte[] read(String path, long offset, long bytes) {
        return store.read(path, offset, bytes);
    }

    @Override
    public InputStream open(StoredEntry file, long offset, long bytes) {
        return store.open(file, offset, bytes);
    }

    @Override
    public void put(String path, byte[] content) {
        store.put(path, content);
    }

    @Override
    public void upload(Path localFile, String path) {
        store.upload(localFile, path);
    }

    @Override
    public void delete(Collection<String> paths) {
        store.delete(paths);
    }

    /// Forgets the commits of a table that is deleted, so that another can be made in its place.
    @Override
    public boolean deleteFolder(String folder) {
        boolean found = store.deleteFolder(folder);
        S3Path table = S3Path.of(folder);
        if (isOurs(table)) {
            entries.deleteAll(tablePath(table));
        }
        return found;
    }

    @Override
    public void close() {
        entries.close();
        if (store instanceof S3Store s3) {
            s3.close();
        }
    }
}
