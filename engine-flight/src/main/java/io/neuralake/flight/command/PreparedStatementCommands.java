package io.neuralake.flight.command;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;

import io.neuralake.exec.expression.RowExpression.Literal;
import io.neuralake.flight.error.FlightErrors;
import io.neuralake.flight.session.SessionRegistry;
import io.neuralake.flight.session.SessionRegistry.CallSession;
import io.neuralake.flight.stream.DecodedRoot;
import io.neuralake.planner.PreparedSql;
import io.neuralake.planner.SqlSession;
import io.neuralake.spi.arrow.ArrowImport;
import io.neuralake.spi.arrow.ArrowLayout;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.Type;

import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightProducer.CallContext;
import org.apache.arrow.flight.FlightProducer.StreamListener;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.PutResult;
import org.apache.arrow.flight.Result;
import org.apache.arrow.flight.SchemaResult;
import org.apache.arrow.flight.sql.impl.FlightSql.ActionCreatePreparedStatementResult;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/// Prepared statements: planned once, kept by their handle, run with the parameters that were bound
/// last. Handles that nobody uses expire.
public final class PreparedStatementCommands {
    private static final long IDLE_NANOS = 60L * 60 * 1_000_000_000L;

    /// Number of the field `is_update`, which newer drivers read, in the answer.
    private static final int IS_UPDATE = 4;

    private final StatementCommands statements;
    private final Map<String, Prepared> prepared = new ConcurrentHashMap<>();

    private static final class Prepared {
        private final PreparedSql statement;
        private final CallSession call;
        private final SqlSession base;
        private final String transaction;
        private volatile @Nullable List<List<Literal>> parameterRows;
        private volatile long lastUsedNanos = System.nanoTime();

        private Prepared(PreparedSql statement, CallSession call, String transaction) {
            this.statement = statement;
            this.call = call;
            this.base = call.session();
            this.transaction = transaction;
        }

        /// Returns the session to run in.
        private SqlSession session() {
            return transaction.isEmpty() ? base : call.current(transaction);
        }

        /// Returns the rows bound, or one of no parameters; UNBOUND_PARAMETER when some are missing.
        private List<List<Literal>> bound() {
            int wanted = statement.parameters().size();
            List<List<Literal>> rows = parameterRows;
            if (rows == null) {
                if (wanted > 0) {
                    throw new NeuralakeException(
                            ErrorCode.UNBOUND_PARAMETER, "Parameters are not bound: " + wanted);
                }
                return List.of(List.of());
            }
            return rows;
        }
    }

    /// Shares planning and streaming with statements that come as text.
    public PreparedStatementCommands(StatementCommands statements) {
        this.statements = statements;
    }

    /// Plans a statement and sends its handle and schemas.
    ///
    /// @param transaction the client's name of it; empty for none
    public void create(
            String sql, String transaction, CallContext context, StreamListener<Result> client) {
        try {
            prepared.values().removeIf(p -> System.nanoTime() - p.lastUsedNanos > IDLE_NANOS);
            CallSession call = SessionRegistry.of(context);
            PreparedSql statement = statements.prepare(sql, call, call.session(transaction));
            String handle = UUID.randomUUID().toString();
            ActionCreatePreparedStatementResult.Builder answer =
                    ActionCreatePreparedStatementResult.newBuilder()
                            .setPreparedStatementHandle(ByteString.copyFromUtf8(handle))
                            .setParameterSchema(
                                    FlightInfos.serialized(
                                            ParameterSchemas.of(statement.parameters())));
            // The JDBC driver takes a statement without result columns for an update.
            answer.setDatasetSchema(
                    statement.isUpdate()
                            ? ByteString.EMPTY
                            : FlightInfos.serialized(ResultSchemas.of(statement.schema())));
            answer.setUnknownFields(isUpdate(statement.isUpdate()));
            prepared.put(handle, new Prepared(statement, call, transaction));
            client.onNext(new Result(Any.pack(answer.build()).toByteArray()));
            client.onCompleted();
        } catch (RuntimeException | Error e) {
            client.onError(FlightErrors.toFlight(e));
        }
    }

