package io.neuralake.exec;

import io.neuralake.exec.memory.QueryMemory;
import io.neuralake.exec.pipeline.QueryExecution;
import io.neuralake.spi.connector.ReadResult;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.Schema;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/// The result of one execution in this process. The reader is the only one who waits in [#take];
/// workers never wait for it with a thread.
final class LocalQueryResult implements QueryResult {
    private final Schema schema;
    private final QueryExecution execution;
    private final QueryMemory memory;
    private final Consumer<LocalQueryResult> onClose;
    private final AtomicBoolean closed = new AtomicBoolean();

    LocalQueryResult(
            Schema schema,
            QueryExecution execution,
            QueryMemory memory,
            Consumer<LocalQueryResult> onClose) {
        this.schema = schema;
        this.execution = execution;
        this.memory = memory;
        this.onClose = onClose;
    }

    void start() {
        execution.start();
    }

    @Override
    public Schema schema() {
        return schema;
    }

    @Override
    public ReadResult poll() {
        ReadResult result = execution.result().poll();
        if (result instanceof ReadResult.Ready ready) {
            execution.metrics().addResultRows(ready.batch().selectedCount());
        }
        return result;
    }

    @Override
    public ReadResult take() {
        while (true) {
            ReadResult result = poll();
            if (!(result instanceof ReadResult.Blocked blocked)) {
                return result;
            }
            blocked.until().join();
        }
    }

    @Override
    public void cancel() {
        stop(new NeuralakeException(ErrorCode.CANCELLED, "Query was cancelled"));
    }

    void stop(NeuralakeException reason) {
        if (execution.terminated().isDone()) {
            execution.result().fail(reason);
        } else {
            execution.stop(reason);
        }
    }

    @Override
    public QueryStatistics statistics() {
        return execution.metrics().statistics();
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            execution.result().closeReader();
            cancel();
            execution.terminated().join();
            memory.close();
            onClose.accept(this);
        } else {
            execution.terminated().join();
        }
    }
}
