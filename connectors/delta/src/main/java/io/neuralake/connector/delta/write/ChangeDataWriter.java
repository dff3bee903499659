package io.neuralake.connector.delta.write;

import io.neuralake.connector.delta.log.AddFile;
import io.neuralake.connector.delta.scan.DeltaTable;
import io.neuralake.connector.delta.scan.FileSet;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ColumnBuilder;
import io.neuralake.spi.batch.ConstantColumn;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ScalarType;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// Writes the rows that a change inserts, deletes and updates, for tables with a change data feed (PROTOCOL.md, "Add
/// CDC File"). A commit with such files is read by them alone, so that they must tell all its changes. For one
/// thread.
public final class ChangeDataWriter implements AutoCloseable {
    private static final String FOLDER = "_change_data/";
    private static final Field TYPE = new Field("_change_type", ScalarType.VARCHAR, false);

    private static final List<ChangeType> GONE =
            List.of(ChangeType.DELETE, ChangeType.UPDATE_PREIMAGE);

    private final DeltaTable table;
    private final DataFileWriter writer;
    private final FileRows reader = new FileRows();

    /// What happened to a row.
    public enum ChangeType {
        /// It is new.
        INSERT("insert"),
        /// It is gone.
        DELETE("delete"),
        /// What it was before an update.
        UPDATE_PREIMAGE("update_preimage"),
        /// What it is after one.
        UPDATE_POSTIMAGE("update_postimage");

        private final String text;

        ChangeType(String text) {
            this.text = text;
        }
    }

    /// Tells what happened to rows that were there before.
    public interface RowTypes {
        /// Returns DELETE or UPDATE_PREIMAGE for the row at a position; null if nothing happened to it.
        @Nullable ChangeType of(long position);
    }

    /// Starts writing.
    ///
    /// @param table has the columns that the files get
    public ChangeDataWriter(DeltaTable table, WriteTarget target) {
        this.table = table;
        this.writer =
                new DataFileWriter(
                        target,
                        new PhysicalLayout(target.metadata().schema(), TYPE),
                        FOLDER,
                        "cdc");
    }

    /// Adds the selected rows of a batch, which stays the caller's. Its first columns are those of the table in order.
    public void append(ChangeType type, Batch rows) {
        if (rows.selectedCount() == 0) {
            return;
        }
        int count = table.schema().size();
        Column[] columns = new Column[count + 1];
        columns[count] =
                new ConstantColumn(
                        rows.rowCount(),
                        ColumnBuilder.of(reader.allocator(), TYPE.type(), List.of(type.text)));
        for (int i = 0; i < count; i++) {
            columns[i] = rows.column(i).retain();
        }
        DataBuffer selection = rows.selection();
        try (Batch typed =
                selection == null
                        ? Batch.of(rows.rowCount(), columns)
                        : Batch.selected(
                                rows.rowCount(),
                                columns,
                                selection.retain(),
                                rows.selectedCount())) {
            writer.append(typed);
        }
    }

    /// Adds all rows of a file, which are read.
    public void append(ChangeType type, AddFile file) {
        reader.read(new FileSet(table, List.of(file), false), batch -> append(type, batch));
    }

    /// Adds some rows of a file, which are read.
    ///
    /// @param types tells what happened to the row at a position
    public void append(AddFile file, RowTypes types) {
        int columns = table.schema().size();
        reader.read(
                new FileSet(table, List.of(file), true),
                batch -> {
                    for (ChangeType type : GONE) {
                        try (Batch rows =
                                AddressedRows.choose(
                                        batch,
                                        columns,
                                        row -> types.of(row) == type,
                                        reader.allocator())) {
                            append(type, rows);
                        }
                    }
                });
    }

    /// Completes the files, which survive a crash when this returns. Of each, path, partition values and size are
    /// what a `cdc` action needs.
    public List<AddFile> finish() {
        return writer.finish();
    }

    /// Deletes what was written, when the change does not happen; idempotent.
    public void discard() {
        writer.discard();
    }

    /// Deletes what was written unless [#finish] returned.
    @Override
    public void close() {
        try {
            writer.close();
        } finally {
            reader.close();
        }
    }
}