    private static UnknownFieldSet isUpdate(boolean value) {
        return UnknownFieldSet.newBuilder()
                .addField(
                        IS_UPDATE,
                        UnknownFieldSet.Field.newBuilder().addVarint(value ? 1 : 0).build())
                .build();
    }

    /// Forgets a handle; unknown ones are no error.
    public void close(ByteString handle, StreamListener<Result> client) {
        prepared.remove(handle.toStringUtf8());
        client.onCompleted();
    }

    private Prepared find(ByteString handle) {
        Prepared found = prepared.get(handle.toStringUtf8());
        if (found == null) {
            throw new NeuralakeException(
                    ErrorCode.INVALID_STATEMENT_HANDLE,
                    "Prepared statement not found: it was closed, or has expired");
        }
        found.lastUsedNanos = System.nanoTime();
        return found;
    }

    /// Announces the result of a run with the parameters bound.
    public FlightInfo announce(
            ByteString handle, CallContext context, FlightDescriptor descriptor) {
        return FlightErrors.mapped(
                () -> {
                    Prepared found = find(handle);
                    return statements.announce(
                            found.statement,
                            SessionRegistry.of(context),
                            found.session(),
                            found.bound(),
                            descriptor);
                });
    }

    /// Returns the columns of the result.
    public SchemaResult schema(ByteString handle) {
        return FlightErrors.mapped(
                () -> new SchemaResult(ResultSchemas.of(find(handle).statement.schema())));
    }

    /// Binds the rows of parameters that the client sends.
    public Runnable bind(ByteString handle, FlightStream stream, StreamListener<PutResult> client) {
        return () -> {
            try {
                Prepared found = find(handle);
                found.parameterRows = rows(stream, found.statement);
                client.onCompleted();
            } catch (RuntimeException | Error e) {
                client.onError(FlightErrors.toFlight(e));
            }
        };
    }

    /// Runs once a row of parameters and sends the count of changed rows: those that come with the call,
    /// or, if it brings no columns, those bound before.
    public Runnable update(
            ByteString handle,
            CallContext context,
            FlightStream stream,
            StreamListener<PutResult> client) {
        return () ->
                statements.answered(
                        client,
                        () -> {
                            Prepared found = find(handle);
                            List<List<Literal>> sent = rows(stream, found.statement);
                            return StatementCommands.count(
                                    found.statement,
                                    SessionRegistry.of(context),
                                    found.session(),
                                    sent == null ? found.bound() : sent);
                        });
    }

    /// Returns the rows that the client sends, perhaps none; null if it sends no columns.
    private static @Nullable List<List<Literal>> rows(FlightStream stream, PreparedSql statement) {
        List<List<Literal>> rows = new ArrayList<>();
        DecodedRoot decoded = new DecodedRoot(stream);
        boolean columns = !decoded.schema().getFields().isEmpty();
        while (decoded.next()) {
            try (DecodedRoot.Rows sent = decoded.rows()) {
                if (columns) {
                    add(sent.root(), statement.parameters().size(), rows);
                }
            }
        }
        return columns ? rows : null;
    }

    private static void add(VectorSchemaRoot root, int wanted, List<List<Literal>> rows) {
        if (root.getFieldVectors().size() != wanted) {
            throw new NeuralakeException(
                    ErrorCode.INVALID_PARAMETER,
                    "Wrong number of parameters: "
                            + root.getFieldVectors().size()
                            + " instead of "
                            + wanted);
        }
        List<Type> types = new ArrayList<>();
        for (FieldVector vector : root.getFieldVectors()) {
            types.add(ArrowImport.type(vector.getField()));
            ArrowLayout.check(vector, 0, root.getRowCount());
        }
        for (int row = 0; row < root.getRowCount(); row++) {
            List<Literal> values = new ArrayList<>(wanted);
            for (int c = 0; c < wanted; c++) {
                values.add(new Literal(ArrowImport.value(root.getVector(c), row), types.get(c)));
            }
            rows.add(values);
        }
    }

    /// Returns the number of handles kept.
    public int size() {
        return prepared.size();
    }
}
