package io.neuralake.connector.delta.engine;

import io.delta.kernel.engine.Engine;
import io.delta.kernel.engine.ExpressionHandler;
import io.delta.kernel.engine.FileSystemClient;
import io.delta.kernel.engine.JsonHandler;
import io.delta.kernel.engine.ParquetHandler;
import io.neuralake.connector.parquet.ParquetConnector;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.storage.ObjectStore;

/// What Delta Kernel reads files with. Thread-safe.
public final class KernelEngine implements Engine {
    private final LogJson json;
    private final LogFiles files;
    private final LogParquet parquet;
    private final LogExpressions expressions = new LogExpressions();

    /// Reads logs in `store`, their checkpoints by `parquet`.
    public KernelEngine(ObjectStore store, ParquetConnector parquet) {
        this.json = new LogJson(store);
        this.files = new LogFiles(store);
        this.parquet = new LogParquet(parquet);
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

    static NeuralakeException readOnly() {
        return new NeuralakeException(ErrorCode.UNSUPPORTED, "Delta tables cannot be written yet");
    }
}
