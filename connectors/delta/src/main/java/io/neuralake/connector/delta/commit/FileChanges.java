package io.neuralake.connector.delta.commit;

import io.neuralake.connector.delta.log.AddFile;
import io.neuralake.connector.delta.log.FileKey;
import io.neuralake.connector.delta.log.FilePath;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// The difference that statements, one after the other, make to the files of a version. What one adds and another removes
/// is no difference: a commit must not name a file twice in the same way.
final class FileChanges {
    private final Map<FileKey, AddFile> removed = new LinkedHashMap<>();
    private final Map<FileKey, AddFile> added = new LinkedHashMap<>();
    private boolean dataChange;

    /// Takes a file out. The file's details say whether rows change by that.
    void remove(AddFile file) {
        FileKey key = file.key();
        AddFile own = added.remove(key);
        if (own == null) {
            removed.put(key, file);
        } else {
            dataChange |= own.details().dataChange();
        }
        dataChange |= file.details().dataChange();
    }

    /// Puts a file in. The file's details say whether rows change by that.
    void add(AddFile file) {
        FileKey key = file.key();
        if (removed.remove(key) == null) {
            added.put(key, file);
        }
        dataChange |= file.details().dataChange();
    }

    void addAll(FileChanges others) {
        others.removed.values().forEach(this::remove);
        others.added.values().forEach(this::add);
        dataChange |= others.dataChange;
    }

    boolean isEmpty() {
        return removed.isEmpty() && added.isEmpty();
    }

    /// Tells whether rows change: if only one file's do, all are said to, since readers of changes take what
    /// is only arranged in another way as no change.
    boolean dataChange() {
        return dataChange;
    }

    List<AddFile> removed() {
        return consistent(removed);
    }

    List<AddFile> added() {
        return consistent(added);
    }

    private List<AddFile> consistent(Map<FileKey, AddFile> files) {
        List<AddFile> marked = new ArrayList<>();
        for (AddFile file : files.values()) {
            marked.add(file.withDetails(file.details().withDataChange(dataChange)));
        }
        return marked;
    }

    /// Returns the decoded paths of the files that are taken out.
    Set<String> removedPaths() {
        return removed.values().stream()
                .map(file -> FilePath.decode(file.path()))
                .collect(Collectors.toSet());
    }
}
