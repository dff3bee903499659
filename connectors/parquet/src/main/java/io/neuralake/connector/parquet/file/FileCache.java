package io.neuralake.connector.parquet.file;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.LinkedHashMap;
import java.util.Map;

/// Keeps footers and mappings of files, by path, size and time of change; the least recently used go
/// first. Thread-safe.
public final class FileCache {
    private static final int MAX_FOOTERS = 20_000;
    private static final int MAX_MAPPINGS = 64;

    private record Entry<V>(FileId id, V value) {}

    private final Map<String, Entry<Footer>> footers = new LinkedHashMap<>(64, 0.75f, true);
    private final Map<String, Entry<MappedFile>> mappings = new LinkedHashMap<>(64, 0.75f, true);

    /// Returns a file's footer, read at most once per version.
    public Footer footer(FileId id) {
        Footer known = find(footers, id);
        if (known != null) {
            return known;
        }
        Footer footer;
        try (DataFile file = file(id)) {
            footer = Footer.read(file, id);
        }
        synchronized (this) {
            footers.put(id.path(), new Entry<>(id, footer));
            if (footers.size() > MAX_FOOTERS) {
                footers.remove(footers.keySet().iterator().next());
            }
        }
        return footer;
    }

    /// Opens a file, or shares its open mapping. The caller closes it. Throws STORAGE_ERROR when the
    /// file is no longer the version that `id` names.
    public synchronized DataFile file(FileId id) {
        MappedFile known = find(mappings, id);
        checkUnchanged(id, known != null);
        if (known == null) {
            known = MappedFile.open(Path.of(id.path()));
            Entry<MappedFile> old = mappings.put(id.path(), new Entry<>(id, known));
            if (old != null) {
                old.value.close();
            }
            if (mappings.size() > MAX_MAPPINGS) {
                String eldest = mappings.keySet().iterator().next();
                Entry<MappedFile> evicted = mappings.remove(eldest);
                if (evicted != null) {
                    evicted.value.close();
                }
            }
        }
        return known.share();
    }

    private synchronized <V> @Nullable V find(Map<String, Entry<V>> from, FileId id) {
        Entry<V> entry = from.get(id.path());
        return entry != null && entry.id.equals(id) ? entry.value : null;
    }

    /// A file that was changed in place must not be read through its mapping: pages behind a new end
    /// are gone. One that was removed stays readable while it is mapped.
    private static void checkUnchanged(FileId id, boolean mapped) {
        BasicFileAttributes now;
        try {
            now = Files.readAttributes(Path.of(id.path()), BasicFileAttributes.class);
        } catch (NoSuchFileException e) {
            if (mapped) {
                return;
            }
            throw new NeuralakeException(
                    ErrorCode.FILE_NOT_FOUND, "File not found: " + id.path(), e);
        } catch (IOException e) {
            throw new NeuralakeException(
                    ErrorCode.STORAGE_ERROR, "File cannot be read: " + id.path() + ": " + e, e);
        }
        if (now.size() != id.size() || now.lastModifiedTime().toMillis() != id.modifiedMillis()) {
            throw new NeuralakeException(
                    ErrorCode.STORAGE_ERROR,
                    "File changed while the query ran: " + id.path() + "; run the query again");
        }
    }
}
