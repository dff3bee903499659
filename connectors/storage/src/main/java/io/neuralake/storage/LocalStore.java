package io.neuralake.storage;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Files of the local file system. Symbolic links are followed.
///
/// A folder's stamp is its identity and the times at which its entries changed. Those times are as
/// coarse as the kernel's clock, so a folder that was listed soon after a change has none: another
/// change within the same tick would not show. Nor has one that holds symbolic links, since what
/// they lead to changes elsewhere.
public final class LocalStore implements ObjectStore {
    /// By far longer than a tick of any file system (FAT: two seconds) and clocks of other machines
    /// are apart.
    private static final Duration SETTLED = Duration.ofSeconds(5);

    private static final boolean UNIX =
            FileSystems.getDefault().supportedFileAttributeViews().contains("unix");

    private final InstantSource clock;
    private final LocalFiles files;

    /// Reads and writes the files of this machine.
    public LocalStore() {
        this(InstantSource.system());
    }

    LocalStore(InstantSource clock) {
        this(clock, new LocalFiles(true));
    }

    LocalStore(InstantSource clock, LocalFiles files) {
        this.clock = clock;
        this.files = files;
    }

    /// A version of a folder. The first time can be set, to an earlier one too; the second cannot.
    private record Stamp(Object key, Instant modified, Instant changed) {
        Instant latest() {
            return modified.isAfter(changed) ? modified : changed;
        }
    }

    @Override
    public FolderListing list(String folder) {
        Path path = Path.of(folder);
        Instant before = clock.instant();
        Optional<Stamp> stamp = folderStamp(path);
        List<StoredEntry> found = new ArrayList<>();
        boolean links = false;
        try (Stream<Path> paths = Files.list(path)) {
            for (Path child : (Iterable<Path>) paths::iterator) {
                links |= Files.isSymbolicLink(child);
                entry(child.toString()).ifPresent(found::add);
            }
        } catch (NoSuchFileException | NotDirectoryException absent) {
            return new FolderListing(List.of(), Optional.empty());
        } catch (IOException e) {
            throw failed("list", folder, e);
        }
        found.sort(Comparator.comparing(StoredEntry::path));
        boolean settled =
                !links && stamp.isPresent() && stamp.get().latest().plus(SETTLED).isBefore(before);
        return new FolderListing(found, settled ? Optional.of(stamp.get()) : Optional.empty());
    }

    @Override
    public List<StoredEntry> children(String folder, String first) {
        List<StoredEntry> found = new ArrayList<>();
        try (Stream<Path> paths = Files.list(Path.of(folder))) {
            for (Path path : (Iterable<Path>) paths::iterator) {
                if (path.getFileName().toString().compareTo(first) >= 0) {
                    entry(path.toString()).ifPresent(found::add);
                }
            }
        } catch (NoSuchFileException | NotDirectoryException absent) {
            return List.of();
        } catch (IOException e) {
            throw failed("list", folder, e);
        }
        found.sort(Comparator.comparing(StoredEntry::path));
        return found;
    }

    @Override
    public Optional<Object> stamp(String folder) {
        return folderStamp(Path.of(folder)).map(stamp -> stamp);
    }

    private static Optional<Stamp> folderStamp(Path folder) {
        if (!UNIX) {
            return Optional.empty();
        }
        try {
            Map<String, Object> found =
                    Files.readAttributes(folder, "unix:fileKey,lastModifiedTime,ctime");
            return found.get("lastModifiedTime") instanceof FileTime modified
                            && found.get("ctime") instanceof FileTime changed
                            && found.get("fileKey") instanceof Object key
                    ? Optional.of(new Stamp(key, modified.toInstant(), changed.toInstant()))
                    : Optional.empty();
        } catch (NoSuchFileException absent) {
            return Optional.empty();
        } catch (IOException e) {
            throw failed("look up", folder.toString(), e);
        }
    }

    @Override
    public Optional<StoredEntry> entry(String path) {
        try {
            BasicFileAttributes attributes =
                    Files.readAttributes(Path.of(path), BasicFileAttributes.class);
            boolean folder = attributes.isDirectory();
            return Optional.of(
                    new StoredEntry(
                            path,
                            folder,
                            folder ? 0 : attributes.size(),
                            attributes.lastModifiedTime().toMillis()));
        } catch (NoSuchFileException absent) {
            return Optional.empty();
        } catch (IOException e) {
            throw failed("look up", path, e);
        }
    }

