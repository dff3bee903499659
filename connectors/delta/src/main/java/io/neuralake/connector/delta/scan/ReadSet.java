package io.neuralake.connector.delta.scan;

import io.neuralake.connector.delta.log.AddFile;
import io.neuralake.connector.delta.log.FileKey;
import io.neuralake.connector.delta.schema.TableSchema;
import io.neuralake.connector.parquet.filter.Pruner;
import io.neuralake.spi.expression.ScanPredicate;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What statements have read of a table: conditions that rows had to meet, and the files that may have
/// had such rows. Wider than the truth where that is not known: what became known only while a scan ran
/// narrows nothing, nor does a scan that ended early. Thread-safe.
public final class ReadSet {
    private final Set<FileKey> files = new HashSet<>();
    private final Set<List<ScanPredicate>> conditions = new HashSet<>();
    private boolean everything;

    /// Makes an empty set.
    public ReadSet() {}

    /// Notes that all rows were read.
    public synchronized void addTable() {
        everything = true;
        files.clear();
        conditions.clear();
    }

    /// Notes a scan.
    ///
    /// @param condition predicates, all of which the rows that matter met; empty for all rows
    /// @param read the files that may have had such rows
    synchronized void add(List<ScanPredicate> condition, Collection<AddFile> read) {
        if (everything) {
            return;
        }
        if (condition.isEmpty()) {
            addTable();
            return;
        }
        conditions.add(condition);
        for (AddFile file : read) {
            files.add(FileKey.of(file.path(), file.deletionVector()));
        }
    }

    /// Notes that a file was read whole, whatever else was.
    public synchronized void add(AddFile file) {
        if (!everything) {
            files.add(FileKey.of(file.path(), file.deletionVector()));
        }
    }

    /// Tells whether nothing was read.
    public synchronized boolean isEmpty() {
        return !everything && files.isEmpty() && conditions.isEmpty();
    }

    /// Tells whether a file, had it been part of the table, might have had rows that would have been
    /// read.
    ///
    /// @param schema that of the version that was read
    public boolean mayHaveRead(AddFile file, TableSchema schema) {
        List<List<ScanPredicate>> asked;
        synchronized (this) {
            if (everything) {
                return true;
            }
            asked = new ArrayList<>(conditions);
        }
        FileBounds bounds = new FileBounds(schema);
        for (List<ScanPredicate> condition : asked) {
            if (Pruner.mayMatch(condition, path -> bounds.of(file, path))) {
                return true;
            }
        }
        return false;
    }

    /// Tells whether a file of the version that was read may have been read.
    public synchronized boolean hasRead(FileKey key) {
        return everything || files.contains(key);
    }
}
