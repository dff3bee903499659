package io.neuralake.storage.block;

import io.neuralake.storage.FolderListing;
import io.neuralake.storage.ObjectStore;
import io.neuralake.storage.StoredEntry;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/// One file, opened by range; the ranges that were asked for are counted.
final class MemoryFiles implements ObjectStore {
    final byte[] content;
    final StoredEntry file;
    final List<ByteRange> opened = new CopyOnWriteArrayList<>();

    /// So many of the next streams break off after a byte.
    final AtomicInteger broken = new AtomicInteger();

    MemoryFiles(int bytes) {
        content = new byte[bytes];
        new Random(1).nextBytes(content);
        file = new StoredEntry("mem://a/file", false, bytes, 1);
    }

    byte[] part(long offset, int bytes) {
        return Arrays.copyOfRange(content, (int) offset, (int) offset + bytes);
    }

    @Override
    public InputStream open(StoredEntry asked, long offset, long bytes) {
        opened.add(new ByteRange(offset, bytes));
        InputStream whole = new ByteArrayInputStream(content, (int) offset, (int) bytes);
        if (broken.getAndUpdate(left -> Math.max(0, left - 1)) == 0) {
            return whole;
        }
        return new SequenceInputStream(
                new ByteArrayInputStream(content, (int) offset, 1),
                new InputStream() {
                    @Override
                    public int read() throws IOException {
                        throw new IOException("broken");
                    }
                });
    }

    @Override
    public FolderListing list(String folder) {
        throw unused();
    }

    @Override
    public Optional<Object> stamp(String folder) {
        throw unused();
    }

    @Override
    public List<StoredEntry> children(String folder, String first) {
        throw unused();
    }

    @Override
    public Optional<StoredEntry> entry(String path) {
        throw unused();
    }

    @Override
    public byte[] read(String path) {
        throw unused();
    }

    @Override
    public byte[] read(String path, long offset, long bytes) {
        throw unused();
    }

    @Override
    public boolean putIfAbsent(String path, byte[] bytes) {
        throw unused();
    }

    @Override
    public void put(String path, byte[] bytes) {
        throw unused();
    }

    @Override
    public void upload(Path localFile, String path) {
        throw unused();
    }

    @Override
    public void delete(Collection<String> paths) {
        throw unused();
    }

    @Override
    public List<StoredEntry> allFiles(String folder) {
        throw unused();
    }

    private static AssertionError unused() {
        return new AssertionError("Files are opened only");
    }
}
