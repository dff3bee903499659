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
        String folder = slash < 0 ? "." : slash == 0 ? "/" : path.substring(0, slash);
        PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + path);
        List<StoredEntry> found = new ArrayList<>();
        collect(store, folder, slash < 0, matcher, found);
        return found;
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
