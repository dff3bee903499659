package io.neuralake.flight.producer;

import com.google.protobuf.Any;
import com.google.protobuf.Message;

import io.neuralake.flight.command.CatalogCommands;
import io.neuralake.flight.command.IngestCommand;
import io.neuralake.flight.command.KeyCommands;
import io.neuralake.flight.command.PreparedStatementCommands;
import io.neuralake.flight.command.SessionCommands;
import io.neuralake.flight.command.SqlInfoCommand;
import io.neuralake.flight.command.StatementCommands;
import io.neuralake.flight.command.TransactionCommands;
import io.neuralake.flight.command.TypeInfoCommand;
import io.neuralake.flight.error.FlightErrors;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.apache.arrow.flight.ActionType;
import org.apache.arrow.flight.CancelFlightInfoRequest;
import org.apache.arrow.flight.CancelStatus;
import org.apache.arrow.flight.CloseSessionRequest;
import org.apache.arrow.flight.CloseSessionResult;
import org.apache.arrow.flight.Criteria;
import org.apache.arrow.flight.FlightConstants;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightEndpoint;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.GetSessionOptionsRequest;
import org.apache.arrow.flight.GetSessionOptionsResult;
import org.apache.arrow.flight.PollInfo;
import org.apache.arrow.flight.PutResult;
import org.apache.arrow.flight.Result;
import org.apache.arrow.flight.SchemaResult;
import org.apache.arrow.flight.SetSessionOptionsRequest;
import org.apache.arrow.flight.SetSessionOptionsResult;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.flight.sql.CancelResult;
import org.apache.arrow.flight.sql.FlightSqlProducer;
import org.apache.arrow.flight.sql.FlightSqlUtils;
import org.apache.arrow.flight.sql.impl.FlightSql.ActionBeginTransactionRequest;
import org.apache.arrow.flight.sql.impl.FlightSql.ActionBeginTransactionResult;
import org.apache.arrow.flight.sql.impl.FlightSql.ActionClosePreparedStatementRequest;
import org.apache.arrow.flight.sql.impl.FlightSql.ActionCreatePreparedStatementRequest;
import org.apache.arrow.flight.sql.impl.FlightSql.ActionEndTransactionRequest;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetCatalogs;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetCrossReference;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetDbSchemas;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetExportedKeys;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetImportedKeys;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetPrimaryKeys;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetSqlInfo;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetTableTypes;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetTables;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetXdbcTypeInfo;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandPreparedStatementQuery;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandPreparedStatementUpdate;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandStatementIngest;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandStatementQuery;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandStatementSubstraitPlan;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandStatementUpdate;
import org.apache.arrow.flight.sql.impl.FlightSql.TicketStatementQuery;
import org.apache.arrow.vector.types.pojo.Schema;

import java.util.List;

/// Dispatches calls to the handlers of command families, and does nothing else.
public final class NeuralakeFlightSqlProducer implements FlightSqlProducer {
    private final StatementCommands statements;
    private final PreparedStatementCommands prepared;
    private final CatalogCommands catalogs;
    private final KeyCommands keys;
    private final SqlInfoCommand sqlInfo;
    private final TypeInfoCommand typeInfo;
    private final TransactionCommands transactions;
    private final IngestCommand ingestion;
    private final SessionCommands sessions = new SessionCommands();

    /// Dispatches to these handlers.
    public NeuralakeFlightSqlProducer(
            StatementCommands statements,
            CatalogCommands catalogs,
            KeyCommands keys,
            SqlInfoCommand sqlInfo,
            TypeInfoCommand typeInfo,
            TransactionCommands transactions,
            IngestCommand ingestion) {
        this.statements = statements;
        this.prepared = new PreparedStatementCommands(statements);
        this.catalogs = catalogs;
        this.keys = keys;
        this.sqlInfo = sqlInfo;
        this.typeInfo = typeInfo;
        this.transactions = transactions;
        this.ingestion = ingestion;
    }

    private static FlightInfo metadata(
            Schema schema, FlightDescriptor descriptor, Message command) {
        return FlightInfo.builder(
                        schema,
                        descriptor,
                        List.of(
                                FlightEndpoint.builder(new Ticket(Any.pack(command).toByteArray()))
                                        .build()))
                .build();
    }

    // Statements

    @Override
    public FlightInfo getFlightInfoStatement(
            CommandStatementQuery command, CallContext context, FlightDescriptor descriptor) {
        return statements.announce(
                command.getQuery(), command.getTransactionId().toStringUtf8(), context, descriptor);
    }

    @Override
    public SchemaResult getSchemaStatement(
            CommandStatementQuery command, CallContext context, FlightDescriptor descriptor) {
        return statements.schema(
                command.getQuery(), command.getTransactionId().toStringUtf8(), context);
    }

    @Override
    public void getStreamStatement(
            TicketStatementQuery ticket, CallContext context, ServerStreamListener listener) {
        statements.stream(ticket, listener);
    }

