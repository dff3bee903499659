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
import java.util.ArrayList;
import java.util.List;

/// Lists and reads files for the kernel. Paths are those of the store.
final class LogFiles implements FileSystemClient {
    private final ObjectStore store;

    LogFiles(ObjectStore store) {
        this.store = store;
    }

    @Override
    public CloseableIterator<FileStatus> listFrom(String path) throws FileNotFoundException {
        int slash = path.lastIndexOf('/');
        String folder = path.substring(0, slash);
        String first = path.substring(slash + 1);
        if (store.entry(folder).isEmpty()) {
            throw new FileNotFoundException(folder);
        }
        List<FileStatus> found = new ArrayList<>();
        for (StoredEntry entry : store.children(folder, first)) {
            if (!entry.folder()) {
                found.add(status(entry));
            }
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

    @Override
    public boolean mkdirs(String path) {
        throw KernelEngine.readOnly();
    }

    @Override
    public boolean delete(String path) {
        throw KernelEngine.readOnly();
    }

    @Override
    public void copyFileAtomically(String from, String to, boolean overwrite) {
        throw KernelEngine.readOnly();
    }
}
