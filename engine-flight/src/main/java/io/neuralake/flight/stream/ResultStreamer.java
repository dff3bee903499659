package io.neuralake.flight.stream;

import io.neuralake.exec.QueryResult;
import io.neuralake.exec.QueryStatistics;
import io.neuralake.flight.QueryListener;
import io.neuralake.flight.error.FlightErrors;
import io.neuralake.flight.ticket.PendingQuery;
import io.neuralake.spi.arrow.ArrowBatchWriter;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.connector.ReadResult;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.apache.arrow.flight.BackpressureStrategy.CallbackBackpressureStrategy;
import org.apache.arrow.flight.BackpressureStrategy.WaitResult;
import org.apache.arrow.flight.FlightProducer.ServerStreamListener;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.concurrent.ExecutorService;

/// Streams results on threads of its own. flight-core calls the producer inside gRPC's serialized
/// call thread, where the ready callback cannot come before the producer returns; so the strategy is
/// registered there, the work handed over, and the call returns at once.
///
/// Each message is made of fresh buffers and sent without a copy. A batch is taken from the query
/// only when the transport is ready, so that a slow reader holds the query back.
public final class ResultStreamer {
    private static final int MESSAGE_ROWS = 32_768;
    private static final long MESSAGE_BYTES = 8L << 20;
    private static final long LARGEST_MESSAGE_BYTES = 11L << 20;
    private static final long WAIT_MILLIS = 10_000;

    private final BufferAllocator allocator;
    private final ExecutorService threads;
    private final QueryListener listener;

    /// Streams with buffers of `allocator` on `threads`, both of which stay the caller's.
    public ResultStreamer(
            BufferAllocator allocator, ExecutorService threads, QueryListener listener) {
        this.allocator = allocator;
        this.threads = threads;
        this.listener = listener;
    }

    /// Wakes the streaming thread, and stops the query when the client is gone.
    private static final class Pressure extends CallbackBackpressureStrategy {
        private final PendingQuery query;

        Pressure(PendingQuery query) {
            this.query = query;
        }

        @Override
        protected void cancelCallback() {
            query.cancel();
        }
    }

    /// Streams a query whose run the caller has claimed; returns at once.
    ///
    /// @param schema the result's Arrow schema, with column metadata
    /// @param atEnd runs when the stream has ended in any way
    public void stream(
            PendingQuery query, Schema schema, ServerStreamListener client, Runnable atEnd) {
        Pressure pressure = new Pressure(query);
        pressure.register(client);
        client.setUseZeroCopy(true);
        threads.execute(
                () -> {
                    try {
                        new Run(query, schema, client, pressure).run();
                    } finally {
                        atEnd.run();
                    }
                });
    }

    /// One stream.
    private final class Run {
        private final PendingQuery query;
        private final Schema schema;
        private final ServerStreamListener client;
        private final Pressure pressure;
        private final RowSizes sizes;
        private long rows;
        private long bytes;
        private long pendingBytes;
        private QueryStatistics statistics = new QueryStatistics(0, 0, 0, 0, List.of());

        Run(PendingQuery query, Schema schema, ServerStreamListener client, Pressure pressure) {
            this.query = query;
            this.schema = schema;
            this.client = client;
            this.pressure = pressure;
            this.sizes = new RowSizes(query.schema());
        }

        void run() {
            String sql = query.statement().sql();
            listener.queryStarted(sql);
            ErrorCode error = null;
            try (ArrowBatchWriter writer = new ArrowBatchWriter(query.schema(), allocator);
                    VectorSchemaRoot root = writer.newRoot(schema)) {
                client.start(root);
                for (int i = 0; i < query.executions(); i++) {
                    execute(i, writer, root);
                }
                if (query.count().isPresent()) {
                    send(query.count().getAsLong(), root);
                }
                client.completed();
            } catch (RuntimeException | Error e) {
                error = failed(e);
            }
            listener.queryFinished(sql, statistics, rows, bytes, error);
        }

        private @Nullable ErrorCode failed(Throwable e) {
            if (client.isCancelled()) {
                return ErrorCode.CANCELLED;
            }
            NeuralakeException known = FlightErrors.toNeuralake(e);
            client.error(FlightErrors.toFlight(known));
            return known.code();
        }

        private void execute(int index, ArrowBatchWriter writer, VectorSchemaRoot root) {
            try (QueryResult result = query.execute(index)) {
                try {
                    awaitReady();
                    while (result.take() instanceof ReadResult.Ready(Batch batch)) {
                        try (batch) {
                            append(batch, writer, root);
                        }
                    }
                    if (writer.rowCount() > 0) {
                        send(writer, root);
                    }
                } finally {
                    statistics = result.statistics();
                }
            }
        }

        /// Appends in pieces that keep the message under its limit; a larger row goes alone.
        private void append(Batch batch, ArrowBatchWriter writer, VectorSchemaRoot root) {
            int count = batch.selectedCount();
            long[] rowBytes = sizes.isFixed() ? null : sizes.of(batch);
            int from = 0;
            while (from < count) {
                int to = end(rowBytes, from, count, writer);
                writer.append(batch, from, to - from);
                from = to;
                if (from < count
                        || writer.rowCount() >= MESSAGE_ROWS
                        || pendingBytes >= MESSAGE_BYTES) {
                    send(writer, root);
                }
            }
        }

        /// Returns behind which row the message is full, counting the rows before it as pending.
        private int end(long @Nullable [] rowBytes, int from, int count, ArrowBatchWriter writer) {
            int most = Math.min(count, from + Math.max(1, MESSAGE_ROWS - writer.rowCount()));
            int at = from;
            while (at < most) {
                long next = rowBytes == null ? sizes.fixedBytes() : rowBytes[at];
                boolean first = at == from && writer.rowCount() == 0;
                if (!first && pendingBytes + next > LARGEST_MESSAGE_BYTES) {
                    break;
                }
                pendingBytes += next;
                at++;
            }
            return at;
        }

        private void send(ArrowBatchWriter writer, VectorSchemaRoot root) {
            awaitReady();
            if (writer.rowCount() == 0) {
                return;
            }
            bytes += pendingBytes;
            pendingBytes = 0;
            rows += writer.rowCount();
            writer.flush(root);
            client.putNext();
        }

        /// Sends the count of a statement that has run already.
        private void send(long count, VectorSchemaRoot root) {
            awaitReady();
            ((BigIntVector) root.getVector(0)).setSafe(0, count);
            root.setRowCount(1);
            rows++;
            client.putNext();
        }

        private void awaitReady() {
            WaitResult result = pressure.waitForListener(WAIT_MILLIS);
            while (result == WaitResult.TIMEOUT && !client.isCancelled()) {
                result = pressure.waitForListener(WAIT_MILLIS);
            }
            if (result != WaitResult.READY) {
                throw new NeuralakeException(
                        ErrorCode.CANCELLED, "Client left before the end of the result");
            }
        }
    }
}
