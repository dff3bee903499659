package io.neuralake.connector.delta.engine;

import io.delta.kernel.engine.FileReadRequest;
import io.delta.kernel.engine.FileSystemClient;
import io.delta.kernel.internal.util.Utils;
import io.delta.kernel.utils.CloseableIterator;
import io.delta.kernel.utils.FileStatus;
import io.neuralake.storage.ObjectStore;
import io.neuralake.storage.StoredEntry;

import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.nio.file.FileAlreadyExistsException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Lists, reads and writes files for the kernel. Paths are those of the store.
final class LogFiles implements FileSystemClient {
    private final ObjectStore store;
    private final Set<String> hidden;

    /// @param hidden paths of files that are not there for the kernel
    LogFiles(ObjectStore store, Set<String> hidden) {
        this.store = store;
        this.hidden = hidden;
    }

    @Override
    public CloseableIterator<FileStatus> listFrom(String path) throws FileNotFoundException {
        int slash = path.lastIndexOf('/');
        String folder = path.substring(0, slash);
        String first = path.substring(slash + 1);
        List<FileStatus> found = new ArrayList<>();
        for (StoredEntry entry : store.children(folder, first)) {
            if (!entry.folder() && !hidden.contains(entry.path())) {
                found.add(status(entry));
            }
        }
        if (found.isEmpty() && store.entry(folder).isEmpty()) {
            throw new FileNotFoundException(folder);
        }
        return Utils.toCloseableIterator(found.iterator());
    }

    private static FileStatus status(StoredEntry entry) {
        return FileStatus.of(entry.path(), entry.bytes(), entry.modifiedMillis());
    }

    @Override
    public String resolvePath(String path) {
        return path;
    }

    @Override
    public CloseableIterator<ByteArrayInputStream> readFiles(
            CloseableIterator<FileReadRequest> requests) {
        return requests.map(
                request ->
                        new ByteArrayInputStream(
                                store.read(
                                        request.getPath(),
                                        request.getStartOffset(),
                                        request.getReadLength())));
    }

    @Override
    public FileStatus getFileStatus(String path) throws FileNotFoundException {
        return store.entry(path)
                .map(LogFiles::status)
                .orElseThrow(() -> new FileNotFoundException(path));
    }

    /// Folders come into being with the first file in them.
    @Override
    public boolean mkdirs(String path) {
        return true;
    }

    @Override
    public boolean delete(String path) {
        boolean present = store.entry(path).isPresent();
        store.delete(List.of(path));
        return present;
    }

    @Override
    public void copyFileAtomically(String from, String to, boolean overwrite)
            throws FileAlreadyExistsException {
        write(store, to, store.read(from), overwrite);
    }

    static void write(ObjectStore store, String path, byte[] content, boolean overwrite)
            throws FileAlreadyExistsException {
        if (overwrite) {
            store.put(path, content);
        } else if (!store.putIfAbsent(path, content)) {
            throw new FileAlreadyExistsException(path);
        }
    }
}
