package io.neuralake.connector.delta.commit;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.storage.FolderListing;
import io.neuralake.storage.LocalStore;
import io.neuralake.storage.ObjectStore;
import io.neuralake.storage.StoredEntry;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Queue;

/// A local store whose commits fail as a test says, one fault after the other, and which counts listings.
final class FailingStore implements ObjectStore {
    /// What goes wrong with a commit.
    enum Fault {
        /// Nothing.
        NONE,
        /// It fails, and nothing is written.
        BEFORE,
        /// It is written, and the answer is lost.
        AFTER,
        /// It is written, and what tries again by itself finds a file.
        AFTER_AS_EXISTING,
        /// It is written, and what is done next is refused.
        AFTER_AS_REFUSED,
        /// It is written, and the store breaks in a way of its own.
        AFTER_AS_BROKEN,
        /// There is no room, and nothing is written.
        FULL,
        /// Somebody drops the table just before.
        DROP,
        /// Somebody drops the table just before, and the store takes files without a folder.
        DROP_FOLDERLESS,
        /// The same, and somebody makes another table in its place.
        REPLACE_FOLDERLESS,
        /// The process dies: all that it does from now on fails.
        DEATH
    }

    private final ObjectStore store = new LocalStore();
    private final Queue<Fault> faults = new ArrayDeque<>();
    private boolean unreadable;
    private boolean dead;
    private int listings;

    FailingStore fail(Fault... next) {
        faults.addAll(Arrays.asList(next));
        return this;
    }

    /// Makes reading fail.
    FailingStore unreadable(boolean now) {
        unreadable = now;
        return this;
    }

    int listings() {
        return listings;
    }

    private static NeuralakeException failure() {
        return new NeuralakeException(ErrorCode.STORAGE_ERROR, "no answer");
    }

    private void live() {
        if (dead) {
            throw failure();
        }
    }

    @Override
    public InputStream open(StoredEntry file, long offset, long bytes) {
        return store.open(file, offset, bytes);
    }

    @Override
    public boolean putIfAbsent(String path, byte[] content) {
        live();
        Fault fault = faults.isEmpty() ? Fault.NONE : faults.remove();
        return switch (fault) {
            case NONE -> store.putIfAbsent(path, content);
            case BEFORE -> throw failure();
            case AFTER -> {
                store.putIfAbsent(path, content);
                throw failure();
            }
            case AFTER_AS_EXISTING -> {
                store.putIfAbsent(path, content);
                yield false;
            }
            case AFTER_AS_REFUSED -> {
                store.putIfAbsent(path, content);
                throw new NeuralakeException(ErrorCode.PERMISSION_DENIED, "no credentials");
            }
            case AFTER_AS_BROKEN -> {
                store.putIfAbsent(path, content);
                throw new IllegalStateException("pool is closed");
            }
            case FULL -> throw new NeuralakeException(ErrorCode.DISK_FULL, "no room");
            case DROP -> {
                String log = path.substring(0, path.lastIndexOf('/'));
                store.deleteFolder(log.substring(0, log.lastIndexOf('/')));
                yield store.putIfAbsent(path, content);
            }
            case DROP_FOLDERLESS -> {
                String log = path.substring(0, path.lastIndexOf('/'));
                store.deleteFolder(log.substring(0, log.lastIndexOf('/')));
                store.put(path, content);
                yield true;
            }
            case REPLACE_FOLDERLESS -> {
                String log = path.substring(0, path.lastIndexOf('/'));
                store.deleteFolder(log.substring(0, log.lastIndexOf('/')));
                store.put(log + "/00000000000000000000.json", new byte[0]);
                store.put(path, content);
                yield true;
            }
            case DEATH -> {
                dead = true;
                throw failure();
            }
        };
    }

    @Override
    public FolderListing list(String folder) {
        listings++;
        return store.list(folder);
    }

    @Override
    public List<StoredEntry> children(String folder, String first) {
        listings++;
        return store.children(folder, first);
    }

    @Override
    public Optional<Object> stamp(String folder) {
        return store.stamp(folder);
    }

    @Override
    public Optional<StoredEntry> entry(String path) {
        return store.entry(path);
    }

    @Override
    public byte[] read(String path) {
        live();
        if (unreadable) {
            throw failure();
        }
        return store.read(path);
    }

    @Override
    public byte[] read(String path, long offset, long bytes) {
        live();
        return store.read(path, offset, bytes);
    }

    @Override
    public void put(String path, byte[] content) {
        live();
        store.put(path, content);
    }

    @Override
    public void upload(Path localFile, String path) {
        live();
        store.upload(localFile, path);
    }

    @Override
    public void delete(Collection<String> paths) {
        live();
        store.delete(paths);
    }

    @Override
    public List<StoredEntry> allFiles(String folder) {
        listings++;
        return store.allFiles(folder);
    }

    @Override
    public boolean deleteFolder(String folder) {
        live();
        return store.deleteFolder(folder);
    }
}
