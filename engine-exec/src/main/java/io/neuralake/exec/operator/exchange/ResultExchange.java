package io.neuralake.exec.operator.exchange;

import io.neuralake.exec.operator.SinkOperator;
import io.neuralake.exec.operator.SinkWorker;
import io.neuralake.exec.operator.WorkerContext;
import io.neuralake.exec.row.RowBytes;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.connector.ReadResult;
import io.neuralake.spi.error.NeuralakeException;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;

/// Ends the last pipelines of a query: a bounded queue between the workers and the reader of the
/// result. Workers that find it full wait until it is half empty. It is full with so many batches, or
/// with fewer large ones, so that a slow reader does not take the memory that the workers need. The end is
/// announced by [#complete] only, which the query calls after everything went well. Thread-safe.
public final class ResultExchange implements SinkOperator {
    private static final int MIN_CAPACITY = 16;

    private final int capacity;
    private final long capacityBytes;
    private final Queue<Waiting> queue = new ArrayDeque<>();
    private long queuedBytes;
    private CompletableFuture<Void> space = CompletableFuture.completedFuture(null);
    private @Nullable CompletableFuture<Void> news;
    private @Nullable NeuralakeException error;
    private boolean complete;
    private boolean closed;

    private record Waiting(Batch batch, long bytes) {}

    /// Opens an empty queue.
    ///
    /// @param workers most workers that write at a time
    /// @param capacityBytes of batches, about; each worker may add one more
    public ResultExchange(int workers, long capacityBytes) {
        this.capacity = Math.max(MIN_CAPACITY, 4 * workers);
        this.capacityBytes = capacityBytes;
    }

    @Override
    public SinkWorker newWorker(WorkerContext context) {
        return new Worker();
    }

    private final class Worker implements SinkWorker {
        private CompletableFuture<Void> blocked = CompletableFuture.completedFuture(null);

        @Override
        public Status consume(Batch input) {
            if (input.selectedCount() == 0) {
                input.close();
                return Status.NEED_INPUT;
            }
            blocked = add(input);
            return blocked.isDone() ? Status.NEED_INPUT : Status.BLOCKED;
        }

        @Override
        public CompletableFuture<?> blockedUntil() {
            return blocked;
        }

        @Override
        public void combine() {}

        @Override
        public void close() {}
    }

    /// Takes ownership of the batch and returns when there is room for the next.
    private CompletableFuture<Void> add(Batch batch) {
        CompletableFuture<Void> wake;
        CompletableFuture<Void> room;
        long bytes = RowBytes.estimate(batch, batch.selectedCount());
        synchronized (this) {
            if (closed || error != null) {
                batch.close();
                return CompletableFuture.completedFuture(null);
            }
            queue.add(new Waiting(batch, bytes));
            queuedBytes += bytes;
            if ((queue.size() >= capacity || queuedBytes >= capacityBytes) && space.isDone()) {
                space = new CompletableFuture<>();
            }
            room = space;
            wake = takeNews();
        }
        complete(wake);
        return room;
    }

    /// Takes the next batch without waiting; throws the query's error.
    public ReadResult poll() {
        Waiting next;
        CompletableFuture<Void> room = null;
        synchronized (this) {
            if (error != null) {
                throw error;
            }
            if (closed) {
                throw new IllegalStateException("Result is closed");
            }
            next = queue.poll();
            if (next == null) {
                if (complete) {
                    return ReadResult.Finished.INSTANCE;
                }
                if (news == null) {
                    news = new CompletableFuture<>();
                }
                return new ReadResult.Blocked(news);
            }
            queuedBytes -= next.bytes();
            if (queue.size() <= capacity / 2 && queuedBytes <= capacityBytes / 2) {
                room = space;
            }
        }
        complete(room);
        return new ReadResult.Ready(next.batch());
    }

    /// Says that all batches are there.
    public void complete() {
        CompletableFuture<Void> wake;
        synchronized (this) {
            complete = true;
            wake = takeNews();
        }
        complete(wake);
    }

    /// Drops what waits; the reader gets the error unless the result was complete.
    public void fail(NeuralakeException reason) {
        CompletableFuture<Void> wake;
        CompletableFuture<Void> room;
        List<Batch> dropped;
        synchronized (this) {
            if (error == null) {
                error = reason;
            }
            dropped = drain();
            wake = takeNews();
            room = space;
        }
        dropped.forEach(Batch::close);
        complete(wake);
        complete(room);
    }

    /// Says that nobody reads any more. Idempotent.
    public void closeReader() {
        List<Batch> dropped;
        CompletableFuture<Void> room;
        synchronized (this) {
            closed = true;
            dropped = drain();
            room = space;
        }
        dropped.forEach(Batch::close);
        complete(room);
    }

    private List<Batch> drain() {
        List<Batch> all = new ArrayList<>();
        queue.forEach(waiting -> all.add(waiting.batch()));
        queue.clear();
        queuedBytes = 0;
        return all;
    }

    private @Nullable CompletableFuture<Void> takeNews() {
        CompletableFuture<Void> taken = news;
        news = null;
        return taken;
    }

    /// Completes outside of the lock, since dependents run at once.
    private static void complete(@Nullable CompletableFuture<Void> future) {
        if (future != null) {
            future.complete(null);
        }
    }

    @Override
    public void finish() {}

    @Override
    public void close() {}
}
