package io.neuralake.storage;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/// Writes local files so that they are there wholly or not at all, and stay after a crash: content and name of a file are
/// two things, and each is forced to the disk by itself.
final class LocalFiles {
    private static final String DROPPED = "dropped-";

    private static final boolean WINDOWS = System.getProperty("os.name", "").startsWith("Windows");

    /// Locks of files count for the process, not for threads.
    private static final ReentrantLock LOCKS = new ReentrantLock();

    private final boolean links;

    /// @param links whether to try hard links, which not all file systems have
    LocalFiles(boolean links) {
        this.links = links;
    }

    /// Writes a file of another name and links it to its own: unlike a rename that fails if there is one.
    boolean putIfAbsent(Path file, byte[] content) throws IOException {
        if (Files.exists(file)) {
            return false;
        }
        Path temporary = temporary(file);
        writeNew(temporary, content);
        try {
            boolean written = links ? link(temporary, file) : renameIfAbsent(temporary, file);
            if (written) {
                force(parent(file));
            }
            return written;
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private static boolean link(Path temporary, Path file) throws IOException {
        try {
            Files.createLink(file, temporary);
            return true;
        } catch (FileAlreadyExistsException exists) {
            return false;
        } catch (NoSuchFileException folderIsGone) {
            throw folderIsGone;
        } catch (UnsupportedOperationException | FileSystemException noLinks) {
            if (Files.exists(file)) {
                // Whose it is only its content tells.
                return false;
            }
            return renameIfAbsent(temporary, file);
        }
    }

    /// Renames under a lock that the system takes back when its holder dies.
    private static boolean renameIfAbsent(Path temporary, Path file) throws IOException {
        LOCKS.lock();
        try (FileChannel channel =
                        FileChannel.open(
                                file.resolveSibling(".lock"),
                                StandardOpenOption.CREATE,
                                StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            if (!lock.isValid() || Files.exists(file)) {
                return false;
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
            return true;
        } finally {
            LOCKS.unlock();
        }
    }

    void put(Path file, byte[] content) throws IOException {
        Path temporary = write(file, content);
        try {
            Files.move(
                    temporary,
                    file,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
        force(parent(file));
    }

    private static Path temporary(Path file) {
        return file.resolveSibling(
                ObjectStore.TEMPORARY_PREFIX + UUID.randomUUID() + "-" + file.getFileName());
    }

    private static Path write(Path file, byte[] content) throws IOException {
        Path temporary = temporary(file);
        try {
            writeNew(temporary, content);
        } catch (NoSuchFileException absent) {
            createFolders(parent(file));
            writeNew(temporary, content);
        }
        return temporary;
    }

    private static void writeNew(Path file, byte[] content) throws IOException {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        } catch (NoSuchFileException e) {
            throw e;
        } catch (IOException e) {
            Files.deleteIfExists(file);
            throw e;
        }
    }

    /// Moves a file, over the borders of file systems too.
    void move(Path from, Path to) throws IOException {
        createFolders(parent(to));
        force(from);
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException otherFileSystem) {
            Path temporary =
                    to.resolveSibling(
                            ObjectStore.TEMPORARY_PREFIX
                                    + UUID.randomUUID()
                                    + "-"
                                    + to.getFileName());
            try {
                Files.copy(from, temporary);
                force(temporary);
                Files.move(temporary, to, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(temporary);
            }
            Files.delete(from);
        }
        force(parent(to));
    }

    /// Renames a folder to a hidden name, so that all of it is gone at once, then deletes it, and with it what crashes
    /// have left of folders deleted earlier.
    boolean deleteFolder(Path folder) throws IOException {
        Path hidden =
                folder.resolveSibling(
                        ObjectStore.TEMPORARY_PREFIX
                                + DROPPED
                                + UUID.randomUUID()
                                + "-"
                                + folder.getFileName());
        try {
            Files.move(folder, hidden, StandardCopyOption.ATOMIC_MOVE);
        } catch (NoSuchFileException absent) {
            return false;
        }
        force(parent(folder));
        try (Stream<Path> siblings = Files.list(parent(folder))) {
            for (Path sibling : (Iterable<Path>) siblings::iterator) {
                if (sibling.getFileName()
                        .toString()
                        .startsWith(ObjectStore.TEMPORARY_PREFIX + DROPPED)) {
                    deleteTree(sibling);
                }
            }
        }
        return true;
    }

    /// Another process may be deleting the same.
    private static void deleteTree(Path folder) throws IOException {
        Files.walkFileTree(
                folder,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        Files.deleteIfExists(file);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFileFailed(Path file, IOException e)
                            throws IOException {
                        if (e instanceof NoSuchFileException) {
                            return FileVisitResult.CONTINUE;
                        }
                        throw e;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException e)
                            throws IOException {
                        try {
                            Files.deleteIfExists(visited);
                        } catch (DirectoryNotEmptyException writtenTo) {
                            // Somebody who does not know yet: the next deletion takes it along.
                        }
                        return FileVisitResult.CONTINUE;
                    }
                });
    }

    /// Makes folders, and makes sure that they stay.
    private static void createFolders(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            return;
        }
        Path above = folder.getParent();
        if (above != null) {
            createFolders(above);
        }
        try {
            Files.createDirectory(folder);
        } catch (FileAlreadyExistsException exists) {
            return;
        }
        force(parent(folder));
    }

    /// Forces a file's content, or the names in a folder, to the disk.
    private static void force(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (AccessDeniedException e) {
            // Windows opens no folders, and keeps names by itself.
            if (!Files.isDirectory(path) || !WINDOWS) {
                throw e;
            }
        }
    }

    private static Path parent(Path file) {
        Path parent = file.toAbsolutePath().getParent();
        if (parent == null) {
            throw new IllegalArgumentException("Not a path in a folder: " + file);
        }
        return parent;
    }
}
