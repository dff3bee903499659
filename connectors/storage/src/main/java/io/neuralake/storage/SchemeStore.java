package io.neuralake.storage;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Supplier;

/// Stores side by side, told apart by the scheme of a path. Each is opened when a path of its scheme is
/// first met, so that what it needs is neither loaded nor asked for before.
public final class SchemeStore implements ObjectStore, AutoCloseable {
    private final ObjectStore local;
    private final Map<String, Supplier<? extends ObjectStore>> remote;
    private final Map<Supplier<? extends ObjectStore>, ObjectStore> opened = new HashMap<>();

    /// @param local where paths without scheme lie, and those of `file`
    /// @param remote opens the store of a scheme; one supplier is called once, even where it serves
    ///     several schemes
    public SchemeStore(ObjectStore local, Map<String, Supplier<? extends ObjectStore>> remote) {
        this.local = local;
        this.remote = Map.copyOf(remote);
    }

    /// Returns the store of a path. Throws INVALID_PARAMETER for a scheme that none has.
    public ObjectStore of(String path) {
        String scheme = StoragePath.scheme(path);
        if (scheme.equals("file")) {
            return local;
        }
        Supplier<? extends ObjectStore> supplier = remote.get(scheme);
        if (supplier == null) {
            throw new NeuralakeException(
                    ErrorCode.INVALID_PARAMETER,
                    "No store of this scheme: "
                            + scheme
                            + "://; there are "
                            + String.join(", ", new TreeSet<>(remote.keySet())));
        }
        synchronized (opened) {
            ObjectStore store = opened.get(supplier);
            if (store == null) {
                store = supplier.get();
                opened.put(supplier, store);
            }
            return store;
        }
    }

    @Override
    public FolderListing list(String folder) {
        return of(folder).list(folder);
    }

    @Override
    public Optional<Object> stamp(String folder) {
        return of(folder).stamp(folder);
    }

    @Override
    public List<StoredEntry> children(String folder, String first) {
        return of(folder).children(folder, first);
    }

    @Override
    public Optional<StoredEntry> entry(String path) {
        return of(path).entry(path);
    }

    @Override
    public byte[] read(String path) {
        return of(path).read(path);
    }

    @Override
    public byte[] read(String path, long offset, long bytes) {
        return of(path).read(path, offset, bytes);
    }

    @Override
    public InputStream open(StoredEntry file, long offset, long bytes) {
        return of(file.path()).open(file, offset, bytes);
    }

    @Override
    public boolean putIfAbsent(String path, byte[] content) {
        return of(path).putIfAbsent(path, content);
    }

    @Override
    public void put(String path, byte[] content) {
        of(path).put(path, content);
    }

    @Override
    public void upload(Path localFile, String path) {
        of(path).upload(localFile, path);
    }

    @Override
    public void delete(Collection<String> paths) {
        Map<ObjectStore, List<String>> byStore = new LinkedHashMap<>();
        for (String path : paths) {
            byStore.computeIfAbsent(of(path), _ -> new ArrayList<>()).add(path);
        }
        byStore.forEach(ObjectStore::delete);
    }

    @Override
    public List<StoredEntry> allFiles(String folder) {
        return of(folder).allFiles(folder);
    }

    @Override
    public boolean deleteFolder(String folder) {
        return of(folder).deleteFolder(folder);
    }

    /// Closes the stores that were opened and can be closed.
    @Override
    public void close() {
        synchronized (opened) {
            for (ObjectStore store : opened.values()) {
                if (store instanceof AutoCloseable closeable) {
                    close(closeable);
                }
            }
            opened.clear();
        }
    }

    private static void close(AutoCloseable store) {
        try {
            store.close();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("Store cannot be closed", e);
        }
    }
}
