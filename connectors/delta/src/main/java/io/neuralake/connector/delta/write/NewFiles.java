package io.neuralake.connector.delta.write;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.storage.ObjectStore;
import io.neuralake.storage.ParallelTasks;
import io.neuralake.storage.StoragePath;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// Files that a change adds to a table's folder, nobody's until a commit names them. Those of a table in an object
/// store are written to a temporary folder of this machine first. Thread-safe.
final class NewFiles {
    private static final String NO_SPACE = "No space left on device";
    private static final int PARALLEL_UPLOADS = 4;

    private final ObjectStore store;
    private final String table;
    private final boolean remote;
    private @Nullable Path folder;
    private final Set<Path> files = new LinkedHashSet<>();
    private final List<String> uploaded = new ArrayList<>();

    NewFiles(WriteTarget target) {
        this.store = target.store();
        this.table = target.folder();
        this.remote = StoragePath.isRemote(table);
        this.folder = remote ? null : Path.of(table);
    }

    /// Returns the folder on this machine, which is made when it is first needed.
    private synchronized Path folder() {
        Path known = folder;
        if (known == null) {
            try {
                known = Files.createTempDirectory("neuralake-upload-");
            } catch (IOException e) {
                throw failed(Path.of(System.getProperty("java.io.tmpdir")), e);
            }
            folder = known;
        }
        return known;
    }

    /// Returns where to write a file, whose folder is made.
    ///
    /// @param relative the path below the table's folder, as it is on disk
    Path begin(String relative) {
        Path file = folder().resolve(relative);
        try {
            Files.createDirectories(file.getParent());
        } catch (IOException e) {
            throw failed(file, e);
        }
        synchronized (this) {
            files.add(file);
        }
        return file;
    }

    /// Writes a file whole and makes it last.
    void put(String relative, byte[] content) {
        Path file = begin(relative);
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
            ByteBuffer bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException e) {
            throw failed(file, e);
        }
    }

    /// Makes sure that all files survive a crash of the machine: their contents, and their names in their
    /// folders.
    void sync() {
        if (remote) {
            upload();
            return;
        }
        Set<Path> folders = new LinkedHashSet<>();
        for (Path file : snapshot()) {
            sync(file, StandardOpenOption.WRITE);
            for (Path at = file.getParent();
                    at != null && at.startsWith(folder());
                    at = at.getParent()) {
                folders.add(at);
            }
        }
        folders.forEach(changed -> sync(changed, StandardOpenOption.READ));
    }

    private static void sync(Path path, StandardOpenOption how) {
        try (FileChannel channel = FileChannel.open(path, how)) {
            channel.force(true);
        } catch (IOException e) {
            throw failed(path, e);
        }
    }

    private void upload() {
        ParallelTasks.run(snapshot(), PARALLEL_UPLOADS, this::upload);
        deleteTemporary();
    }

    private void upload(Path file) {
        String path = table + "/" + folder().relativize(file).toString().replace('\\', '/');
        synchronized (this) {
            uploaded.add(path);
        }
        store.upload(file, path);
        synchronized (this) {
            files.remove(file);
        }
    }

    /// Deletes the temporary folder of a table in an object store.
    private synchronized void deleteTemporary() {
        Path temporary = folder;
        if (temporary == null) {
            return;
        }
        folder = null;
        try (Stream<Path> left = Files.walk(temporary)) {
            for (Path path : left.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException remains) {
            // Temporary files are cleared away some day.
        }
    }

    /// Deletes all files, as far as that is possible; what remains is nobody's and cleared away some day.
    void delete() {
        for (Path file : snapshot()) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException remains) {
                // Nothing refers to it.
            }
        }
        if (remote) {
            deleteTemporary();
            deleteUploaded();
        }
        synchronized (this) {
            files.clear();
        }
    }

    private void deleteUploaded() {
        List<String> paths;
        synchronized (this) {
            paths = List.copyOf(uploaded);
            uploaded.clear();
        }
        try {
            store.delete(paths);
        } catch (NeuralakeException remains) {
            // Nothing refers to it.
        }
    }

    private synchronized List<Path> snapshot() {
        return new ArrayList<>(files);
    }

    private static NeuralakeException failed(Path path, IOException cause) {
        boolean full = cause.getMessage() != null && cause.getMessage().contains(NO_SPACE);
        return new NeuralakeException(
                full ? ErrorCode.DISK_FULL : ErrorCode.STORAGE_ERROR,
                "Cannot write file: " + path,
                cause);
    }
}
