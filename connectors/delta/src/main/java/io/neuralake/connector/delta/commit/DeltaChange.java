package io.neuralake.connector.delta.commit;

import io.neuralake.connector.delta.log.AddFile;
import io.neuralake.connector.delta.log.LogAction;
import io.neuralake.connector.delta.log.TableState;
import io.neuralake.connector.delta.scan.DeltaTable;
import io.neuralake.connector.delta.scan.FileSet;
import io.neuralake.connector.delta.scan.ReadSet;
import io.neuralake.connector.delta.write.DataFileWriter;
import io.neuralake.connector.delta.write.DeletionResult;
import io.neuralake.connector.delta.write.DeletionVectorWriter;
import io.neuralake.connector.delta.write.RewrittenFiles;
import io.neuralake.connector.delta.write.RowDeletions;
import io.neuralake.connector.delta.write.WriteTarget;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.catalog.TableSnapshot;
import io.neuralake.spi.catalog.TableVersion;
import io.neuralake.spi.change.ChangeInfo;
import io.neuralake.spi.change.ChangeOperation;
import io.neuralake.spi.change.Compaction;
import io.neuralake.spi.change.CompactionOptions;
import io.neuralake.spi.change.TableAlteration;
import io.neuralake.spi.change.TableChange;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// The change of one statement.
final class DeltaChange implements TableChange {
    private final DeltaTransaction transaction;
    private final TableAccess access;
    private final ChangeInfo info;
    private final TableState state;
    private final ReadSet reads = new ReadSet();
    private final FileChanges files = new FileChanges();
    private final RowDeletions deletions = new RowDeletions();
    private final List<LogAction.AddCdcFile> changeData = new ArrayList<>();
    private final List<AddFile> made = new ArrayList<>();
    private final List<Runnable> undo = new ArrayList<>();
    private final DeltaTable table;
    private @Nullable FileSet addressed;
    private @Nullable DataFileWriter writer;
    private @Nullable DeltaCompaction compaction;
    private List<AddFile> restored = List.of();
    private TableDraft draft;
    private String operation;
    private boolean staged;

    DeltaChange(
            DeltaTransaction transaction,
            TableAccess access,
            StagedChanges before,
            ChangeInfo info) {
        this.transaction = transaction;
        this.access = access;
        this.info = info;
        this.state = before.state();
        this.draft = before.draft();
        this.operation = CommitProvenance.operation(info.operation());
        this.table = access.open(state).tracked(reads);
        before.read(reads);
    }

    @Override
    public TableSnapshot snapshot() {
        return table;
    }

    @Override
    public TableSnapshot addressed() {
        FileSet known = addressed;
        if (known == null) {
            known = access.open(state).addressed(reads);
            addressed = known;
        }
        return known;
    }

    @Override
    public void alter(TableAlteration alteration) {
        finishRows();
        draft = Alterations.apply(draft, alteration, state.fileCount() > 0);
        if (info.operation() == ChangeOperation.ALTER) {
            operation = Alterations.operation(alteration);
        }
    }

    @Override
    public void append(Batch rows) {
        DataFileWriter open = writer;
        if (open == null) {
            Writability.checkAppend(draft);
            open = new DataFileWriter(target());
            writer = open;
        }
        open.append(rows);
    }

    private void finishRows() {
        DataFileWriter open = writer;
        if (open != null) {
            List<AddFile> added = open.finish();
            writer = null;
            undo.add(open::discard);
            open.close();
            made.addAll(added);
            added.forEach(files::add);
        }
    }

    @Override
    public long delete(Batch addresses) {
        Writability.checkRemoval(draft);
        return deletions.add(addresses);
    }

    @Override
    public long deleteAll() {
        Writability.checkRemoval(draft);
        reads.addTable();
        long rows = 0;
        boolean known = true;
        for (AddFile file : state.files()) {
            known &= file.rowCount() >= 0;
            rows += file.rowCount();
            files.remove(file.withDetails(file.details().withDataChange(true)));
        }
        return known ? rows : -1;
    }

    @Override
    public void restore(TableVersion version) {
        Writability.checkRemoval(draft);
        reads.addTable();
        draft = Restoration.of(access, state, draft).to(version, files);
        restored = files.added();
    }

    @Override
    public Compaction compaction(CompactionOptions options) {
        DeltaCompaction started =
                new DeltaCompaction(
                        access.open(state), target(), options, Clustering.columns(draft));
        undo.add(started::discard);
        compaction = started;
        return started;
    }

    /// Adds a file of changed rows, for who follows the changes of the table.
    void addChangeData(LogAction.AddCdcFile file) {
        changeData.add(file);
    }

    @Override
    public void stage() {
        if (staged) {
            throw new IllegalStateException("The change is staged already");
        }
        finishRows();
        long deleted = deleteRows();
        staged = true;
        DeltaCompaction compacted = compaction;
        if (compacted != null) {
            compacted.replaced().forEach(group -> made.addAll(group.added()));
        }
        transaction.stage(
                new StagedChanges.Statement(
                        info,
                        operation,
                        draft,
                        files,
                        compacted == null ? List.of() : compacted.replaced(),
                        changeData,
                        deleted),
                made,
                undo);
        transaction.restored().add(restored);
    }

    private long deleteRows() {
        if (deletions.isEmpty()) {
            return 0;
        }
        if (changeData.isEmpty() && Writability.feedsChanges(draft)) {
            throw new NeuralakeException(
                    ErrorCode.UNSUPPORTED,
                    "Rows of a table with a change data feed can only be added, or deleted all: '"
                            + TableProperties.CHANGE_DATA_FEED
                            + "' is 'true'");
        }
        DeletionResult result = deleteFromFiles(((FileSet) addressed()).files());
        for (AddFile file : result.removed()) {
            reads.add(file);
            files.remove(file.withDetails(file.details().withDataChange(true)));
        }
        for (AddFile file : result.added()) {
            files.add(file.withDetails(file.details().withDataChange(true)));
        }
        return result.deletedRows();
    }

    private DeletionResult deleteFromFiles(List<AddFile> numbered) {
        if (Writability.marksDeletions(draft)) {
            DeletionVectorWriter vectors = new DeletionVectorWriter(table, target());
            undo.add(vectors::discard);
            return vectors.write(numbered, deletions);
        }
        // The rows that stay are as they were, without columns that the same statement adds.
        WriteTarget asRead = WriteTarget.of(access.store(), access.folder(), state.metadata());
        try (RewrittenFiles copies = new RewrittenFiles(access.open(state), asRead)) {
            undo.add(copies::discard);
            DeletionResult result = copies.write(numbered, deletions);
            made.addAll(result.added());
            return result;
        }
    }

    private WriteTarget target() {
        return WriteTarget.of(access.store(), access.folder(), draft.metadata());
    }

    @Override
    public void close() {
        DataFileWriter open = writer;
        if (open != null) {
            writer = null;
            open.close();
        }
        if (!staged) {
            undo.reversed().forEach(Runnable::run);
            undo.clear();
        }
        transaction.closed(this);
    }
}
