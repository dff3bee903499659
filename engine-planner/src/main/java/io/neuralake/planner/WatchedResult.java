package io.neuralake.planner;

import io.neuralake.exec.QueryResult;
import io.neuralake.exec.QueryStatistics;
import io.neuralake.spi.connector.ReadResult;
import io.neuralake.spi.type.Schema;

import java.util.function.Supplier;

/// A result of which somebody else wants to know when it fails and when it is closed.
///
/// @param onError called before the reader gets an error
/// @param onClose called before the result is closed, perhaps often
record WatchedResult(QueryResult result, Runnable onError, Runnable onClose)
        implements QueryResult {
    @Override
    public Schema schema() {
        return result.schema();
    }

    @Override
    public ReadResult poll() {
        return read(result::poll);
    }

    @Override
    public ReadResult take() {
        return read(result::take);
    }

    private ReadResult read(Supplier<ReadResult> next) {
        try {
            return next.get();
        } catch (RuntimeException | Error e) {
            onError.run();
            throw e;
        }
    }

    @Override
    public void cancel() {
        result.cancel();
    }

    @Override
    public QueryStatistics statistics() {
        return result.statistics();
    }

    @Override
    public void close() {
        onClose.run();
        result.close();
    }
}
