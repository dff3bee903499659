package io.neuralake.storage.lake;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.storage.FolderListing;
import io.neuralake.storage.ObjectStore;
import io.neuralake.storage.StoredEntry;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/// Objects by path, without folders, as object stores have them.
final class ObjectsInMemory implements ObjectStore {
    private final TreeMap<String, byte[]> objects = new TreeMap<>();
    private Consumer<String> deleted = _ -> {};

    /// Has something done after each object that is deleted.
    void afterEachDeletion(Consumer<String> action) {
        deleted = action;
    }

    @Override
    public FolderListing list(String folder) {
        return new FolderListing(children(folder, ""), Optional.empty());
    }

    @Override
    public Optional<Object> stamp(String folder) {
        return Optional.empty();
    }

    @Override
    public List<StoredEntry> children(String folder, String first) {
        TreeSet<String> names = new TreeSet<>();
        for (StoredEntry file : allFiles(folder)) {
            names.add(file.path().substring(folder.length() + 1).split("/")[0]);
        }
        return names.tailSet(first).stream()
                .map(name -> entry(folder + "/" + name).orElseThrow())
                .toList();
    }

    @Override
    public Optional<StoredEntry> entry(String path) {
        byte[] content = objects.get(path);
        return content != null
                ? Optional.of(new StoredEntry(path, false, content.length, 1))
                : allFiles(path).isEmpty()
                        ? Optional.empty()
                        : Optional.of(new StoredEntry(path, true, 0, 0));
    }

    @Override
    public byte[] read(String path) {
        byte[] content = objects.get(path);
        if (content == null) {
            throw new NeuralakeException(ErrorCode.FILE_NOT_FOUND, "File not found: " + path);
        }
        return content.clone();
    }

    @Override
    public byte[] read(String path, long offset, long bytes) {
        return Arrays.copyOfRange(read(path), (int) offset, (int) (offset + bytes));
    }

    @Override
    public InputStream open(StoredEntry file, long offset, long bytes) {
        return new ByteArrayInputStream(read(file.path(), offset, bytes));
    }

    @Override
    public boolean putIfAbsent(String path, byte[] content) {
        return objects.putIfAbsent(path, content.clone()) == null;
    }

    @Override
    public void put(String path, byte[] content) {
        objects.put(path, content.clone());
    }

    @Override
    public void upload(Path localFile, String path) {
        try {
            put(path, Files.readAllBytes(localFile));
            Files.delete(localFile);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void delete(Collection<String> paths) {
        for (String path : List.copyOf(paths)) {
            if (objects.remove(path) != null) {
                deleted.accept(path);
            }
        }
    }

    @Override
    public List<StoredEntry> allFiles(String folder) {
        List<StoredEntry> found = new ArrayList<>();
        for (Map.Entry<String, byte[]> object :
                objects.subMap(folder + "/", folder + "0").entrySet()) {
            found.add(new StoredEntry(object.getKey(), false, object.getValue().length, 1));
        }
        return found;
    }
}
