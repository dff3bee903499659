package io.neuralake.connector.delta.commit;

import io.neuralake.connector.delta.log.AddFile;
import io.neuralake.connector.delta.log.LogAction;
import io.neuralake.connector.delta.scan.DeltaConnector;
import io.neuralake.connector.delta.scan.DeltaTable;
import io.neuralake.connector.delta.scan.RowBitmap;
import io.neuralake.connector.delta.write.ChangeDataWriter;
import io.neuralake.connector.delta.write.ChangeDataWriter.ChangeType;
import io.neuralake.connector.delta.write.RowDeletions;
import io.neuralake.connector.delta.write.RowKind;
import io.neuralake.connector.delta.write.WriteTarget;
import io.neuralake.spi.change.ChangeOperation;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Writes the rows that a transaction changes in the end, for who follows the changes of the table: the difference between
/// the version that it began with and the one that it makes, whatever its statements did in between. A row that came and
/// went is none of them, one that was updated and then deleted was deleted as it was before. For one thread.
final class ChangeDataFiles {
    private final StagedChanges staged;
    private final TableAccess access;
    private final DeltaTable table;
    private final Map<String, AddFile> removed = new HashMap<>();
    private final Map<String, AddFile> kept = new HashMap<>();

    /// Rows of files that were there before and are elsewhere now.
    private final RowDeletions updated = new RowDeletions();

    private final RowDeletions copied = new RowDeletions();

    private ChangeDataFiles(StagedChanges staged, TableAccess access) {
        this.staged = staged;
        this.access = access;
        this.table = access.open(staged.state());
        for (AddFile file : staged.files().removed()) {
            removed.put(file.path(), file);
        }
    }

    /// Writes the rows of a transaction, unless whole files tell the same.
    ///
    /// @param undo takes what deletes the files when the transaction does not happen
    static List<LogAction.AddCdcFile> write(
            StagedChanges staged, TableAccess access, List<Runnable> undo) {
        boolean restored =
                staged.statements().stream()
                        .anyMatch(info -> info.operation() == ChangeOperation.RESTORE);
        if (staged.creating()
                || restored
                || !Writability.feedsChanges(staged.draft())
                || !staged.files().dataChange()) {
            return List.of();
        }
        ChangeDataFiles files = new ChangeDataFiles(staged, access);
        return files.areNeeded() ? files.write(undo) : List.of();
    }

    /// Tells whether some rows of a file change and others do not, or rows are in another file than before.
    private boolean areNeeded() {
        for (AddFile file : staged.files().added()) {
            WrittenFiles.Written written = staged.written().get(file);
            if (written == null
                    ? removed.containsKey(file.path())
                    : written.kind() != RowKind.NEW) {
                return true;
            }
        }
        return false;
    }

    private List<LogAction.AddCdcFile> write(List<Runnable> undo) {
        WriteTarget target =
                WriteTarget.of(access.store(), access.folder(), staged.draft().metadata());
        List<LogAction.AddCdcFile> actions = new ArrayList<>();
        try (ChangeDataWriter writer = new ChangeDataWriter(table, target)) {
            staged.files().added().forEach(file -> added(file, writer));
            removed.values().forEach(file -> removed(file, writer));
            List<AddFile> written = writer.finish();
            undo.add(writer::discard);
            for (AddFile file : written) {
                actions.add(
                        new LogAction.AddCdcFile(file.path(), file.partitionValues(), file.size()));
            }
        }
        return actions;
    }

    private void added(AddFile file, ChangeDataWriter writer) {
        WrittenFiles.Written written = staged.written().get(file);
        if (written == null && removed.containsKey(file.path())) {
            kept.put(file.path(), file);
            return;
        }
        RowKind kind = written == null ? RowKind.NEW : written.kind();
        switch (kind) {
            case NEW -> writer.append(ChangeType.INSERT, file);
            case UPDATED -> {
                writer.append(ChangeType.UPDATE_POSTIMAGE, file);
                origins(written).collect(deleted(file), updated);
            }
            case COPIED -> origins(written).collect(deleted(file), copied);
        }
    }

    private static RowOrigins origins(WrittenFiles.@Nullable Written written) {
        return Objects.requireNonNull(Objects.requireNonNull(written).origins());
    }

    private @Nullable RowBitmap deleted(AddFile file) {
        return ((DeltaConnector) table.connector()).deletedRows(table, file);
    }

    private void removed(AddFile file, ChangeDataWriter writer) {
        int number = staged.written().number(file);
        AddFile after = kept.get(file.path());
        RowBitmap gone = after == null ? null : deleted(after);
        writer.append(
                file,
                row -> {
                    boolean stays =
                            after != null && (gone == null || !gone.contains(row))
                                    || copied.contains(number, row);
                    if (stays) {
                        return null;
                    }
                    return updated.contains(number, row)
                            ? ChangeType.UPDATE_PREIMAGE
                            : ChangeType.DELETE;
                });
    }
}
