package io.neuralake.connector.delta.log;

import org.jspecify.annotations.Nullable;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;

/// The files of one version of a table. Immutable: versions share what they have in common, so that a
/// commit costs in proportion to itself and to what came since the last merge, which happens
/// whenever that has grown to a share of the whole.
public final class ActiveFiles implements Iterable<AddFile> {
    /// Changes are merged when they are more than this and than an eighth of all files.
    private static final int MIN_CHANGES = 512;

    static final ActiveFiles EMPTY = new ActiveFiles(Map.of(), Map.of(), Set.of());

    private final Map<FileKey, AddFile> base;
    private final Map<FileKey, AddFile> added;
    private final Set<FileKey> removed;

    /// Keeps the collections, which are not changed any more.
    ///
    /// @param added files that `base` lacks, or has with other contents, which `removed` then names
    /// @param removed keys of `base`
    private ActiveFiles(
            Map<FileKey, AddFile> base, Map<FileKey, AddFile> added, Set<FileKey> removed) {
        this.base = base;
        this.added = added;
        this.removed = removed;
    }

    @Nullable AddFile find(FileKey key) {
        AddFile young = added.get(key);
        return young != null || removed.contains(key) ? young : base.get(key);
    }

    int size() {
        return base.size() - removed.size() + added.size();
    }

    /// Returns the files after adding some and removing others. What is both is gone: compacted log files
    /// may hold both, in no order.
    ActiveFiles with(Collection<FileKey> gone, Collection<AddFile> come) {
        if (gone.isEmpty() && come.isEmpty()) {
            return this;
        }
        Map<FileKey, AddFile> nowAdded = new LinkedHashMap<>(added);
        Set<FileKey> nowRemoved = new HashSet<>(removed);
        for (AddFile file : come) {
            FileKey key = FileKey.of(file.path(), file.deletionVector());
            remove(key, nowAdded, nowRemoved);
            nowAdded.put(key, file);
        }
        for (FileKey key : gone) {
            remove(key, nowAdded, nowRemoved);
        }
        int changes = nowAdded.size() + nowRemoved.size();
        if (changes <= Math.max(MIN_CHANGES, base.size() / 8)) {
            return new ActiveFiles(base, nowAdded, nowRemoved);
        }
        Map<FileKey, AddFile> merged = new LinkedHashMap<>(HashMap.newHashMap(size()));
        base.forEach(
                (key, file) -> {
                    if (!nowRemoved.contains(key)) {
                        merged.put(key, file);
                    }
                });
        merged.putAll(nowAdded);
        return new ActiveFiles(merged, Map.of(), Set.of());
    }

    private void remove(FileKey key, Map<FileKey, AddFile> nowAdded, Set<FileKey> nowRemoved) {
        nowAdded.remove(key);
        if (base.containsKey(key)) {
            nowRemoved.add(key);
        }
    }

    @Override
    public Iterator<AddFile> iterator() {
        Iterator<Map.Entry<FileKey, AddFile>> old = base.entrySet().iterator();
        Iterator<AddFile> young = added.values().iterator();
        return new Iterator<>() {
            private @Nullable AddFile next = advance();

            private @Nullable AddFile advance() {
                while (old.hasNext()) {
                    Map.Entry<FileKey, AddFile> entry = old.next();
                    if (removed.isEmpty() || !removed.contains(entry.getKey())) {
                        return entry.getValue();
                    }
                }
                return young.hasNext() ? young.next() : null;
            }

            @Override
            public boolean hasNext() {
                return next != null;
            }

            @Override
            public AddFile next() {
                AddFile file = next;
                if (file == null) {
                    throw new NoSuchElementException();
                }
                next = advance();
                return file;
            }
        };
    }
}
