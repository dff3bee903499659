package io.neuralake.storage;

import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;

/// Finds the files of a path that may hold `*`, `?`, `[...]`, `{...}` and `**`.
public final class FileGlob {
    private FileGlob() {}

    /// Returns the files in the order of their paths: the one at a plain path, or those that match.
    public static List<StoredEntry> files(ObjectStore store, String path) {
        int wildcard = firstWildcard(path);
        if (wildcard < 0) {
            return store.entry(path).filter(e -> !e.folder()).map(List::of).orElse(List.of());
        }
        int slash = path.lastIndexOf('/', wildcard);
        String folder = folder(path);
        if (StoragePath.isRemote(path)) {
            return remoteFiles(store, path, folder);
        }
        PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + path);
        List<StoredEntry> found = new ArrayList<>();
        collect(store, folder, slash < 0, matcher, found);
        return found;
    }

    /// Tells whether a path holds a wildcard.
    public static boolean isGlob(String path) {
        return firstWildcard(path) >= 0;
    }

    /// Returns the folder below which all files of a path with a wildcard lie.
    public static String folder(String path) {
        int slash = path.lastIndexOf('/', firstWildcard(path));
        return slash < 0 ? "." : slash == 0 ? "/" : path.substring(0, slash);
    }

    /// A whole tree costs a store of objects a request for each thousand of its files, however many folders
    /// it has.
    private static List<StoredEntry> remoteFiles(ObjectStore store, String path, String folder) {
        int scheme = StoragePath.scheme(path).length() + "://".length();
        PathMatcher matcher =
                FileSystems.getDefault().getPathMatcher("glob:" + path.substring(scheme));
        boolean flat = path.indexOf('/', folder.length() + 1) < 0 && !path.contains("**");
        List<StoredEntry> candidates = flat ? store.children(folder) : store.allFiles(folder);
        return candidates.stream()
                .filter(
                        entry ->
                                !entry.folder()
                                        && matcher.matches(Path.of(entry.path().substring(scheme))))
                .toList();
    }

    private static int firstWildcard(String path) {
        for (int i = 0; i < path.length(); i++) {
            if ("*?[{".indexOf(path.charAt(i)) >= 0) {
                return i;
            }
        }
        return -1;
    }

    private static void collect(
            ObjectStore store,
            String folder,
            boolean relative,
            PathMatcher matcher,
            List<StoredEntry> found) {
        for (StoredEntry child : store.children(folder)) {
            if (child.folder()) {
                collect(store, child.path(), relative, matcher, found);
            } else {
                Path path = Path.of(child.path());
                if (matcher.matches(relative ? path.normalize() : path)) {
                    found.add(child);
                }
            }
        }
    }
}
