package io.neuralake.flight.command;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;

import io.neuralake.exec.QueryResult;
import io.neuralake.exec.expression.RowExpression.Literal;
import io.neuralake.flight.error.FlightErrors;
import io.neuralake.flight.session.SessionRegistry;
import io.neuralake.flight.session.SessionRegistry.CallSession;
import io.neuralake.flight.stream.ResultStreamer;
import io.neuralake.flight.ticket.PendingQuery;
import io.neuralake.flight.ticket.QueryRegistry;
import io.neuralake.planner.PreparedSql;
import io.neuralake.planner.SqlEngine;
import io.neuralake.planner.SqlSession;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.connector.ReadResult;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.apache.arrow.flight.CancelStatus;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightEndpoint;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightProducer.CallContext;
import org.apache.arrow.flight.FlightProducer.ServerStreamListener;
import org.apache.arrow.flight.FlightProducer.StreamListener;
import org.apache.arrow.flight.PutResult;
import org.apache.arrow.flight.SchemaResult;
import org.apache.arrow.flight.sql.impl.FlightSql.DoPutUpdateResult;
import org.apache.arrow.flight.sql.impl.FlightSql.TicketStatementQuery;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.types.pojo.Schema;

import java.util.List;

/// Statements that come as text: planned when announced, run once when their stream is asked for.
public final class StatementCommands {
    private final SqlEngine engine;
    private final QueryRegistry queries;
    private final ResultStreamer streamer;
    private final BufferAllocator allocator;

    /// Plans with `engine` and streams with `streamer`.
    public StatementCommands(
            SqlEngine engine,
            QueryRegistry queries,
            ResultStreamer streamer,
            BufferAllocator allocator) {
        this.engine = engine;
        this.queries = queries;
        this.streamer = streamer;
        this.allocator = allocator;
    }

    /// Plans a statement and announces its result.
    ///
    /// @param transaction the client's name of it; empty for none
    public FlightInfo announce(
            String sql, String transaction, CallContext context, FlightDescriptor descriptor) {
        return FlightErrors.mapped(
                () -> {
                    CallSession call = SessionRegistry.of(context);
                    SqlSession session = call.session(transaction);
                    PreparedSql statement = prepare(sql, call, session).atOnce();
                    return announce(statement, call, session, List.of(List.of()), descriptor);
                });
    }

    /// Announces the result of a planned statement. One that changes something runs at once: clients
    /// that ask for a query's announcement go on before they have read, or do not read at all, but mean
    /// it to be done, and its errors to be told; and a COMMIT behind it must find it done.
    ///
    /// @param call with which a change is cancelled
    FlightInfo announce(
            PreparedSql statement,
            CallSession call,
            SqlSession session,
            List<List<Literal>> parameterRows,
            FlightDescriptor descriptor) {
        PendingQuery query =
                statement.isUpdate()
                        ? PendingQuery.done(
                                statement, session, count(statement, call, session, parameterRows))
                        : new PendingQuery(statement, session, parameterRows);
        String handle = queries.announce(query);
        return FlightInfos.of(
                ResultSchemas.of(query.schema()), descriptor, FlightInfos.ticket(handle));
    }

    /// Plans a statement; one that changes the session keeps the session, others leave nothing behind.
    PreparedSql prepare(String sql, CallSession call, SqlSession session) {
        PreparedSql statement = engine.prepare(sql, session);
        if (statement.changesSession()) {
            call.keep();
        }
        return statement;
    }

    /// Returns the columns of a statement's result.
    ///
    /// @param transaction the client's name of it; empty for none
    public SchemaResult schema(String sql, String transaction, CallContext context) {
        return FlightErrors.mapped(
                () -> {
                    SqlSession session = SessionRegistry.of(context).session(transaction);
                    return new SchemaResult(
                            ResultSchemas.of(engine.prepare(sql, session).schema()));
                });
    }

    /// Streams an announced result.
    public void stream(TicketStatementQuery ticket, ServerStreamListener client) {
        String handle = ticket.getStatementHandle().toStringUtf8();
        try {
            PendingQuery query = queries.start(handle);
            Schema schema = ResultSchemas.of(query.schema());
            streamer.stream(query, schema, client, () -> queries.finish(handle));
        } catch (RuntimeException | Error e) {
            client.error(FlightErrors.toFlight(e));
        }
    }

    /// Runs a statement for its count of changed rows.
    ///
    /// @param transaction the client's name of it; empty for none
    public Runnable update(
            String sql, String transaction, CallContext context, StreamListener<PutResult> client) {
        return () ->
                answered(
                        client,
                        () -> {
                            CallSession call = SessionRegistry.of(context);
                            SqlSession session = call.session(transaction);
                            PreparedSql statement = prepare(sql, call, session).atOnce();
                            return count(statement, call, session, List.of(List.of()));
                        });
    }

    /// Runs `work` and sends its count, or its error.
    void answered(StreamListener<PutResult> client, java.util.function.LongSupplier work) {
        try {
            byte[] answer =
                    DoPutUpdateResult.newBuilder()
                            .setRecordCount(work.getAsLong())
                            .build()
                            .toByteArray();
            try (ArrowBuf buffer = allocator.buffer(answer.length)) {
                buffer.writeBytes(answer);
                client.onNext(PutResult.metadata(buffer));
            }
            client.onCompleted();
        } catch (RuntimeException | Error e) {
            client.onError(FlightErrors.toFlight(e));
        }
    }

    /// Runs a statement once a row of parameters, as one commit, and adds up the counts. A query is run
    /// to its end and counts nothing: -1. Stops, up to the commit, when the call is cancelled.
    static long count(
            PreparedSql statement,
            CallSession call,
            SqlSession session,
            List<List<Literal>> parameterRows) {
        return call.run(session, own -> count(statement, own, parameterRows));
    }

    private static long count(
            PreparedSql statement, SqlSession session, List<List<Literal>> parameterRows) {
        if (statement.isUpdate()) {
            return parameterRows.isEmpty() ? 0 : statement.executeAll(session, parameterRows);
        }
        for (List<Literal> parameters : parameterRows) {
            try (QueryResult result = statement.execute(session, parameters)) {
                while (result.take() instanceof ReadResult.Ready(Batch batch)) {
                    batch.close();
                }
            }
        }
        return -1;
    }

    /// Cancels just the query that an announcement names. One that has changed something is done by the
    /// time that it is announced.
    public CancelStatus cancel(FlightInfo info) {
        CancelStatus status = CancelStatus.NOT_CANCELLABLE;
        for (FlightEndpoint endpoint : info.getEndpoints()) {
            try {
                Any any = Any.parseFrom(endpoint.getTicket().getBytes());
                if (any.is(TicketStatementQuery.class)) {
                    String handle =
                            any.unpack(TicketStatementQuery.class)
                                    .getStatementHandle()
                                    .toStringUtf8();
                    if (queries.find(handle).filter(PendingQuery::cancel).isPresent()) {
                        status = CancelStatus.CANCELLED;
                    }
                }
            } catch (InvalidProtocolBufferException e) {
                throw FlightErrors.toFlight(
                        new NeuralakeException(
                                ErrorCode.INVALID_PARAMETER, "Ticket is not of this server", e));
            }
        }
        return status;
    }
}