    @Override
    public byte[] read(String path) {
        try {
            return Files.readAllBytes(Path.of(path));
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    @Override
    public byte[] read(String path, long offset, long bytes) {
        ByteBuffer part = ByteBuffer.allocate(Math.toIntExact(bytes));
        try (FileChannel channel = FileChannel.open(Path.of(path), StandardOpenOption.READ)) {
            while (part.hasRemaining()) {
                if (channel.read(part, offset + part.position()) < 0) {
                    throw new NeuralakeException(
                            ErrorCode.CORRUPT_FILE,
                            "File ends too early: "
                                    + path
                                    + ": "
                                    + bytes
                                    + " bytes at offset "
                                    + offset);
                }
            }
            return part.array();
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    @Override
    public InputStream open(StoredEntry file, long offset, long bytes) {
        try {
            FileChannel channel = FileChannel.open(Path.of(file.path()), StandardOpenOption.READ);
            channel.position(offset);
            return new PartStream(
                    Channels.newInputStream(channel), bytes, "File ends too early: " + file.path());
        } catch (IOException e) {
            throw unreadable(file.path(), e);
        }
    }

    @Override
    public boolean putIfAbsent(String path, byte[] content) {
        try {
            return files.putIfAbsent(Path.of(path), content);
        } catch (IOException e) {
            throw unwritable("write", path, e);
        }
    }

    @Override
    public void put(String path, byte[] content) {
        try {
            files.put(Path.of(path), content);
        } catch (IOException e) {
            throw unwritable("write", path, e);
        }
    }

    @Override
    public void upload(Path localFile, String path) {
        try {
            files.move(localFile, Path.of(path));
        } catch (IOException e) {
            throw unwritable("write", path, e);
        }
    }

    @Override
    public void delete(Collection<String> paths) {
        for (String path : paths) {
            try {
                Files.deleteIfExists(Path.of(path));
            } catch (IOException e) {
                throw unwritable("delete", path, e);
            }
        }
    }

    @Override
    public List<StoredEntry> allFiles(String folder) {
        List<StoredEntry> found = new ArrayList<>();
        collect(folder, found);
        found.sort(Comparator.comparing(StoredEntry::path));
        return found;
    }

    /// Does not follow links to folders: what lies there belongs to somebody else.
    private void collect(String folder, List<StoredEntry> found) {
        for (StoredEntry child : children(folder, "")) {
            if (child.folder()) {
                if (Files.isSymbolicLink(Path.of(child.path()))) {
                    continue;
                }
                collect(child.path(), found);
            } else {
                found.add(child);
            }
        }
    }

    @Override
    public boolean deleteFolder(String folder) {
        try {
            return files.deleteFolder(Path.of(folder));
        } catch (IOException e) {
            throw unwritable("delete", folder, e);
        }
    }

    /// Only what certainly has not happened may have another code than STORAGE_ERROR.
    private static NeuralakeException unwritable(String action, String path, IOException cause) {
        if (cause instanceof NoSuchFileException) {
            return new NeuralakeException(
                    ErrorCode.FILE_NOT_FOUND, "Folder not found to " + action + ": " + path, cause);
        }
        if (cause instanceof AccessDeniedException) {
            return new NeuralakeException(
                    ErrorCode.PERMISSION_DENIED, "Not allowed to " + action + ": " + path, cause);
        }
        String message = String.valueOf(cause.getMessage());
        return message.contains("No space left") || message.contains("Disk quota exceeded")
                ? new NeuralakeException(
                        ErrorCode.DISK_FULL, "No space left to " + action + ": " + path, cause)
                : failed(action, path, cause);
    }

    private static NeuralakeException unreadable(String path, IOException cause) {
        return cause instanceof NoSuchFileException
                ? new NeuralakeException(ErrorCode.FILE_NOT_FOUND, "File not found: " + path, cause)
                : failed("read", path, cause);
    }

    private static NeuralakeException failed(String action, String path, IOException cause) {
        return new NeuralakeException(
                ErrorCode.STORAGE_ERROR, "Cannot " + action + ": " + path, cause);
    }
}
