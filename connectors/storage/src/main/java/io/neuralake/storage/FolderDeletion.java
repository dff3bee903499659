package io.neuralake.storage;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/// Deletes a folder of a store that has no folders, object by object. A table must not look like another one, or one of another
/// kind, while that goes on: what its hidden folders hold vanishes first, such as a log, the oldest of it before what
/// replaces it. A mark keeps these folders there until all else is gone, so that data files without log are no table.
final class FolderDeletion {
    private static final String MARK = ObjectStore.TEMPORARY_PREFIX + "dropping";

    /// Who does not know yet that the folder is gone writes a few more files, not forever.
    private static final int MAX_LOOKS = 100;

    private FolderDeletion() {}

    /// Returns whether there was something.
    static boolean delete(ObjectStore store, String folder) {
        List<StoredEntry> found = store.allFiles(folder);
        if (found.isEmpty()) {
            return false;
        }
        TreeSet<String> marks = new TreeSet<>();
        for (StoredEntry file : found) {
            String relative = file.path().substring(folder.length() + 1);
            int slash = relative.indexOf('/');
            if (relative.startsWith("_") && slash > 0) {
                marks.add(folder + "/" + relative.substring(0, slash + 1) + MARK);
            }
        }
        marks.forEach(mark -> store.put(mark, new byte[0]));
        List<String> left = ordered(folder, found, marks);
        for (int look = 0; look < MAX_LOOKS && !left.isEmpty(); look++) {
            store.delete(left);
            left = ordered(folder, store.allFiles(folder), marks);
        }
        store.delete(marks);
        return true;
    }

    /// In hidden folders, those files go first that only say where others are.
    private static List<String> ordered(
            String folder, Collection<StoredEntry> files, Collection<String> marks) {
        Comparator<StoredEntry> visible =
                Comparator.comparing(file -> !file.path().startsWith(folder + "/_"));
        List<StoredEntry> sorted = new ArrayList<>(files);
        sorted.removeIf(file -> marks.contains(file.path()));
        sorted.sort(
                visible.thenComparing((StoredEntry file) -> !file.name().startsWith("_"))
                        .thenComparing(StoredEntry::path));
        return sorted.stream().map(StoredEntry::path).toList();
    }
}
