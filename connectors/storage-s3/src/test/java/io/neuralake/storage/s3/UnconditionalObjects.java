package io.neuralake.storage.s3;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.storage.FolderListing;
import io.neuralake.storage.ObjectStore;
import io.neuralake.storage.StoredEntry;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// Objects of a store that has no conditional writes.
final class UnconditionalObjects implements ObjectStore {
    final TreeMap<String, byte[]> objects = new TreeMap<>();

    @Override
    public boolean putIfAbsent(String path, byte[] content) {
        throw new NeuralakeException(ErrorCode.UNSUPPORTED, "No conditional writes");
    }

    @Override
    public void put(String path, byte[] content) {
        objects.put(path, content);
    }

    @Override
    public Optional<StoredEntry> entry(String path) {
        return Optional.ofNullable(objects.get(path))
                .map(content -> new StoredEntry(path, false, content.length, 1));
    }

    @Override
    public byte[] read(String path) {
        return objects.get(path);
    }

    @Override
    public byte[] read(String path, long offset, long bytes) {
        throw unused();
    }

    @Override
    public InputStream open(StoredEntry file, long offset, long bytes) {
        throw unused();
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
        return new AssertionError("Not used");
    }
}
