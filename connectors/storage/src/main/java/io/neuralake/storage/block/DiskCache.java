package io.neuralake.storage.block;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.zip.CRC32C;

/// Blocks on a local disk, a file each, which outlive the process. The one that was used longest
/// ago goes first. Thread-safe; several processes may share the folder, each counting for itself.
///
/// A file is the block's content and its CRC-32C. What is damaged, or cannot be read, is fetched
/// again; what cannot be written is not kept.
public final class DiskCache {
    private static final Logger LOG = System.getLogger(DiskCache.class.getName());
    private static final String SUFFIX = ".block";
    private static final int CHECKSUM_BYTES = Integer.BYTES;
    private static final int NAME_BYTES = 20;

    private final Path folder;
    private final long limitBytes;
    // Sizes by name, in the order of their last use.
    private final Map<String, Long> files = new LinkedHashMap<>(64, 0.75f, true);
    private long bytes;
    private boolean warned;

    /// Opens a folder, which is made if it is not there. Throws STORAGE_ERROR.
    public DiskCache(Path folder, long limitBytes) {
        this.folder = folder;
        this.limitBytes = limitBytes;
        try {
            Files.createDirectories(folder);
            find();
        } catch (IOException e) {
            throw new NeuralakeException(
                    ErrorCode.STORAGE_ERROR,
                    "Disk cache cannot be opened: " + folder + ": " + e,
                    e);
        }
    }

    private record Found(String name, long bytes, FileTime used) {}

    /// Looks at each file once, and deletes those of processes that died while they wrote them.
    private void find() throws IOException {
        List<Found> found = new ArrayList<>();
        FileTime longAgo = FileTime.from(Instant.now().minus(Duration.ofHours(1)));
        Files.walkFileTree(
                folder,
                Set.of(),
                2,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                        String name = file.getFileName().toString();
                        FileTime used = attributes.lastModifiedTime();
                        if (!attributes.isRegularFile()) {
                            return FileVisitResult.CONTINUE;
                        }
                        if (name.endsWith(SUFFIX)) {
                            found.add(new Found(name, attributes.size(), used));
                        } else if (name.contains(SUFFIX + ".") && used.compareTo(longAgo) < 0) {
                            delete(file);
                        }
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFileFailed(Path file, IOException e)
                            throws IOException {
                        if (e instanceof NoSuchFileException) {
                            return FileVisitResult.CONTINUE; // another process let it go
                        }
                        throw e;
                    }
                });
        found.sort(Comparator.comparing(Found::used));
        for (Found file : found) {
            files.put(file.name(), file.bytes());
            bytes += file.bytes();
        }
        shrink();
    }

    synchronized boolean holds(BlockKey key) {
        return files.containsKey(name(key));
    }

    /// Fills `target`; false when that is not possible.
    boolean read(BlockKey key, MemorySegment target) {
        String name = name(key);
        synchronized (this) {
            files.get(name); // used now
        }
        ByteBuffer checksum = ByteBuffer.allocate(CHECKSUM_BYTES);
        try (FileChannel file = FileChannel.open(path(name), StandardOpenOption.READ)) {
            ByteBuffer content = target.asByteBuffer();
            readFully(file, content);
            readFully(file, checksum);
            if (!content.hasRemaining()
                    && !checksum.hasRemaining()
                    && checksum.getInt(0) == checksum(target)) {
                return true;
            }
        } catch (IOException absent) {
            // Another process may have let it go.
        }
        forget(name);
        return false;
    }

    private static void readFully(FileChannel file, ByteBuffer target) throws IOException {
        while (target.hasRemaining() && file.read(target) >= 0) {}
    }

    /// Keeps a block.
    void write(BlockKey key, MemorySegment content) {
        String name = name(key);
        long size = content.byteSize() + CHECKSUM_BYTES;
        synchronized (this) {
            if (size > limitBytes || files.containsKey(name)) {
                return;
            }
        }
        Path path = path(name);
        Path temporary = path.resolveSibling(name + "." + UUID.randomUUID());
        try {
            Files.createDirectories(path.resolveSibling("."));
            try (FileChannel file =
                    FileChannel.open(
                            temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                writeFully(file, content.asByteBuffer());
                writeFully(file, ByteBuffer.allocate(CHECKSUM_BYTES).putInt(0, checksum(content)));
            }
            Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            warn(e);
            delete(temporary);
            return;
        }
        synchronized (this) {
            if (files.put(name, size) == null) {
                bytes += size;
            }
            shrink();
        }
    }

    private static void writeFully(FileChannel file, ByteBuffer content) throws IOException {
        while (content.hasRemaining()) {
            file.write(content);
        }
    }

    private void shrink() {
        Iterator<Map.Entry<String, Long>> eldest = files.entrySet().iterator();
        while (bytes > limitBytes && eldest.hasNext()) {
            Map.Entry<String, Long> file = eldest.next();
            delete(path(file.getKey()));
            bytes -= file.getValue();
            eldest.remove();
        }
    }

    private synchronized void forget(String name) {
        Long size = files.remove(name);
        if (size != null) {
            bytes -= size;
        }
        delete(path(name));
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException left) {
            LOG.log(Level.DEBUG, "A file of the disk cache cannot be deleted", left);
        }
    }

    private synchronized void warn(IOException e) {
        if (!warned) {
            warned = true;
            LOG.log(Level.WARNING, "Blocks cannot be kept on disk, in " + folder + ": " + e);
        }
    }

    /// Returns the bytes held.
    public synchronized long bytes() {
        return bytes;
    }

    private Path path(String name) {
        return folder.resolve(name.substring(0, 2)).resolve(name);
    }

    private static String name(BlockKey key) {
        String text =
                key.file().path()
                        + '\n'
                        + key.file().bytes()
                        + '\n'
                        + key.file().modifiedMillis()
                        + '\n'
                        + key.number();
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256")
                            .digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, NAME_BYTES) + SUFFIX;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256", e);
        }
    }

    private static int checksum(MemorySegment content) {
        CRC32C checksum = new CRC32C();
        checksum.update(content.asByteBuffer());
        return (int) checksum.getValue();
    }
}
