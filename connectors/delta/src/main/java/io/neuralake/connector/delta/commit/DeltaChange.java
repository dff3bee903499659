package io.neuralake.connector.delta.commit;

import io.neuralake.connector.delta.log.AddFile;
import io.neuralake.connector.delta.log.TableState;
import io.neuralake.connector.delta.scan.DeltaTable;
import io.neuralake.connector.delta.scan.FileSet;
import io.neuralake.connector.delta.scan.ReadSet;
import io.neuralake.connector.delta.write.DataFileWriter;
import io.neuralake.connector.delta.write.DeletionResult;
import io.neuralake.connector.delta.write.DeletionVectorWriter;
import io.neuralake.connector.delta.write.RewrittenFiles;
import io.neuralake.connector.delta.write.RowAddresses;
import io.neuralake.connector.delta.write.RowDeletions;
import io.neuralake.connector.delta.write.RowKind;
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

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// The change of one statement.
final class DeltaChange implements TableChange {
    private final DeltaTransaction transaction;
    private final TableAccess access;
    private final ChangeInfo info;
    private final TableState state;
    private final ReadSet reads = new ReadSet();
    private final FileChanges files = new FileChanges();
    private final RowDeletions deletions = new RowDeletions();
    private final StatementRows rows;
    private final Map<RowKind, RowWriter> writers = new EnumMap<>(RowKind.class);
    private final List<AddFile> made = new ArrayList<>();
    private final List<Runnable> undo = new ArrayList<>();
    private final DeltaTable table;
    private @Nullable FileSet addressed;
    private @Nullable DeltaCompaction compaction;
    private List<AddFile> restored = List.of();
    private TableDraft draft;
    private String operation;
    private boolean staged;

    /// A writer, and what takes note of where rows go.
    private record RowWriter(DataFileWriter files, @Nullable OriginCollector origins) {}

    /// @param only whether the transaction will have no other change
    DeltaChange(
            DeltaTransaction transaction,
            TableAccess access,
            StagedChanges before,
            ChangeInfo info,
            boolean only) {
        this.transaction = transaction;
        this.access = access;
        this.info = info;
        this.state = before.state();
        this.draft = before.draft();
        this.rows = new StatementRows(before.written(), draft, only);
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
    public void append(Batch batch) {
        writer(RowKind.NEW).append(batch);
    }

    private DataFileWriter writer(RowKind kind) {
        RowWriter open = writers.get(kind);
        if (open == null) {
            Writability.checkAppend(draft);
            OriginCollector origins = rows.collector(kind);
            open = new RowWriter(new DataFileWriter(target(), kind, origins), origins);
            writers.put(kind, open);
        }
        return open.files();
    }

    private void finishRows() {
        writers.forEach(
                (kind, open) -> {
                    List<AddFile> added = open.files().finish();
                    undo.add(open.files()::discard);
                    rows.wrote(added, kind, open.origins());
                    made.addAll(added);
                    added.forEach(files::add);
                });
        writers.clear();
    }

    @Override
    public long delete(Batch addresses) {
        Writability.checkRemoval(draft);
        Writability.checkFed(draft);
        return deletions.add(addresses);
    }

    @Override
    public long replace(Batch addresses, Batch batch) {
        long twice = delete(addresses);
        if (rows.areApart()) {
            RowAddresses at = new RowAddresses(addresses, 0, ((FileSet) addressed()).files());
            rows.split(batch, at, (kind, some) -> writer(kind).append(some, at));
        } else if (batch.selectedCount() > 0) {
            append(batch);
        }
        return twice;
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
                        access.open(state),
                        target(),
                        options,
                        Clustering.columns(draft),
                        transaction.staged()::isDropped);
        undo.add(started::discard);
        compaction = started;
        return started;
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
                        rows.written(),
                        deleted),
                made,
                undo);
        transaction.restored().add(restored);
    }

    private long deleteRows() {
        if (deletions.isEmpty()) {
            return 0;
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
        Map<RowKind, List<Integer>> kinds = new EnumMap<>(RowKind.class);
        for (int number : deletions.files()) {
            kinds.computeIfAbsent(rows.copies(numbered.get(number)), _ -> new ArrayList<>())
                    .add(number);
        }
        DeletionResult all = DeletionResult.NONE;
        for (Map.Entry<RowKind, List<Integer>> kind : kinds.entrySet()) {
            OriginCollector origins = rows.collector(kind.getKey());
            try (RewrittenFiles copies =
                    new RewrittenFiles(access.open(state), asRead, kind.getKey(), origins)) {
                undo.add(copies::discard);
                DeletionResult result = copies.write(numbered, deletions, kind.getValue());
                rows.wrote(result.added(), kind.getKey(), origins);
                made.addAll(result.added());
                all = all.and(result);
            }
        }
        return all;
    }

    private WriteTarget target() {
        return WriteTarget.of(access.store(), access.folder(), draft.metadata());
    }

    @Override
    public void close() {
        writers.values().forEach(open -> open.files().close());
        writers.clear();
        if (!staged) {
            undo.reversed().forEach(Runnable::run);
            undo.clear();
        }
        transaction.closed(this);
    }
}
