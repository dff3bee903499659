package io.neuralake.flight.stream;

import io.neuralake.flight.error.FlightErrors;
import io.neuralake.spi.arrow.ArrowBatchReader;
import io.neuralake.spi.arrow.ArrowImport;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.connector.BatchSource;
import io.neuralake.spi.connector.ReadResult;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.memory.ArrowAllocator;
import io.neuralake.spi.memory.LimitedReservation;
import io.neuralake.spi.type.Schema;

import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// The batches that a client sends, as a source for the engine. They are received by a thread of their
/// own, which runs this; so no worker of the engine waits for a client. A few batches are kept ahead;
/// while they are not taken nothing more is received, and the transport holds the client back.
///
/// The end of the stream is the client's word that it has sent all. A client that is lost before makes
/// the load fail.
public final class IngestStream implements BatchSource, Runnable {
    /// Rows of a batch: small enough for caches, and a multiple of 64, so that bitmaps are copied whole.
    private static final int BATCH_ROWS = 16_384;

    private static final int AHEAD = 4;
    private static final long MOST_BYTES = 1L << 30;

    private final BufferAllocator allocator;
    private final DecodedRoot decoded;
    private final Schema columns;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Batch> ready = new ArrayDeque<>();
    private @Nullable CompletableFuture<Void> waiting;
    private @Nullable Throwable failure;
    private boolean finished;
    private boolean closed;

    /// Waits for the schema. Throws UNSUPPORTED for a type without counterpart.
    ///
    /// @param stream stays the caller's
    public IngestStream(FlightStream stream, BufferAllocator allocator) {
        this.allocator = allocator;
        this.decoded = new DecodedRoot(stream);
        this.columns = ArrowImport.schema(decoded.schema());
    }

    /// Returns names and types of the columns.
    public Schema columns() {
        return columns;
    }

    /// Receives until the client has sent all, or the load is over.
    @Override
    public void run() {
        Throwable problem = null;
        try {
            LimitedReservation reservation = new LimitedReservation("Bulk load", MOST_BYTES, null);
            ArrowBatchReader reader =
                    new ArrowBatchReader(new ArrowAllocator(allocator, reservation));
            while (!isClosed() && decoded.next()) {
                receive(reader);
            }
        } catch (RuntimeException | Error e) {
            problem = e;
        }
        CompletableFuture<Void> reader;
        lock.lock();
        try {
            finished = true;
            failure = problem;
            reader = takeWaiting();
        } finally {
            lock.unlock();
        }
        wake(reader);
    }

    private boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    private void receive(ArrowBatchReader reader) {
        try (DecodedRoot.Rows rows = decoded.rows()) {
            VectorSchemaRoot root = rows.root();
            for (int from = 0; from < root.getRowCount(); from += BATCH_ROWS) {
                int count = Math.min(BATCH_ROWS, root.getRowCount() - from);
                if (!put(reader.read(root, from, count))) {
                    return;
                }
            }
        }
    }

    /// Keeps a batch when there is room; false when the load is over.
    private boolean put(Batch batch) {
        CompletableFuture<Void> reader;
        lock.lock();
        try {
            while (!closed && ready.size() >= AHEAD) {
                changed.awaitUninterruptibly();
            }
            if (closed) {
                batch.close();
                return false;
            }
            ready.add(batch);
            reader = takeWaiting();
        } finally {
            lock.unlock();
        }
        wake(reader);
        return true;
    }

    private @Nullable CompletableFuture<Void> takeWaiting() {
        CompletableFuture<Void> reader = waiting;
        waiting = null;
        return reader;
    }

    /// Tells who reads; without the lock, since that may run anything.
    private static void wake(@Nullable CompletableFuture<Void> reader) {
        if (reader != null) {
            reader.complete(null);
        }
    }

    @Override
    public ReadResult read() {
        lock.lock();
        try {
            Batch batch = ready.poll();
            if (batch != null) {
                changed.signalAll();
                return new ReadResult.Ready(batch);
            }
            if (failure != null) {
                throw lost(failure);
            }
            if (finished || closed) {
                return ReadResult.Finished.INSTANCE;
            }
            CompletableFuture<Void> later = new CompletableFuture<>();
            waiting = later;
            return new ReadResult.Blocked(later);
        } finally {
            lock.unlock();
        }
    }

    private static NeuralakeException lost(Throwable cause) {
        NeuralakeException known = FlightErrors.toNeuralake(cause);
        return known.code() == ErrorCode.CANCELLED
                ? new NeuralakeException(
                        ErrorCode.CANCELLED, "Client left before the end of its data", cause)
                : known;
    }

    /// Lets go what was not taken. The thread that receives stops at its next batch.
    @Override
    public void close() {
        CompletableFuture<Void> reader;
        lock.lock();
        try {
            closed = true;
            ready.forEach(Batch::close);
            ready.clear();
            changed.signalAll();
            reader = takeWaiting();
        } finally {
            lock.unlock();
        }
        wake(reader);
    }
}
