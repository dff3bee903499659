package io.neuralake.planner.write;

import io.neuralake.spi.catalog.QualifiedName;
import io.neuralake.spi.catalog.TableSnapshot;
import io.neuralake.spi.change.CompactionOptions;
import io.neuralake.spi.change.SupportsTableChanges;
import io.neuralake.spi.change.TableDefinition;
import io.neuralake.spi.change.TableTransaction;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/// A catalog whose tables, held in memory, can be made and changed. It finds conflicts by versions alone:
/// whoever has read a version that is not the newest any more fails, but appends never do.
final class MemoryLake implements SupportsTableChanges {
    private final Map<String, List<MemoryState>> tables = new ConcurrentSkipListMap<>();
    private final Map<String, Map<String, Long>> applications = new HashMap<>();

    /// Runs before each commit; for commits of others.
    Runnable beforeCommit = () -> {};

    /// Runs before a statement's changes are staged.
    Runnable beforeStage = () -> {};

    /// So many compactions lose a group to others.
    int partialCompactions;

    /// The options of compactions.
    final List<CompactionOptions> compactions = new ArrayList<>();

    /// Called once, with the next look-up of a table.
    Runnable beforeLookup = () -> {};

    /// What changes were committed, by their operation and parameters.
    final List<String> history = new ArrayList<>();

    @Override
    public String name() {
        return "lake";
    }

    @Override
    public List<String> schemas() {
        return List.of("main", "other");
    }

    @Override
    public List<String> tables(String schema) {
        return schema.equalsIgnoreCase("main") ? List.copyOf(tables.keySet()) : List.of();
    }

    @Override
    public Optional<TableSnapshot> table(String schema, String table) {
        Runnable once = beforeLookup;
        beforeLookup = () -> {};
        once.run();
        return schema.equalsIgnoreCase("main")
                ? known(table).map(name -> snapshot(name, tables.get(name).getLast()))
                : Optional.empty();
    }

    private Optional<String> known(String table) {
        return tables.keySet().stream().filter(table::equalsIgnoreCase).findFirst();
    }

    MemoryVersion snapshot(String table, MemoryState state) {
        return new MemoryVersion(this, new QualifiedName("lake", "main", table), state, false);
    }

    MemoryState newest(String table) {
        return tables.get(table).getLast();
    }

    List<MemoryState> versions(String table) {
        return tables.get(table);
    }

    boolean isKnown(String table, String application, long version) {
        return applications.getOrDefault(table, Map.of()).getOrDefault(application, -1L) >= version;
    }

    @Override
    public TableTransaction create(
            String schema, String table, TableDefinition definition, CreateMode mode) {
        Optional<String> known = known(table);
        if (mode == CreateMode.CREATE && known.isPresent()) {
            throw new NeuralakeException(ErrorCode.TABLE_EXISTS, "Table exists: " + table);
        }
        if (mode == CreateMode.REPLACE && known.isEmpty()) {
            throw new NeuralakeException(ErrorCode.TABLE_NOT_FOUND, "Table not found: " + table);
        }
        long version = known.map(name -> newest(name).version()).orElse(-1L);
        MemoryState empty = new MemoryState(definition, List.of(), version);
        return new MemoryTransaction(this, new QualifiedName("lake", "main", table), empty, true);
    }

    @Override
    public boolean drop(String schema, String table) {
        applications.remove(table);
        return tables.remove(table) != null;
    }

    synchronized long commit(MemoryTransaction transaction) {
        String table = transaction.table().table();
        List<MemoryState> versions = tables.get(table);
        MemoryState newest = versions == null ? null : versions.getLast();
        if (transaction.creates() && newest == null) {
            versions = new ArrayList<>();
            tables.put(table, versions);
        } else if (newest == null) {
            throw new NeuralakeException(ErrorCode.TABLE_NOT_FOUND, "Table is gone: " + table);
        } else if (transaction.creates() && transaction.base().version() < 0) {
            throw new NeuralakeException(ErrorCode.TABLE_EXISTS, "Table exists: " + table);
        }
        boolean moved = newest != null && newest.version() != transaction.base().version();
        if (moved && transaction.reads()) {
            throw new NeuralakeException(
                    ErrorCode.TRANSACTION_CONFLICT, "Others have changed the table: " + table);
        }
        List<MemoryState.Row> rows = new ArrayList<>();
        if (moved && newest != null) {
            rows.addAll(newest.rows());
            rows.addAll(transaction.appended());
        } else {
            rows.addAll(transaction.staged().rows());
        }
        long version = newest == null ? 0 : newest.version() + 1;
        versions.add(new MemoryState(transaction.staged().definition(), rows, version));
        applications
                .computeIfAbsent(table, _ -> new HashMap<>())
                .putAll(transaction.applications());
        history.addAll(transaction.infos());
        return version;
    }
}
