package io.neuralake.connector.delta.commit;

import io.neuralake.connector.delta.log.AddFile;
import io.neuralake.connector.delta.log.FileKey;
import io.neuralake.connector.delta.log.FilePath;
import io.neuralake.connector.delta.log.LogAction;
import io.neuralake.connector.delta.log.TableState;
import io.neuralake.connector.delta.scan.ReadSet;
import io.neuralake.connector.delta.schema.TableSchema;
import io.neuralake.spi.change.ChangeInfo;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What the statements of a transaction have changed so far, seen from the version that it began with.
final class StagedChanges {
    private final TableState base;
    private final boolean creating;
    private final List<ReadSet> reads = new ArrayList<>();
    private final List<ChangeInfo> statements = new ArrayList<>();
    private final WrittenFiles written = new WrittenFiles();
    private final Map<String, Long> applications = new LinkedHashMap<>();
    private final List<FileGroup> groups = new ArrayList<>();
    private final Set<FileGroup> dropped = new HashSet<>();
    private final FileChanges files = new FileChanges();
    private List<LogAction.AddCdcFile> changeData = List.of();
    private TableDraft draft;
    private String operation = "";
    private long rowsDeleted;
    private boolean replacing;

    /// Files that are written anew by themselves: if another transaction changes one of them, the others can still
    /// be committed.
    record FileGroup(List<AddFile> removed, List<AddFile> added) {
        FileGroup {
            removed = List.copyOf(removed);
            added = List.copyOf(added);
        }

        private boolean touches(Set<String> paths) {
            return removed.stream().anyMatch(file -> paths.contains(FilePath.decode(file.path())));
        }
    }

    /// What one statement has changed.
    ///
    /// @param operation as the table's history names it
    /// @param groups files that were written anew, apart from `files`
    /// @param written what is known of rows of files that it has written, by path
    record Statement(
            ChangeInfo info,
            String operation,
            TableDraft draft,
            FileChanges files,
            List<FileGroup> groups,
            Map<String, WrittenFiles.Written> written,
            long rowsDeleted) {}

    /// @param base the version; of a table that is made, what it shall be
    StagedChanges(TableState base, boolean creating) {
        this.base = base;
        this.creating = creating;
        this.draft = TableDraft.of(base);
    }

    /// Sets what the table shall be, before any statement.
    ///
    /// @param name of the operation if no statement comes
    void define(TableDraft defined, String name) {
        draft = defined;
        operation = name;
    }

    /// Sets whether a table that another transaction makes meanwhile shall be replaced.
    void replacing(boolean replace) {
        replacing = replace;
    }

    boolean replaces() {
        return replacing;
    }

    /// Takes files out, before any statement.
    void replace(FileChanges changes) {
        files.addAll(changes);
    }

    void add(Statement statement) {
        if (!groups.isEmpty()) {
            merge();
        }
        draft = statement.draft;
        files.addAll(statement.files);
        groups.addAll(statement.groups);
        if (!statement.files.isEmpty()) {
            merge();
        }
        written.putAll(statement.written);
        operation =
                statements.isEmpty() || operation.equals(statement.operation)
                        ? statement.operation
                        : "TRANSACTION";
        statements.add(statement.info);
        rowsDeleted += statement.rowsDeleted;
    }

    /// What others rely on stands and falls with them.
    private void merge() {
        for (FileGroup group : groups) {
            group.removed.forEach(files::remove);
            group.added.forEach(files::add);
        }
        groups.clear();
    }

    /// Lets go of the groups in which another transaction has changed files.
    ///
    /// @param paths decoded paths of the files it has taken out
    /// @return the files that were written in vain
    List<AddFile> dropGroups(Set<String> paths) {
        List<AddFile> vain = new ArrayList<>();
        groups.removeIf(
                group -> {
                    boolean touched = group.touches(paths);
                    if (touched) {
                        vain.addAll(group.added);
                        dropped.add(group);
                    }
                    return touched;
                });
        return vain;
    }

    /// Tells whether [#dropGroups] has let go of a group.
    boolean isDropped(FileGroup group) {
        return dropped.contains(group);
    }

