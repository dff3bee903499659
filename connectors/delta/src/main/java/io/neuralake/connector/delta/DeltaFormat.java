package io.neuralake.connector.delta;

import io.neuralake.connector.delta.commit.CommitLog;
import io.neuralake.connector.delta.commit.DeltaChanges;
import io.neuralake.connector.delta.commit.StoreCommitLog;
import io.neuralake.connector.delta.engine.KernelEngine;
import io.neuralake.connector.delta.engine.KernelLog;
import io.neuralake.connector.delta.engine.VectorFiles;
import io.neuralake.connector.delta.log.TableLog;
import io.neuralake.connector.delta.log.TableState;
import io.neuralake.connector.delta.maintenance.DeltaUpkeep;
import io.neuralake.connector.delta.maintenance.LogMaintenance;
import io.neuralake.connector.delta.scan.DeltaConnector;
import io.neuralake.connector.delta.scan.DeltaTable;
import io.neuralake.connector.parquet.ParquetFormat;
import io.neuralake.spi.catalog.QualifiedName;
import io.neuralake.spi.catalog.TableSnapshot;
import io.neuralake.spi.change.SupportsTableChanges.CreateMode;
import io.neuralake.spi.change.SupportsTableCreation;
import io.neuralake.spi.change.TableDefinition;
import io.neuralake.spi.change.TableTransaction;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.storage.ObjectStore;
import io.neuralake.storage.StoragePath;

import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/// Opens folders with a `_delta_log` as tables, and makes such. Each table's log is read once and followed from then
/// on; the newest version is kept open, with its statistics.
public final class DeltaFormat implements SupportsTableCreation, AutoCloseable {
    private static final int MAX_TABLES = 1000;

    private final ObjectStore store;
    private final KernelEngine engine;
    private final DeltaConnector connector;
    private final DeltaChanges changes;
    private final DeltaUpkeep upkeep;
    private final LogMaintenance maintenance;
    private final Map<String, TableLog> logs = new ConcurrentHashMap<>();
    private final Map<QualifiedName, DeltaTable> newest = new ConcurrentHashMap<>();

    /// Reads and writes logs in `store`, and reads Parquet files through the caches of `parquet`.
    public DeltaFormat(ObjectStore store, ParquetFormat parquet) {
        this(store, parquet, new StoreCommitLog(store), LogMaintenance.BACKGROUND);
    }

    /// Reads and writes logs.
    ///
    /// @param commits how commits come into being
    /// @param background runs what follows a commit: checkpoints, clearing the log up
    public DeltaFormat(
            ObjectStore store, ParquetFormat parquet, CommitLog commits, Executor background) {
        this.store = store;
        this.engine = new KernelEngine(store, parquet.connector());
        VectorFiles vectors = new VectorFiles(store);
        this.connector = new DeltaConnector(parquet.connector(), vectors);
        InstantSource clock = InstantSource.system();
        this.maintenance =
                new LogMaintenance(
                        store, folder -> new KernelLog(engine, folder), background, clock);
        this.changes = new DeltaChanges(store, connector, commits, maintenance::afterCommit, clock);
        this.upkeep = new DeltaUpkeep(vectors, commits, clock);
    }

    @Override
    public String name() {
        return "delta";
    }

    @Override
    public TableSnapshot open(QualifiedName name, String location) {
        String folder = StoragePath.folder(location);
        TableLog log = log(folder);
        TableState state = log.newest();
        DeltaTable known = newest.get(name);
        if (known != null && known.state().isVersion(state) && known.folder().equals(folder)) {
            return known;
        }
        DeltaTable table =
                new DeltaTable(name, folder, log, state, connector).changedBy(changes, upkeep);
        if (newest.size() >= MAX_TABLES) {
            newest.clear();
        }
        newest.put(name, table);
        return table;
    }

    @Override
    public TableTransaction create(
            QualifiedName name, String location, TableDefinition definition, CreateMode mode) {
        String folder = StoragePath.folder(location);
        TableLog log = log(folder);
        boolean exists = isTable(log);
        if (exists && mode == CreateMode.CREATE) {
            throw new NeuralakeException(ErrorCode.TABLE_EXISTS, "Table exists: " + name);
        }
        if (!exists && mode == CreateMode.REPLACE) {
            throw new NeuralakeException(ErrorCode.TABLE_NOT_FOUND, "Table not found: " + name);
        }
        return exists
                ? changes.replace(name, folder, log, definition)
                : changes.create(
                        name, folder, log, definition, mode == CreateMode.CREATE_OR_REPLACE);
    }

    private static boolean isTable(TableLog log) {
        try {
            return log.newest().version() >= 0;
        } catch (NeuralakeException e) {
            if (e.code() == ErrorCode.FILE_NOT_FOUND) {
                return false;
            }
            throw e;
        }
    }

    @Override
    public boolean drop(String location) {
        String folder = StoragePath.folder(location);
        boolean dropped = store.deleteFolder(folder);
        logs.remove(folder);
        newest.values().removeIf(table -> table.folder().equals(folder));
        return dropped;
    }

    /// Waits for checkpoints that are being written, some seconds at most.
    @Override
    public void close() {
        maintenance.close();
    }

    private TableLog log(String folder) {
        if (logs.size() >= MAX_TABLES) {
            logs.clear();
        }
        return logs.computeIfAbsent(
                folder,
                path -> new TableLog(store, path + "/_delta_log", new KernelLog(engine, path)));
    }
}