    @Override
    public Runnable acceptPutStatement(
            CommandStatementUpdate command,
            CallContext context,
            FlightStream flightStream,
            StreamListener<PutResult> ackStream) {
        return statements.update(
                command.getQuery(), command.getTransactionId().toStringUtf8(), context, ackStream);
    }

    @Override
    public Runnable acceptPutStatementBulkIngest(
            CommandStatementIngest command,
            CallContext context,
            FlightStream flightStream,
            StreamListener<PutResult> ackStream) {
        return ingestion.ingest(command, context, flightStream, ackStream);
    }

    @Override
    public void cancelFlightInfo(
            CancelFlightInfoRequest request,
            CallContext context,
            StreamListener<CancelStatus> listener) {
        listener.onNext(statements.cancel(request.getInfo()));
        listener.onCompleted();
    }

    // Drivers before Arrow 13 know no other action.
    @Override
    @SuppressWarnings("deprecation")
    public void cancelQuery(
            FlightInfo info, CallContext context, StreamListener<CancelResult> listener) {
        listener.onNext(
                statements.cancel(info) == CancelStatus.CANCELLED
                        ? CancelResult.CANCELLED
                        : CancelResult.NOT_CANCELLABLE);
        listener.onCompleted();
    }

    // Prepared statements

    @Override
    public void createPreparedStatement(
            ActionCreatePreparedStatementRequest request,
            CallContext context,
            StreamListener<Result> listener) {
        prepared.create(
                request.getQuery(), request.getTransactionId().toStringUtf8(), context, listener);
    }

    @Override
    public void closePreparedStatement(
            ActionClosePreparedStatementRequest request,
            CallContext context,
            StreamListener<Result> listener) {
        prepared.close(request.getPreparedStatementHandle(), listener);
    }

    @Override
    public FlightInfo getFlightInfoPreparedStatement(
            CommandPreparedStatementQuery command,
            CallContext context,
            FlightDescriptor descriptor) {
        return prepared.announce(command.getPreparedStatementHandle(), context, descriptor);
    }

    @Override
    public SchemaResult getSchemaPreparedStatement(
            CommandPreparedStatementQuery command,
            CallContext context,
            FlightDescriptor descriptor) {
        return prepared.schema(command.getPreparedStatementHandle());
    }

    @Override
    public void getStreamPreparedStatement(
            CommandPreparedStatementQuery command,
            CallContext context,
            ServerStreamListener listener) {
        // Tickets of prepared statements are those of statements: each run has one of its own.
        listener.error(
                FlightErrors.toFlight(
                        new NeuralakeException(
                                ErrorCode.INVALID_STATEMENT_HANDLE,
                                "Ask for the result's announcement first")));
    }

    @Override
    public Runnable acceptPutPreparedStatementQuery(
            CommandPreparedStatementQuery command,
            CallContext context,
            FlightStream flightStream,
            StreamListener<PutResult> ackStream) {
        return prepared.bind(command.getPreparedStatementHandle(), flightStream, ackStream);
    }

    @Override
    public Runnable acceptPutPreparedStatementUpdate(
            CommandPreparedStatementUpdate command,
            CallContext context,
            FlightStream flightStream,
            StreamListener<PutResult> ackStream) {
        return prepared.update(
                command.getPreparedStatementHandle(), context, flightStream, ackStream);
    }

    // Metadata

    @Override
    public FlightInfo getFlightInfoSqlInfo(
            CommandGetSqlInfo request, CallContext context, FlightDescriptor descriptor) {
        return metadata(Schemas.GET_SQL_INFO_SCHEMA, descriptor, request);
    }

    @Override
    public void getStreamSqlInfo(
            CommandGetSqlInfo command, CallContext context, ServerStreamListener listener) {
        sqlInfo.send(command, listener);
    }

    @Override
    public FlightInfo getFlightInfoTypeInfo(
            CommandGetXdbcTypeInfo request, CallContext context, FlightDescriptor descriptor) {
        return metadata(Schemas.GET_TYPE_INFO_SCHEMA, descriptor, request);
    }

    @Override
    public void getStreamTypeInfo(
            CommandGetXdbcTypeInfo request, CallContext context, ServerStreamListener listener) {
        typeInfo.send(request, listener);
    }

    @Override
    public FlightInfo getFlightInfoCatalogs(
            CommandGetCatalogs request, CallContext context, FlightDescriptor descriptor) {
        return metadata(Schemas.GET_CATALOGS_SCHEMA, descriptor, request);
    }

    @Override
    public void getStreamCatalogs(CallContext context, ServerStreamListener listener) {
        catalogs.catalogs(listener);
    }

    @Override
    public FlightInfo getFlightInfoSchemas(
            CommandGetDbSchemas request, CallContext context, FlightDescriptor descriptor) {
        return metadata(Schemas.GET_SCHEMAS_SCHEMA, descriptor, request);
    }

    @Override
    public void getStreamSchemas(
            CommandGetDbSchemas command, CallContext context, ServerStreamListener listener) {
        catalogs.schemas(command, listener);
    }

