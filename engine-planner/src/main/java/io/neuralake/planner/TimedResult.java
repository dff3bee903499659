package io.neuralake.planner;

import io.neuralake.exec.QueryResult;
import io.neuralake.exec.QueryStatistics;
import io.neuralake.spi.connector.ReadResult;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.Schema;

import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// Cancels a query that runs longer than its session allows.
final class TimedResult implements QueryResult {
    private static final ScheduledExecutorService TIMER =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("statement-timeout").factory());

    private final QueryResult result;
    private final long timeoutMillis;
    private final AtomicBoolean expired = new AtomicBoolean();
    private final Future<?> timer;

    private TimedResult(QueryResult result, long timeoutMillis) {
        this.result = result;
        this.timeoutMillis = timeoutMillis;
        this.timer = TIMER.schedule(this::expire, timeoutMillis, TimeUnit.MILLISECONDS);
    }

    /// Limits a result; 0 is no limit. Takes ownership.
    static QueryResult limit(QueryResult result, long timeoutMillis) {
        return timeoutMillis == 0 ? result : new TimedResult(result, timeoutMillis);
    }

    private void expire() {
        expired.set(true);
        result.cancel();
    }

    @Override
    public Schema schema() {
        return result.schema();
    }

    @Override
    public ReadResult poll() {
        try {
            return ended(result.poll());
        } catch (NeuralakeException e) {
            throw explained(e);
        }
    }

    @Override
    public ReadResult take() {
        try {
            return ended(result.take());
        } catch (NeuralakeException e) {
            throw explained(e);
        }
    }

    private ReadResult ended(ReadResult read) {
        if (read instanceof ReadResult.Finished) {
            timer.cancel(false);
        }
        return read;
    }

    private NeuralakeException explained(NeuralakeException e) {
        return e.code() == ErrorCode.CANCELLED && expired.get()
                ? new NeuralakeException(
                        ErrorCode.CANCELLED,
                        "Statement timeout exceeded: " + timeoutMillis + " ms",
                        e)
                : e;
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
        timer.cancel(false);
        result.close();
    }
}
