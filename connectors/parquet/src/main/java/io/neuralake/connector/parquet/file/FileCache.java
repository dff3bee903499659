package io.neuralake.connector.parquet.file;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.storage.ParallelTasks;
import io.neuralake.storage.StoragePath;
import io.neuralake.storage.block.BlockLease;
import io.neuralake.storage.block.ByteRange;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Keeps footers and mappings of files, by path, size and time of change; the least recently used go
/// first. Files of object stores are read by blocks, which have a cache of their own. Thread-safe.
public final class FileCache {
    private static final int MAX_FOOTERS = 20_000;
    private static final int MAX_MAPPINGS = 64;

    /// Footers of most files are shorter (Trino guesses 48 KB).
    private static final int FOOTER_GUESS_BYTES = 64 << 10;

    private static final int PARALLEL_FOOTERS = 32;

    private final @Nullable RemoteFiles remote;

    /// Opens files of this machine alone.
    public FileCache() {
        this(null);
    }

    /// Opens files of this machine and of object stores.
    ///
    /// @param remote null for none
    public FileCache(@Nullable RemoteFiles remote) {
        this.remote = remote;
    }

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
        try (DataFile file = file(id);
                BlockLease _ = tail(file)) {
            footer = Footer.read(file, id);
            verify(id, file);
        } catch (InternalError e) {
            throw changed(id, e);
        }
        synchronized (this) {
            footers.put(id.path(), new Entry<>(id, footer));
            if (footers.size() > MAX_FOOTERS) {
                footers.remove(footers.keySet().iterator().next());
            }
        }
        return footer;
    }

    /// One request for trailer and footer.
    private static @Nullable BlockLease tail(DataFile file) {
        long start = Math.max(0, file.size() - FOOTER_GUESS_BYTES);
        return file instanceof RemoteFile far
                ? far.fetch(List.of(new ByteRange(start, file.size() - start)))
                : null;
    }

    /// Returns the footers of several files, those of remote ones read a few at the same time.
    public List<Footer> footers(List<FileId> ids) {
        if (ids.size() < 2 || !StoragePath.isRemote(ids.getFirst().path())) {
            return ids.stream().map(this::footer).toList();
        }
        return ParallelTasks.map(ids, PARALLEL_FOOTERS, this::footer);
    }

    /// Opens a file, or shares its open mapping. The caller closes it. Throws STORAGE_ERROR when the
    /// path holds another version than `id` names, unless that one is still mapped.
    public DataFile file(FileId id) {
        return StoragePath.isRemote(id.path()) ? remote(id) : mapped(id);
    }

    private RemoteFile remote(FileId id) {
        if (remote == null) {
            throw new NeuralakeException(
                    ErrorCode.UNSUPPORTED,
                    "Files of object stores cannot be read here: " + id.path());
        }
        return new RemoteFile(remote, id);
    }

    private synchronized DataFile mapped(FileId id) {
        MappedFile known = find(mappings, id);
        if (known == null) {
            known = open(id);
            keep(id, known);
        } else {
            verify(id, known);
        }
        return known.share();
    }

    /// Opens what the path names before and after, since a name may change hands in between.
    private static MappedFile open(FileId id) {
        Object key = unchanged(id);
        MappedFile file = MappedFile.open(Path.of(id.path()), key);
        try {
            if (!Objects.equals(unchanged(id), key)) {
                throw changed(id, null);
            }
            return file;
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private void keep(FileId id, MappedFile file) {
        Entry<MappedFile> old = mappings.put(id.path(), new Entry<>(id, file));
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

    /// Checks that what was read of an open file is all of one version: throws STORAGE_ERROR when it
    /// was written to since. A file that was removed, or replaced by another of the same name, stays
    /// as it was while it is mapped. Object stores check each request themselves.
    public static void verify(FileId id, DataFile open) {
        if (!open.isMapped()) {
            return;
        }
        try {
            BasicFileAttributes now = attributes(id);
            if (Objects.equals(now.fileKey(), open.key()) && !same(id, now)) {
                throw changed(id, null);
            }
        } catch (NoSuchFileException removed) {
            // The mapping keeps what the name no longer leads to.
        }
    }

    private synchronized <V> @Nullable V find(Map<String, Entry<V>> from, FileId id) {
        Entry<V> entry = from.get(id.path());
        return entry != null && entry.id.equals(id) ? entry.value : null;
    }

    /// Returns the key of the file at the path, if it is the version that `id` names.
    private static @Nullable Object unchanged(FileId id) {
        try {
            BasicFileAttributes now = attributes(id);
            if (!same(id, now)) {
                throw changed(id, null);
            }
            return now.fileKey();
        } catch (NoSuchFileException e) {
            throw new NeuralakeException(
                    ErrorCode.FILE_NOT_FOUND, "File not found: " + id.path(), e);
        }
    }

    private static BasicFileAttributes attributes(FileId id) throws NoSuchFileException {
        try {
            return Files.readAttributes(Path.of(id.path()), BasicFileAttributes.class);
        } catch (NoSuchFileException e) {
            throw e;
        } catch (IOException e) {
            throw new NeuralakeException(
                    ErrorCode.STORAGE_ERROR, "File cannot be read: " + id.path() + ": " + e, e);
        }
    }

    private static boolean same(FileId id, BasicFileAttributes now) {
        return now.size() == id.size()
                && (id.modifiedMillis() == FileId.WRITTEN_ONCE
                        || now.lastModifiedTime().toMillis() == id.modifiedMillis());
    }

    /// Makes the error of a file that was written to while it was read.
    public static NeuralakeException changed(FileId id, @Nullable Throwable cause) {
        return new NeuralakeException(
                ErrorCode.STORAGE_ERROR,
                "File changed while the query ran: " + id.path() + "; run the query again",
                cause);
    }
}