    @Override
    public FlightInfo getFlightInfoTables(
            CommandGetTables request, CallContext context, FlightDescriptor descriptor) {
        return metadata(
                request.getIncludeSchema()
                        ? Schemas.GET_TABLES_SCHEMA
                        : Schemas.GET_TABLES_SCHEMA_NO_SCHEMA,
                descriptor,
                request);
    }

    @Override
    public void getStreamTables(
            CommandGetTables command, CallContext context, ServerStreamListener listener) {
        catalogs.tables(command, listener);
    }

    @Override
    public FlightInfo getFlightInfoTableTypes(
            CommandGetTableTypes request, CallContext context, FlightDescriptor descriptor) {
        return metadata(Schemas.GET_TABLE_TYPES_SCHEMA, descriptor, request);
    }

    @Override
    public void getStreamTableTypes(CallContext context, ServerStreamListener listener) {
        catalogs.tableTypes(listener);
    }

    @Override
    public FlightInfo getFlightInfoPrimaryKeys(
            CommandGetPrimaryKeys request, CallContext context, FlightDescriptor descriptor) {
        return metadata(Schemas.GET_PRIMARY_KEYS_SCHEMA, descriptor, request);
    }

    @Override
    public void getStreamPrimaryKeys(
            CommandGetPrimaryKeys command, CallContext context, ServerStreamListener listener) {
        keys.primaryKeys(listener);
    }

    @Override
    public FlightInfo getFlightInfoExportedKeys(
            CommandGetExportedKeys request, CallContext context, FlightDescriptor descriptor) {
        return metadata(Schemas.GET_EXPORTED_KEYS_SCHEMA, descriptor, request);
    }

    @Override
    public void getStreamExportedKeys(
            CommandGetExportedKeys command, CallContext context, ServerStreamListener listener) {
        keys.exportedKeys(listener);
    }

    @Override
    public FlightInfo getFlightInfoImportedKeys(
            CommandGetImportedKeys request, CallContext context, FlightDescriptor descriptor) {
        return metadata(Schemas.GET_IMPORTED_KEYS_SCHEMA, descriptor, request);
    }

    @Override
    public void getStreamImportedKeys(
            CommandGetImportedKeys command, CallContext context, ServerStreamListener listener) {
        keys.importedKeys(listener);
    }

    @Override
    public FlightInfo getFlightInfoCrossReference(
            CommandGetCrossReference request, CallContext context, FlightDescriptor descriptor) {
        return metadata(Schemas.GET_CROSS_REFERENCE_SCHEMA, descriptor, request);
    }

    @Override
    public void getStreamCrossReference(
            CommandGetCrossReference command, CallContext context, ServerStreamListener listener) {
        keys.crossReference(listener);
    }

    // Sessions

    @Override
    public void setSessionOptions(
            SetSessionOptionsRequest request,
            CallContext context,
            StreamListener<SetSessionOptionsResult> listener) {
        sessions.set(request, context, listener);
    }

    @Override
    public void getSessionOptions(
            GetSessionOptionsRequest request,
            CallContext context,
            StreamListener<GetSessionOptionsResult> listener) {
        sessions.get(context, listener);
    }

    @Override
    public void closeSession(
            CloseSessionRequest request,
            CallContext context,
            StreamListener<CloseSessionResult> listener) {
        sessions.close(context, listener);
    }

    // Transactions

    @Override
    public void beginTransaction(
            ActionBeginTransactionRequest request,
            CallContext context,
            StreamListener<ActionBeginTransactionResult> listener) {
        transactions.begin(context, listener);
    }

    @Override
    public void endTransaction(
            ActionEndTransactionRequest request,
            CallContext context,
            StreamListener<Result> listener) {
        transactions.end(request, listener);
    }

    // What is not offered

    @Override
    public FlightInfo getFlightInfoSubstraitPlan(
            CommandStatementSubstraitPlan command,
            CallContext context,
            FlightDescriptor descriptor) {
        throw unsupported("Substrait plans are not supported; send SQL");
    }

    private static FlightRuntimeException unsupported(String message) {
        return FlightErrors.toFlight(new NeuralakeException(ErrorCode.UNSUPPORTED, message));
    }

    // Flight

    @Override
    public PollInfo pollFlightInfo(CallContext context, FlightDescriptor descriptor) {
        // Announcing does not wait for rows, so the first answer is the last.
        return new PollInfo(getFlightInfo(context, descriptor), null, 1.0, null);
    }

    @Override
    public void listActions(CallContext context, StreamListener<ActionType> listener) {
        FlightSqlUtils.FLIGHT_SQL_ACTIONS.forEach(listener::onNext);
        listener.onNext(FlightConstants.SET_SESSION_OPTIONS);
        listener.onNext(FlightConstants.GET_SESSION_OPTIONS);
        listener.onNext(FlightConstants.CLOSE_SESSION);
        listener.onCompleted();
    }

    @Override
    public void listFlights(
            CallContext context, Criteria criteria, StreamListener<FlightInfo> listener) {
        listener.onCompleted();
    }

    @Override
    public void close() {}
}
