package io.neuralake.connector.parquet;

import io.neuralake.connector.parquet.file.FileId;
import io.neuralake.connector.parquet.file.KeptStatistics;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.storage.FileGlob;
import io.neuralake.storage.ObjectStore;
import io.neuralake.storage.StoragePath;
import io.neuralake.storage.StoredEntry;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Finds the files of a table.
///
/// @param root the folder below which `key=value` folders are partitions
/// @param files in order of path
/// @param statisticsPlace where statistics are kept; null where they cannot be, as for globs
/// @param statistics what lies there; null for nothing
record TableFiles(
        Path root,
        List<FileId> files,
        @Nullable Path statisticsPlace,
        @Nullable FileId statistics) {
    private static final String SUFFIX = ".parquet";

    TableFiles {
        files = List.copyOf(files);
    }

    private TableFiles(Path root, List<FileId> files, Path statisticsPlace) {
        this(root, files, statisticsPlace, statistics(statisticsPlace));
    }

    private static @Nullable FileId statistics(Path place) {
        try {
            return id(place, Files.readAttributes(place, BasicFileAttributes.class));
        } catch (IOException absent) {
            return null;
        }
    }

    /// Returns what identifies the rows and what is known of them.
    List<FileId> version() {
        if (statistics == null) {
            return files;
        }
        List<FileId> all = new ArrayList<>(files);
        all.add(statistics);
        return all;
    }

    /// Lists what a location names: a file, the Parquet files below a folder, or those that match a
    /// glob. Files and folders beginning with `_` or `.` are left out of folders.
    static TableFiles list(String location) {
        try {
            TableFiles found = find(location);
            if (found.files.isEmpty()) {
                throw new NeuralakeException(
                        ErrorCode.FILE_NOT_FOUND, "No Parquet file found: " + location);
            }
            return found;
        } catch (NoSuchFileException e) {
            throw new NeuralakeException(
                    ErrorCode.FILE_NOT_FOUND, "File not found: " + location, e);
        } catch (IOException e) {
            throw new NeuralakeException(
                    ErrorCode.STORAGE_ERROR, "Files cannot be listed: " + location + ": " + e, e);
        }
    }

    /// Lists the same of an object store, where statistics are not kept.
    static TableFiles list(ObjectStore store, String location) {
        List<StoredEntry> files = FileGlob.files(store, location);
        String root = location.substring(0, location.lastIndexOf('/'));
        if (files.isEmpty()) {
            root = StoragePath.folder(location);
            String folder = root + "/";
            files =
                    store.allFiles(root).stream()
                            .filter(file -> file.path().endsWith(SUFFIX))
                            .filter(file -> !hidden(file.path(), folder))
                            .toList();
        } else if (FileGlob.isGlob(location)) {
            root = FileGlob.folder(location);
            String folder = root + "/";
            files = files.stream().filter(file -> !hidden(file.path(), folder)).toList();
        }
        if (files.isEmpty()) {
            throw new NeuralakeException(
                    ErrorCode.FILE_NOT_FOUND, "No Parquet file found: " + location);
        }
        List<FileId> ids =
                files.stream()
                        .map(f -> new FileId(f.path(), f.bytes(), f.modifiedMillis()))
                        .toList();
        return new TableFiles(Path.of(root), ids, null, null);
    }

    /// Tells whether a part of a path below a folder begins with `_` or `.`.
    private static boolean hidden(String path, String folder) {
        for (String part : path.substring(folder.length()).split("/", -1)) {
            if (part.startsWith("_") || part.startsWith(".")) {
                return true;
            }
        }
        return false;
    }

    private static TableFiles find(String location) throws IOException {
        Path path = Path.of(location);
        if (Files.isRegularFile(path)) {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            Path parent = path.toAbsolutePath().getParent();
            return new TableFiles(
                    parent == null ? path : parent,
                    List.of(id(path, attributes)),
                    KeptStatistics.place(path, false));
        }
        if (Files.isDirectory(path)) {
            return new TableFiles(
                    path,
                    walk(path, file -> file.toString().endsWith(SUFFIX)),
                    KeptStatistics.place(path, true));
        }
        int wildcard = wildcard(location);
        if (wildcard < 0) {
            throw new NoSuchFileException(location);
        }
        int slash = location.lastIndexOf('/', wildcard);
        Path root =
                slash < 0
                        ? Path.of("")
                        : slash == 0 ? Path.of("/") : Path.of(location.substring(0, slash));
        if (!Files.isDirectory(root)) {
            throw new NoSuchFileException(location);
        }
        PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + location);
        return new TableFiles(root, walk(root, matcher::matches), null, null);
    }

    private static int wildcard(String location) {
        for (int i = 0; i < location.length(); i++) {
            if ("*?[{".indexOf(location.charAt(i)) >= 0) {
                return i;
            }
        }
        return -1;
    }

    private static List<FileId> walk(Path root, PathMatcher wanted) throws IOException {
        List<FileId> files = new ArrayList<>();
        Files.walkFileTree(
                root,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult preVisitDirectory(
                            Path folder, BasicFileAttributes attributes) {
                        return !folder.equals(root) && hidden(folder)
                                ? FileVisitResult.SKIP_SUBTREE
                                : FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        if (!hidden(file) && wanted.matches(file)) {
                            BasicFileAttributes target =
                                    attributes.isSymbolicLink()
                                            ? Files.readAttributes(file, BasicFileAttributes.class)
                                            : attributes;
                            if (target.isRegularFile()) {
                                files.add(id(file, target));
                            }
                        }
                        return FileVisitResult.CONTINUE;
                    }
                });
        files.sort(Comparator.comparing(FileId::path));
        return files;
    }

    private static boolean hidden(Path path) {
        String name = path.getFileName().toString();
        return name.startsWith("_") || name.startsWith(".");
    }

    private static FileId id(Path path, BasicFileAttributes attributes) {
        return new FileId(
                path.toString(), attributes.size(), attributes.lastModifiedTime().toMillis());
    }
}
