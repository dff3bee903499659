package io.neuralake.server.sql;

import io.grpc.Context;
import io.neuralake.server.QuietLibraries;
import io.neuralake.server.output.ResultWriter;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightEndpoint;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.sql.FlightSqlClient;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.util.OptionalLong;

/// Runs statements on a server, over Arrow Flight SQL.
public final class RemoteTarget implements SqlTarget {
    private static final Logger LOG = LoggerFactory.getLogger(RemoteTarget.class);

    private final ServerAddress server;
    private final BufferAllocator allocator = new RootAllocator();
    private final FlightSqlClient client;
    private final StatementInProgress statement = new StatementInProgress();
    private boolean connected;

    /// Makes a client; the first statement connects.
    public RemoteTarget(ServerAddress server) {
        QuietLibraries.apply();
        this.server = server;
        this.client =
                new FlightSqlClient(FlightClient.builder(allocator, server.location()).build());
    }

    @Override
    public long run(String sql, ResultWriter writer) throws IOException {
        statement.begin();
        try {
            FlightSqlClient.PreparedStatement prepared = client.prepare(sql);
            try {
                connected = true;
                return run(prepared, writer);
            } finally {
                close(prepared);
            }
        } catch (FlightRuntimeException e) {
            throw RemoteErrors.of(e, server, connected);
        } finally {
            statement.end();
        }
    }

    private long run(FlightSqlClient.PreparedStatement prepared, ResultWriter writer)
            throws IOException {
        failIfCancelled();
        if (prepared.getResultSetSchema().getFields().isEmpty()) {
            long count = update(prepared);
            writer.changed(count);
            return count;
        }
        return copy(prepared.execute(), writer);
    }

    /// Runs a change. The server stops it with its call, unless its commit has begun.
    private long update(FlightSqlClient.PreparedStatement prepared) {
        Context.CancellableContext call = Context.current().withCancellation();
        statement.stoppedBy(() -> call.cancel(null));
        Context outer = call.attach();
        try {
            return prepared.executeUpdate();
        } catch (FlightRuntimeException e) {
            if (statement.isCancelled()) {
                throw new NeuralakeException(
                        ErrorCode.CANCELLED,
                        "Statement was cancelled; if its commit had begun, it is done nevertheless",
                        e);
            }
            throw e;
        } finally {
            call.detach(outer);
            call.close();
        }
    }

    /// Closes a statement. That it fails says nothing about the result, which was read before; the
    /// server forgets the statement with the connection.
    private static void close(FlightSqlClient.PreparedStatement prepared) {
        try {
            prepared.close();
        } catch (FlightRuntimeException e) {
            LOG.debug("Statement was not closed", e);
        }
    }

    private void failIfCancelled() {
        if (statement.isCancelled()) {
            throw new NeuralakeException(ErrorCode.CANCELLED, "Query was cancelled");
        }
    }

    private long copy(FlightInfo info, ResultWriter writer) throws IOException {
        long rows = 0;
        boolean begun = false;
        for (FlightEndpoint endpoint : info.getEndpoints()) {
            FlightStream stream = client.getStream(endpoint.getTicket());
            try {
                statement.stoppedBy(() -> stream.cancel("Cancelled by the user", null));
                if (!begun) {
                    writer.begin(stream.getSchema().getFields());
                    begun = true;
                }
                rows += copy(stream, writer);
                failIfCancelled();
            } finally {
                close(stream);
            }
        }
        if (begun) {
            writer.end();
        }
        return rows;
    }

    private static void close(FlightStream stream) throws IOException {
        try {
            stream.close();
        } catch (RuntimeException e) {
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    private static long copy(FlightStream stream, ResultWriter writer) throws IOException {
        long rows = 0;
        VectorSchemaRoot root = stream.getRoot();
        while (stream.next()) {
            writer.batch(root.getFieldVectors(), root.getRowCount());
            rows += root.getRowCount();
        }
        return rows;
    }

    @Override
    public void cancel() {
        statement.cancel();
    }

    @Override
    public OptionalLong rowsRead() {
        return OptionalLong.empty();
    }

    @Override
    public String description() {
        return server.url();
    }

    @Override
    public void close() {
        try {
            client.close();
        } catch (Exception e) {
            throw new IllegalStateException("Cannot close the connection", e);
        } finally {
            allocator.close();
        }
    }
}
