package io.neuralake.server.bench.load;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.neuralake.server.sql.ServerAddress;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.apache.arrow.flight.Action;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightEndpoint;
import org.apache.arrow.flight.FlightGrpcUtils;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.client.ClientCookieMiddleware;
import org.apache.arrow.flight.sql.FlightSqlClient;
import org.apache.arrow.flight.sql.FlightSqlUtils;
import org.apache.arrow.flight.sql.impl.FlightSql.ActionCreatePreparedStatementRequest;
import org.apache.arrow.flight.sql.impl.FlightSql.ActionCreatePreparedStatementResult;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandPreparedStatementQuery;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Schema;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/// A client with a connection and a session of its own, over Arrow Flight SQL as any driver. Used by
/// one thread.
final class LoadClient implements AutoCloseable {
    private final ManagedChannel channel;
    private final BufferAllocator allocator;
    private final FlightClient flight;
    private final FlightSqlClient client;
    private final List<AutoCloseable> statements = new ArrayList<>();

    /// Connects.
    ///
    /// @param parent of the client's buffers
    LoadClient(ServerAddress server, BufferAllocator parent) {
        this.allocator = parent.newChildAllocator("client", 0, Long.MAX_VALUE);
        URI uri = server.location().getUri();
        this.channel =
                NettyChannelBuilder.forAddress(uri.getHost(), uri.getPort())
                        .usePlaintext()
                        .maxInboundMessageSize(Integer.MAX_VALUE)
                        .build();
        this.flight =
                FlightGrpcUtils.createFlightClient(
                        allocator, channel, List.of(new ClientCookieMiddleware.Factory()));
        this.client = new FlightSqlClient(flight);
    }

    /// Runs a statement that comes as text and returns the number of rows.
    long rows(String sql) {
        return read(client.execute(sql), root -> root.getRowCount());
    }

    /// Runs a look-up that comes as text and returns the sum of its first column, an INTEGER.
    long value(String sql) {
        return read(client.execute(sql), LoadClient::firstColumn);
    }

    /// A look-up that is planned once and run with a BIGINT as its only parameter.
    interface Lookup {
        /// Binds a key, runs, and returns the sum of the first column, an INTEGER.
        long value(long key);
    }

    /// Prepares a look-up that sends its parameter by [ParameterStream]; closed with this client.
    Lookup prepare(String sql) {
        ActionCreatePreparedStatementResult answer = create(sql);
        CommandPreparedStatementQuery command =
                CommandPreparedStatementQuery.newBuilder()
                        .setPreparedStatementHandle(answer.getPreparedStatementHandle())
                        .build();
        byte[] bytes = Any.pack(command).toByteArray();
        FlightDescriptor statement = FlightDescriptor.command(bytes);
        ParameterStream stream = new ParameterStream(channel, bytes);
        Schema schema =
                Schema.deserializeMessage(answer.getParameterSchema().asReadOnlyByteBuffer());
        VectorSchemaRoot parameters = owned(VectorSchemaRoot.create(schema, allocator));
        return key -> {
            set(parameters, key);
            stream.bind(parameters);
            return read(flight.getInfo(statement), LoadClient::firstColumn);
        };
    }

    private ActionCreatePreparedStatementResult create(String sql) {
        byte[] request =
                Any.pack(ActionCreatePreparedStatementRequest.newBuilder().setQuery(sql).build())
                        .toByteArray();
        try {
            byte[] answer =
                    flight.doAction(
                                    new Action(
                                            FlightSqlUtils.FLIGHT_SQL_CREATE_PREPARED_STATEMENT
                                                    .getType(),
                                            request))
                            .next()
                            .getBody();
            return Any.parseFrom(answer).unpack(ActionCreatePreparedStatementResult.class);
        } catch (InvalidProtocolBufferException e) {
            throw new NeuralakeException(
                    ErrorCode.INTERNAL_ERROR, "Cannot read the server's answer: " + e, e);
        }
    }

    /// Prepares a look-up that sends its parameter as Flight's Java client does; closed with this
    /// client.
    Lookup prepareByDriver(String sql) {
        FlightSqlClient.PreparedStatement statement = owned(client.prepare(sql));
        VectorSchemaRoot parameters =
                owned(VectorSchemaRoot.create(statement.getParameterSchema(), allocator));
        statement.setParameters(parameters);
        return key -> {
            set(parameters, key);
            return read(statement.execute(), LoadClient::firstColumn);
        };
    }

    private static void set(VectorSchemaRoot parameters, long key) {
        ((BigIntVector) parameters.getVector(0)).setSafe(0, key);
        parameters.setRowCount(1);
    }

    private <T extends AutoCloseable> T owned(T part) {
        statements.add(part);
        return part;
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
