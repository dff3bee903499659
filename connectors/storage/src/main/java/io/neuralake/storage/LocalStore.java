package io.neuralake.storage;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Files of the local file system. Symbolic links are followed.
public final class LocalStore implements ObjectStore {
    @Override
    public List<StoredEntry> children(String folder) {
        List<StoredEntry> found = new ArrayList<>();
        try (Stream<Path> paths = Files.list(Path.of(folder))) {
            for (Path path : (Iterable<Path>) paths::iterator) {
                entry(path.toString()).ifPresent(found::add);
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

    private static NeuralakeException failed(String action, String path, IOException cause) {
        return new NeuralakeException(
                ErrorCode.STORAGE_ERROR, "Cannot " + action + ": " + path, cause);
    }
}
