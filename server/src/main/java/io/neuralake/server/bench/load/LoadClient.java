package io.neuralake.server.bench.load;

import io.neuralake.server.sql.ServerAddress;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightEndpoint;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.client.ClientCookieMiddleware;
import org.apache.arrow.flight.sql.FlightSqlClient;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VectorSchemaRoot;

import java.util.ArrayList;
import java.util.List;

/// A client with a connection and a session of its own, over Arrow Flight SQL as any driver. Used by
/// one thread.
final class LoadClient implements AutoCloseable {
    private final BufferAllocator allocator;
    private final FlightSqlClient client;
    private final List<AutoCloseable> statements = new ArrayList<>();

    /// Connects.
    ///
    /// @param parent of the client's buffers
    LoadClient(ServerAddress server, BufferAllocator parent) {
        this.allocator = parent.newChildAllocator("client", 0, Long.MAX_VALUE);
        this.client =
                new FlightSqlClient(
                        FlightClient.builder(allocator, server.location())
                                .intercept(new ClientCookieMiddleware.Factory())
                                .build());
    }

    /// Runs a statement that comes as text and returns the number of rows.
    long rows(String sql) {
        return read(client.execute(sql), root -> root.getRowCount());
    }

    /// Runs a look-up that comes as text and returns the sum of its first column, an INTEGER.
    long value(String sql) {
        return read(client.execute(sql), LoadClient::firstColumn);
    }

    /// A statement that is planned once and run with a number as its only parameter.
    final class Lookup {
        private final FlightSqlClient.PreparedStatement statement;
        private final VectorSchemaRoot parameters;

        private Lookup(String sql) {
            statement = client.prepare(sql);
            statements.add(statement);
            parameters = VectorSchemaRoot.create(statement.getParameterSchema(), allocator);
            statements.add(parameters);
            statement.setParameters(parameters);
        }

        /// Binds a key, runs, and returns the sum of the first column, an INTEGER.
        long value(long key) {
            BigIntVector vector = (BigIntVector) parameters.getVector(0);
            vector.setSafe(0, key);
            parameters.setRowCount(1);
            return read(statement.execute(), LoadClient::firstColumn);
        }
    }

    /// Prepares a look-up with one BIGINT parameter; closed with this client.
    Lookup prepare(String sql) {
        return new Lookup(sql);
    }

    /// Adds up something of each message.
    private interface Reading {
        long of(VectorSchemaRoot root);
    }

    private static long firstColumn(VectorSchemaRoot root) {
        IntVector values = (IntVector) root.getVector(0);
        long sum = 0;
        for (int row = 0; row < root.getRowCount(); row++) {
            sum += values.get(row);
        }
        return sum;
    }

    private long read(FlightInfo info, Reading reading) {
        long total = 0;
        for (FlightEndpoint endpoint : info.getEndpoints()) {
            FlightStream stream = client.getStream(endpoint.getTicket());
            try {
                while (stream.next()) {
                    total += reading.of(stream.getRoot());
                }
            } finally {
                close(stream);
            }
        }
        return total;
    }

    private static void close(AutoCloseable resource) {
        try {
            resource.close();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new NeuralakeException(
                    ErrorCode.STORAGE_ERROR, "A client could not be closed: " + e, e);
        }
    }

    @Override
    public void close() {
        try {
            statements.reversed().forEach(LoadClient::close);
            close(client);
        } finally {
            allocator.close();
        }
    }
}
