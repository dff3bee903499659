package io.neuralake.connector.delta.write;

import io.neuralake.connector.delta.log.AddFile;
import io.neuralake.connector.delta.scan.DeltaConnector;
import io.neuralake.connector.delta.scan.DeltaTable;
import io.neuralake.connector.delta.scan.FileSet;
import io.neuralake.connector.delta.scan.RowBitmap;
import io.neuralake.spi.batch.Batch;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// Deletes rows of a table that must not have deletion vectors: writes the files anew without them, the other rows
/// in their order. For one thread.
public final class RewrittenFiles implements AutoCloseable {
    private final DeltaTable table;
    private final DataFileWriter writer;

    /// Starts rewriting.
    ///
    /// @param table the version that the files are of
    /// @param rows what the rows of the files were
    /// @param places is told where rows go; null if nobody wants to know
    public RewrittenFiles(
            DeltaTable table, WriteTarget target, RowKind rows, @Nullable PlaceListener places) {
        this.table = table;
        this.writer = new DataFileWriter(target, rows, places);
    }

    /// Writes files without some rows. What was written survives a crash when this returns.
    ///
    /// @param numbered the files that the rows are of, by number
    /// @param numbers of those to write anew
    public DeletionResult write(
            List<AddFile> numbered, RowDeletions deletions, Collection<Integer> numbers) {
        DeltaConnector connector = (DeltaConnector) table.connector();
        List<AddFile> removed = new ArrayList<>();
        long deleted = 0;
        try (FileRows reader = new FileRows()) {
            for (int number : numbers) {
                AddFile file = numbered.get(number);
                RowBitmap before = connector.deletedRows(table, file);
                RowBitmap gone = deletions.of(number);
                RowBitmap all = before == null ? gone : before.or(gone);
                long had = before == null ? 0 : before.count();
                if (all.count() == had) {
                    continue;
                }
                deleted += all.count() - had;
                removed.add(file);
                if (all.count() < connector.storedRows(table, file)) {
                    copy(reader, file, gone);
                }
            }
        }
        return new DeletionResult(removed, writer.finish(), deleted);
    }

    private void copy(FileRows reader, AddFile file, RowBitmap gone) {
        int columns = table.schema().size();
        List<AddFile> files = List.of(file);
        reader.read(
                new FileSet(table, files, true),
                rows -> {
                    try (Batch kept =
                            AddressedRows.choose(
                                    rows,
                                    columns,
                                    row -> !gone.contains(row),
                                    reader.allocator())) {
                        writer.append(kept, new RowAddresses(rows, columns, files));
                    }
                });
    }

    /// Deletes what was written, when the change does not happen; idempotent.
    public void discard() {
        writer.discard();
    }

    /// Deletes what was written unless [#write] returned; idempotent.
    @Override
    public void close() {
        writer.close();
    }
}
