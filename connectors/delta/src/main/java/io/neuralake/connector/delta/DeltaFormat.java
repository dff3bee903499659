package io.neuralake.connector.delta;

import io.neuralake.connector.delta.engine.KernelEngine;
import io.neuralake.connector.delta.engine.KernelLog;
import io.neuralake.connector.delta.engine.VectorFiles;
import io.neuralake.connector.delta.log.TableLog;
import io.neuralake.connector.delta.log.TableState;
import io.neuralake.connector.delta.scan.DeltaConnector;
import io.neuralake.connector.delta.scan.DeltaTable;
import io.neuralake.connector.parquet.ParquetFormat;
import io.neuralake.spi.catalog.QualifiedName;
import io.neuralake.spi.catalog.TableFormat;
import io.neuralake.spi.catalog.TableSnapshot;
import io.neuralake.storage.ObjectStore;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Opens folders with a `_delta_log` as tables. Each table's log is read once and followed from then
/// on; the newest version is kept open, with its statistics.
public final class DeltaFormat implements TableFormat {
    private static final int MAX_TABLES = 1000;

    private final ObjectStore store;
    private final KernelEngine engine;
    private final DeltaConnector connector;
    private final Map<String, TableLog> logs = new ConcurrentHashMap<>();
    private final Map<QualifiedName, DeltaTable> newest = new ConcurrentHashMap<>();

    /// Reads logs in `store`, and Parquet files through the caches of `parquet`.
    public DeltaFormat(ObjectStore store, ParquetFormat parquet) {
        this.store = store;
        this.engine = new KernelEngine(store, parquet.connector());
        this.connector = new DeltaConnector(parquet.connector(), new VectorFiles(store));
    }

    @Override
    public String name() {
        return "delta";
    }

    @Override
    public TableSnapshot open(QualifiedName name, String location) {
        String folder = folder(location);
        TableLog log = log(folder);
        TableState state = log.newest();
        DeltaTable known = newest.get(name);
        if (known != null && known.state().isVersion(state) && known.folder().equals(folder)) {
            return known;
        }
        DeltaTable table = new DeltaTable(name, folder, log, state, connector);
        if (newest.size() >= MAX_TABLES) {
            newest.clear();
        }
        newest.put(name, table);
        return table;
    }

    private TableLog log(String folder) {
        if (logs.size() >= MAX_TABLES) {
            logs.clear();
        }
        return logs.computeIfAbsent(
                folder,
                path -> new TableLog(store, path + "/_delta_log", new KernelLog(engine, path)));
    }

    private static String folder(String location) {
        return Path.of(location).toAbsolutePath().normalize().toString();
    }
}