    void read(ReadSet set) {
        reads.add(set);
    }

    void identify(String application, long version) {
        applications.put(application, version);
    }

    /// Returns the table as the next statement sees it.
    TableState state() {
        FileChanges all = files();
        if (all.isEmpty() && !redefines() && changedDomains().isEmpty()) {
            return base; // of which more is known than of an equal one
        }
        List<LogAction> gone = new ArrayList<>();
        all.removed().forEach(file -> gone.add(file.removal(0, true)));
        TableState without = base.with(gone);
        TableState with = without.with(all.added());
        return new TableState(
                with.version(),
                with.millis(),
                draft.protocol(),
                draft.metadata(),
                with.active(),
                with.transactions(),
                draft.domains());
    }

    /// Returns the difference of files; not to be changed.
    FileChanges files() {
        if (groups.isEmpty()) {
            return files;
        }
        FileChanges all = new FileChanges();
        all.addAll(files);
        for (FileGroup group : groups) {
            group.removed.forEach(all::remove);
            group.added.forEach(all::add);
        }
        return all;
    }

    boolean isEmpty() {
        return !creating
                && files().isEmpty()
                && applications.isEmpty()
                && !redefines()
                && changedDomains().isEmpty();
    }

    boolean creating() {
        return creating;
    }

    TableState base() {
        return base;
    }

    TableDraft draft() {
        return draft;
    }

    /// Returns what is known of the files that statements have written.
    WrittenFiles written() {
        return written;
    }

    /// Sets the files that tell which rows change.
    void feed(List<LogAction.AddCdcFile> files) {
        changeData = List.copyOf(files);
    }

    List<LogAction.AddCdcFile> changeData() {
        return changeData;
    }

    Map<String, Long> applications() {
        return applications;
    }

    List<ChangeInfo> statements() {
        return statements;
    }

    String operation() {
        return operation;
    }

    long rowsDeleted() {
        return rowsDeleted;
    }

    boolean changesProtocol() {
        return creating || !draft.protocol().equals(base.protocol());
    }

    boolean changesMetadata() {
        return creating || !draft.metadata().sameAs(base.metadata());
    }

    boolean redefines() {
        return changesProtocol() || changesMetadata();
    }

    /// Returns the domains that are set or removed.
    Set<String> changedDomains() {
        Set<String> changed = new HashSet<>();
        Map<String, String> before = creating ? Map.of() : base.domains();
        Set<String> all = new HashSet<>(before.keySet());
        all.addAll(draft.domains().keySet());
        for (String domain : all) {
            String now = draft.domains().get(domain);
            if (now == null || !now.equals(before.get(domain))) {
                changed.add(domain);
            }
        }
        return changed;
    }

    boolean hasRead() {
        return reads.stream().anyMatch(set -> !set.isEmpty());
    }

    /// Tells whether the commit only adds rows, for which nothing was read.
    boolean isBlindAppend() {
        return !hasRead() && files().removed().isEmpty();
    }

    ConflictCheck.Isolation isolation() {
        boolean arrangesOnly =
                !files().isEmpty()
                        && !files().dataChange()
                        && !redefines()
                        && applications.isEmpty();
        return arrangesOnly
                ? ConflictCheck.Isolation.SNAPSHOT
                : ConflictCheck.Isolation.of(
                        base.metadata().properties().getOrDefault(TableProperties.ISOLATION, ""));
    }

    ConflictCheck check() {
        return new ConflictCheck(
                base.metadata(),
                isolation(),
                new Reads(reads),
                new ConflictCheck.Ours(
                        redefines(),
                        applications.keySet(),
                        changedDomains(),
                        files().removedPaths()));
    }

    /// What all statements have read.
    private record Reads(List<ReadSet> sets) implements ConflictCheck.Reads {
        @Override
        public boolean mayHaveRead(AddFile file, TableSchema schema) {
            return sets.stream().anyMatch(set -> set.mayHaveRead(file, schema));
        }

        @Override
        public boolean hasRead(FileKey key) {
            return sets.stream().anyMatch(set -> set.hasRead(key));
        }
    }
}
