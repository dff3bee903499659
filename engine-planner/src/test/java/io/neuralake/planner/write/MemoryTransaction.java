package io.neuralake.planner.write;

import io.neuralake.planner.write.MemoryState.Row;
import io.neuralake.spi.catalog.QualifiedName;
import io.neuralake.spi.change.ChangeInfo;
import io.neuralake.spi.change.TableChange;
import io.neuralake.spi.change.TableTransaction;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A transaction on a table of [MemoryLake].
final class MemoryTransaction implements TableTransaction {
    private final MemoryLake lake;
    private final QualifiedName table;
    private final MemoryState base;
    private final boolean creates;
    private final Map<String, Long> applications = new HashMap<>();
    private final List<String> infos = new ArrayList<>();
    private final List<Row> appended = new ArrayList<>();
    private MemoryState staged;
    private boolean anything;
    private boolean reads;
    private boolean busy;

    MemoryTransaction(MemoryLake lake, QualifiedName table, MemoryState base, boolean creates) {
        this.lake = lake;
        this.table = table;
        this.base = base;
        this.creates = creates;
        this.staged = base;
    }

    @Override
    public QualifiedName table() {
        return table;
    }

    @Override
    public TableChange change(ChangeInfo info) {
        if (busy) {
            throw new IllegalStateException("One change at a time");
        }
        busy = true;
        return new MemoryChange(this, lake, info);
    }

    @Override
    public TableChange onlyChange(ChangeInfo info) {
        return change(info);
    }

    void stage(MemoryState state, List<Row> added, boolean hasRead, ChangeInfo info) {
        lake.beforeStage.run();
        staged = state;
        appended.addAll(added);
        reads |= hasRead;
        anything = true;
        infos.add(info.operation() + " " + info.parameters());
    }

    void done() {
        busy = false;
    }

    @Override
    public boolean identify(String application, long version) {
        if (lake.isKnown(table.table(), application, version)) {
            return false;
        }
        applications.put(application, version);
        return true;
    }

    @Override
    public long commit() {
        lake.beforeCommit.run();
        return anything ? lake.commit(this) : base.version();
    }

    MemoryState base() {
        return base;
    }

    MemoryState staged() {
        return staged;
    }

    boolean creates() {
        return creates;
    }

    boolean reads() {
        return reads;
    }

    List<Row> appended() {
        return appended;
    }

    Map<String, Long> applications() {
        return applications;
    }

    List<String> infos() {
        return infos;
    }

    @Override
    public void close() {}
}
