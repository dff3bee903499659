package io.neuralake.flight.command;

import io.neuralake.flight.session.SessionRegistry;
import io.neuralake.flight.session.SessionRegistry.CallSession;
import io.neuralake.flight.stream.IngestStream;
import io.neuralake.planner.SqlEngine;
import io.neuralake.planner.SqlSession;
import io.neuralake.planner.write.IngestRequest;
import io.neuralake.planner.write.IngestRequest.Mode;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.apache.arrow.flight.FlightProducer.CallContext;
import org.apache.arrow.flight.FlightProducer.StreamListener;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.PutResult;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandStatementIngest;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandStatementIngest.TableDefinitionOptions;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandStatementIngest.TableDefinitionOptions.TableExistsOption;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandStatementIngest.TableDefinitionOptions.TableNotExistOption;
import org.apache.arrow.memory.BufferAllocator;
import org.jspecify.annotations.Nullable;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;

/// Loads the batches that a client sends into a table, in one commit, or as a part of its transaction.
public final class IngestCommand {
    /// The option whose value makes a load happen at most once.
    static final String KEY = "neuralake.idempotency_key";

    private final SqlEngine engine;
    private final BufferAllocator allocator;
    private final ExecutorService threads;
    private final StatementCommands statements;

    /// Loads with `engine`, and receives with buffers of `allocator` on `threads`.
    public IngestCommand(
            SqlEngine engine,
            BufferAllocator allocator,
            ExecutorService threads,
            StatementCommands statements) {
        this.engine = engine;
        this.allocator = allocator;
        this.threads = threads;
        this.statements = statements;
    }

    /// Takes what the client sends and answers with the number of rows.
    public Runnable ingest(
            CommandStatementIngest command,
            CallContext context,
            FlightStream stream,
            StreamListener<PutResult> client) {
        return () -> statements.answered(client, () -> load(command, context, stream));
    }

    private long load(CommandStatementIngest command, CallContext context, FlightStream stream) {
        CallSession call = SessionRegistry.of(context);
        SqlSession session = call.session(command.getTransactionId().toStringUtf8());
        Mode mode = mode(command);
        String key = key(command);
        IngestStream rows = new IngestStream(stream, allocator);
        CompletableFuture<Void> receiving = CompletableFuture.runAsync(rows, threads);
        try {
            IngestRequest request =
                    new IngestRequest(
                            command.hasCatalog() ? command.getCatalog() : null,
                            command.hasSchema() ? command.getSchema() : null,
                            command.getTable(),
                            mode,
                            rows.columns(),
                            key,
                            rows);
            return call.run(session, own -> engine.ingest(request, own));
        } finally {
            rows.close();
            // The answer closes the stream, which nobody may be reading then.
            receiving.join();
        }
    }

    private static @Nullable String key(CommandStatementIngest command) {
        for (String option : command.getOptionsMap().keySet()) {
            if (!option.equals(KEY)) {
                throw new NeuralakeException(
                        ErrorCode.UNSUPPORTED, "Option of bulk loads is not known: " + option);
            }
        }
        return command.getOptionsMap().get(KEY);
    }

    private static Mode mode(CommandStatementIngest command) {
        if (command.getTemporary()) {
            throw new NeuralakeException(
                    ErrorCode.UNSUPPORTED, "Temporary tables are not supported");
        }
        TableDefinitionOptions options = command.getTableDefinitionOptions();
        boolean create =
                options.getIfNotExist() == TableNotExistOption.TABLE_NOT_EXIST_OPTION_CREATE;
        return switch (options.getIfExists()) {
            case TABLE_EXISTS_OPTION_APPEND -> create ? Mode.CREATE_OR_APPEND : Mode.APPEND;
            case TABLE_EXISTS_OPTION_REPLACE -> {
                if (!create) {
                    throw unclear("replacing a table that must exist is not supported");
                }
                yield Mode.REPLACE;
            }
            case TABLE_EXISTS_OPTION_FAIL, TABLE_EXISTS_OPTION_UNSPECIFIED, UNRECOGNIZED -> {
                if (!create || options.getIfExists() == TableExistsOption.UNRECOGNIZED) {
                    throw unclear("nothing would be allowed");
                }
                yield Mode.CREATE;
            }
        };
    }

    private static NeuralakeException unclear(String why) {
        return new NeuralakeException(
                ErrorCode.INVALID_PARAMETER, "Options of the bulk load do not fit: " + why);
    }
}
