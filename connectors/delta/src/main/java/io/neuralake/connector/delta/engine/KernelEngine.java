package io.neuralake.connector.delta.engine;

import io.delta.kernel.engine.Engine;
import io.delta.kernel.engine.ExpressionHandler;
import io.delta.kernel.engine.FileSystemClient;
import io.delta.kernel.engine.JsonHandler;
import io.delta.kernel.engine.ParquetHandler;
import io.neuralake.connector.parquet.ParquetConnector;
import io.neuralake.storage.ObjectStore;

import java.util.Set;

/// What Delta Kernel reads and writes files with. Thread-safe.
public final class KernelEngine implements Engine {
    private final ObjectStore store;
    private final ParquetConnector connector;
    private final LogJson json;
    private final LogFiles files;
    private final LogParquet parquet;
    private final LogExpressions expressions = new LogExpressions();

    /// Reads logs in `store`, their checkpoints by `parquet`.
    public KernelEngine(ObjectStore store, ParquetConnector parquet) {
        this(store, parquet, Set.of());
    }

    private KernelEngine(ObjectStore store, ParquetConnector parquet, Set<String> hidden) {
        this.store = store;
        this.connector = parquet;
        this.json = new LogJson(store, hidden);
        this.files = new LogFiles(store, hidden);
        this.parquet = new LogParquet(store, parquet);
    }

    /// Returns an engine for which some files are not there.
    KernelEngine without(Set<String> paths) {
        return new KernelEngine(store, connector, paths);
    }

    ObjectStore store() {
        return store;
    }

    LogJson json() {
        return json;
    }

    LogParquet parquet() {
        return parquet;
    }

    @Override
    public ExpressionHandler getExpressionHandler() {
        return expressions;
    }

    @Override
    public JsonHandler getJsonHandler() {
        return json;
    }

    @Override
    public FileSystemClient getFileSystemClient() {
        return files;
    }

    @Override
    public ParquetHandler getParquetHandler() {
        return parquet;
    }
}
