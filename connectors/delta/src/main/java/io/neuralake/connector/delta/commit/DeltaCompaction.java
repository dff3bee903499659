package io.neuralake.connector.delta.commit;

import io.neuralake.connector.delta.log.AddFile;
import io.neuralake.connector.delta.log.FileDetails;
import io.neuralake.connector.delta.log.FileKey;
import io.neuralake.connector.delta.scan.DeltaTable;
import io.neuralake.connector.delta.scan.FileSet;
import io.neuralake.connector.delta.write.BinPacking;
import io.neuralake.connector.delta.write.DataFileWriter;
import io.neuralake.connector.delta.write.RowAddresses;
import io.neuralake.connector.delta.write.RowKind;
import io.neuralake.connector.delta.write.WriteTarget;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.catalog.TableSnapshot;
import io.neuralake.spi.change.Compaction;
import io.neuralake.spi.change.CompactionOptions;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.expression.ScanPredicate;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// Writes groups of files anew, each as few files.
final class DeltaCompaction implements Compaction {
    private final List<AddFile> candidates;
    private final List<FileSet> groups;
    private final WriteTarget target;
    private final List<String> orderBy;
    private final Map<Integer, DataFileWriter> writers = new HashMap<>();
    private final List<DataFileWriter> finished = new ArrayList<>();
    private final List<StagedChanges.FileGroup> replaced = new ArrayList<>();
    private final Predicate<StagedChanges.FileGroup> dropped;

    /// @param table the version whose files are written anew
    /// @param clusterColumns of the table
    /// @param dropped tells of which groups the transaction has let go
    DeltaCompaction(
            DeltaTable table,
            WriteTarget target,
            CompactionOptions options,
            List<String> clusterColumns,
            Predicate<StagedChanges.FileGroup> dropped) {
        this.target = target;
        this.dropped = dropped;
        this.orderBy = options.orderBy().isEmpty() ? clusterColumns : options.orderBy();
        this.candidates = candidates(table, options);
        this.groups =
                options.orderBy().isEmpty()
                        ? BinPacking.small(
                                table, candidates, target.targetFileBytes(), options.minFiles())
                        : BinPacking.all(table, candidates);
    }

    private static List<AddFile> candidates(DeltaTable table, CompactionOptions options) {
        Set<FileKey> settled =
                options.earlier() instanceof DeltaCompaction earlier ? earlier.seen() : null;
        ScanPredicate where = options.where();
        List<AddFile> files = new ArrayList<>();
        for (AddFile file : table.files()) {
            if ((where == null || table.mayMatch(file, where))
                    && (settled == null || settled.contains(file.key()))) {
                files.add(file);
            }
        }
        return files;
    }

    private Set<FileKey> seen() {
        return candidates.stream().map(AddFile::key).collect(Collectors.toSet());
    }

    @Override
    public List<TableSnapshot> groups() {
        return List.copyOf(groups);
    }

    @Override
    public List<String> orderBy() {
        return orderBy;
    }

    @Override
    public void append(int group, Batch rows) {
        writers.computeIfAbsent(group, unseen -> new DataFileWriter(target, RowKind.COPIED, null))
                .append(
                        rows,
                        new RowAddresses(
                                rows,
                                target.metadata().schema().schema().size(),
                                groups.get(group).files()));
    }

    @Override
    public void replace(int group) {
        DataFileWriter writer = writers.remove(group);
        List<AddFile> added = List.of();
        long rows = 0;
        if (writer != null) {
            finished.add(writer);
            rows = writer.rowCount();
            added = writer.finish();
            writer.close();
        }
        List<AddFile> removed = groups.get(group).files();
        checkRows(removed, rows);
        replaced.add(new StagedChanges.FileGroup(arranged(removed), arranged(added)));
    }

    /// A compaction that loses rows must not come to be, whoever made the mistake.
    private static void checkRows(List<AddFile> removed, long rows) {
        long expected = 0;
        for (AddFile file : removed) {
            if (file.rowCount() < 0) {
                return;
            }
            expected += file.rowCount();
        }
        if (expected != rows) {
            throw new NeuralakeException(
                    ErrorCode.INTERNAL_ERROR,
                    "Compaction would change the number of rows from " + expected + " to " + rows);
        }
    }

    private static List<AddFile> arranged(List<AddFile> files) {
        List<AddFile> marked = new ArrayList<>();
        for (AddFile file : files) {
            FileDetails details = file.details();
            marked.add(file.withDetails(details.withDataChange(false)));
        }
        return marked;
    }

    @Override
    public Result result() {
        long filesRemoved = 0;
        long bytesRemoved = 0;
        long filesAdded = 0;
        long bytesAdded = 0;
        for (StagedChanges.FileGroup group : replaced) {
            if (dropped.test(group)) {
                continue;
            }
            filesRemoved += group.removed().size();
            bytesRemoved += group.removed().stream().mapToLong(AddFile::size).sum();
            filesAdded += group.added().size();
            bytesAdded += group.added().stream().mapToLong(AddFile::size).sum();
        }
        return new Result(filesRemoved, bytesRemoved, filesAdded, bytesAdded);
    }

    @Override
    public boolean isPartial() {
        return replaced.stream().anyMatch(dropped);
    }

    /// Returns the groups that were written anew.
    List<StagedChanges.FileGroup> replaced() {
        return replaced;
    }

    /// Deletes what was written, when the change does not happen; idempotent.
    void discard() {
        writers.values().forEach(DataFileWriter::close);
        writers.clear();
        finished.forEach(DataFileWriter::discard);
        finished.clear();
    }
}
