package io.neuralake.exec.spill;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicLong;

/// The folder of this process for spilled state, made when first needed and removed by [#close]. A
/// lock file tells others that the process lives: whoever opens a folder of the same parent removes
/// those of processes that died. Thread-safe.
public final class SpillFolder implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(SpillFolder.class.getName());
    private static final String PREFIX = "process-";
    private static final String LOCK_FILE = "lock";

    /// With less than this left a disk counts as full.
    private static final long FULL_BYTES = 1 << 20;

    /// File locks do not exclude threads of one process.
    private static final Object PROCESS_LOCK = new Object();

    private final SpillSettings settings;
    private final AtomicLong usedBytes = new AtomicLong();
    private final AtomicLong writtenBytes = new AtomicLong();
    private final AtomicLong fileNumber = new AtomicLong();
    private @Nullable Path own;
    private @Nullable FileChannel lock;
    private boolean closed;

    /// Removes what dead processes left, if anything.
    public SpillFolder(SpillSettings settings) {
        this.settings = settings;
        if (Files.isDirectory(settings.folder())) {
            removeDead();
        }
    }

    /// Returns how this folder is set up.
    public SpillSettings settings() {
        return settings;
    }

    /// Returns the bytes that lie in files now.
    public long usedBytes() {
        return usedBytes.get();
    }

    /// Returns the bytes that were ever written.
    public long writtenBytes() {
        return writtenBytes.get();
    }

    /// Counts bytes before they are written; throws DISK_FULL (53100) beyond the limit.
    void reserve(long bytes) {
        if (usedBytes.addAndGet(bytes) > settings.limitBytes()) {
            usedBytes.addAndGet(-bytes);
            throw new NeuralakeException(
                    ErrorCode.DISK_FULL,
                    "Spill limit exceeded: "
                            + settings.limitBytes()
                            + " bytes; raise --spill-limit, raise --memory or select less");
        }
        writtenBytes.addAndGet(bytes);
    }

    /// Takes back bytes whose file was removed.
    void release(long bytes) {
        usedBytes.addAndGet(-bytes);
    }

    /// Makes a new, empty file. The caller removes it. Throws STORAGE_ERROR (58030) or DISK_FULL
    /// (53100).
    Path newFile() {
        Path folder = own();
        Path file = folder.resolve("spill-" + fileNumber.incrementAndGet());
        try {
            return Files.createFile(file);
        } catch (IOException e) {
            throw error("cannot create", file, e);
        }
    }

    private synchronized Path own() {
        if (closed) {
            throw new IllegalStateException("Spill folder is closed");
        }
        if (own == null) {
            own = create();
        }
        return own;
    }

    private Path create() {
        Path root = settings.folder();
        try {
            Files.createDirectories(root);
            synchronized (PROCESS_LOCK) {
                try (FileChannel guard = openLock(root);
                        FileLock _ = guard.lock()) {
                    Path made =
                            Files.createTempDirectory(
                                    root, PREFIX + ProcessHandle.current().pid() + "-");
                    FileChannel alive = openLock(made);
                    if (alive.tryLock() == null) {
                        throw new IOException("Lock of a new folder is taken: " + made);
                    }
                    lock = alive;
                    return made;
                }
            }
        } catch (IOException e) {
            throw error("cannot create a folder in", root, e);
        }
    }

    private static FileChannel openLock(Path folder) throws IOException {
        return FileChannel.open(
                folder.resolve(LOCK_FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    private void removeDead() {
        Path root = settings.folder();
        synchronized (PROCESS_LOCK) {
            try (FileChannel guard = openLock(root);
                    FileLock _ = guard.lock();
                    DirectoryStream<Path> folders = Files.newDirectoryStream(root, PREFIX + "*")) {
                for (Path folder : folders) {
                    if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS) && isDead(folder)) {
                        remove(folder);
                    }
                }
            } catch (IOException e) {
                LOG.log(System.Logger.Level.WARNING, "Cannot look for old spill files: " + root, e);
            }
        }
    }

    /// Tells whether nobody holds the folder's lock. Folders are made and locked under the guard, so
    /// that one without a lock belongs to nobody.
    private static boolean isDead(Path folder) {
        Path file = folder.resolve(LOCK_FILE);
        if (!Files.exists(file)) {
            return true;
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
                FileLock taken = channel.tryLock()) {
            return taken != null;
        } catch (OverlappingFileLockException e) {
            return false;
        } catch (IOException e) {
            return false; // of another user
        }
    }

    private static void remove(Path folder) {
        try {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
                for (Path file : files) {
                    Files.deleteIfExists(file);
                }
            }
            Files.deleteIfExists(folder);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "Cannot remove spill files: " + folder, e);
        }
    }

    /// Turns an I/O error into DISK_FULL or STORAGE_ERROR.
    static NeuralakeException error(String what, Path path, IOException cause) {
        boolean full = isDiskFull(path, cause);
        return new NeuralakeException(
                full ? ErrorCode.DISK_FULL : ErrorCode.STORAGE_ERROR,
                full
                        ? "Disk is full: cannot spill to "
                                + path
                                + "; free space or set --spill-dir"
                        : "Spilling failed: " + what + " " + path + ": " + cause.getMessage(),
                cause);
    }

    private static boolean isDiskFull(Path path, IOException cause) {
        String message = String.valueOf(cause.getMessage());
        if (message.contains("No space left") || message.contains("quota exceeded")) {
            return true;
        }
        try { // messages of the system may be translated
            return Files.getFileStore(path).getUsableSpace() < FULL_BYTES;
        } catch (IOException e) {
            return false;
        }
    }

    /// Removes the folder with all files; idempotent.
    @Override
    public synchronized void close() {
        closed = true;
        FileChannel alive = lock;
        Path folder = own;
        if (alive == null || folder == null) {
            return;
        }
        synchronized (PROCESS_LOCK) {
            try {
                alive.close();
            } catch (IOException e) {
                LOG.log(System.Logger.Level.WARNING, "Cannot close a lock: " + folder, e);
            }
            remove(folder);
        }
        lock = null;
        own = null;
    }
}
