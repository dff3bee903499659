package io.neuralake.flight;

import io.grpc.netty.NettyServerBuilder;
import io.neuralake.flight.command.CatalogCommands;
import io.neuralake.flight.command.IngestCommand;
import io.neuralake.flight.command.KeyCommands;
import io.neuralake.flight.command.SqlInfoCommand;
import io.neuralake.flight.command.StatementCommands;
import io.neuralake.flight.command.TransactionCommands;
import io.neuralake.flight.command.TypeInfoCommand;
import io.neuralake.flight.producer.NeuralakeFlightSqlProducer;
import io.neuralake.flight.session.SessionRegistry;
import io.neuralake.flight.stream.ResultStreamer;
import io.neuralake.flight.ticket.QueryRegistry;
import io.neuralake.planner.SqlEngine;

import org.apache.arrow.flight.FlightServer;
import org.apache.arrow.flight.Location;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

import java.io.IOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// A running Arrow Flight SQL server. Thread-safe.
public final class FlightSqlService implements AutoCloseable {
    private static final int MAX_MESSAGE_BYTES = 256 << 20;
    private static final int MAX_HEADER_BYTES = 1 << 20;
    private static final long SHORTEST_KEEP_ALIVE_SECONDS = 5;
    private static final long DRAIN_SECONDS = 10;

    /// Silent connections are probed, so that a client that vanished stops its query.
    private static final long PROBE_SECONDS = 20;

    private final FlightServer server;
    private final QueryRegistry queries;
    private final SessionRegistry sessions;
    private final ExecutorService calls;
    private final ExecutorService threads;
    private final BufferAllocator allocator;
    private boolean closed;

    /// Where and as what to listen.
    ///
    /// @param port 0 picks a free one
    /// @param version of the server, which clients may show
    public record Settings(String host, int port, String version) {}

    private FlightSqlService(
            FlightServer server,
            QueryRegistry queries,
            SessionRegistry sessions,
            ExecutorService calls,
            ExecutorService threads,
            BufferAllocator allocator) {
        this.server = server;
        this.queries = queries;
        this.sessions = sessions;
        this.calls = calls;
        this.threads = threads;
        this.allocator = allocator;
    }

    /// Starts listening. Throws IOException when the port cannot be had.
    public static FlightSqlService start(
            Settings settings, SqlEngine engine, QueryListener listener) throws IOException {
        BufferAllocator allocator = new RootAllocator();
        // Not Flight's own, which takes no more work as soon as the server is told to stop: streams
        // would not hear any more that their client has read.
        ExecutorService calls =
                Executors.newCachedThreadPool(
                        Thread.ofPlatform().daemon().name("flight-call-", 0).factory());
        ExecutorService threads =
                Executors.newThreadPerTaskExecutor(
                        Thread.ofVirtual().name("flight-stream-", 0).factory());
        QueryRegistry queries = new QueryRegistry();
        SessionRegistry sessions = new SessionRegistry();
        StatementCommands statements =
                new StatementCommands(
                        engine,
                        queries,
                        new ResultStreamer(allocator, threads, listener),
                        allocator);
        NeuralakeFlightSqlProducer producer =
                new NeuralakeFlightSqlProducer(
                        statements,
                        new CatalogCommands(engine, allocator),
                        new KeyCommands(allocator),
                        new SqlInfoCommand(settings.version()),
                        new TypeInfoCommand(allocator),
                        new TransactionCommands(sessions.transactions()),
                        new IngestCommand(engine, allocator, threads, statements));
        Consumer<NettyServerBuilder> transport =
                builder -> {
                    builder.permitKeepAliveTime(SHORTEST_KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
                            .permitKeepAliveWithoutCalls(true)
                            .keepAliveTime(PROBE_SECONDS, TimeUnit.SECONDS)
                            .keepAliveTimeout(PROBE_SECONDS, TimeUnit.SECONDS);
                    sessions.install(builder);
                };
        FlightServer server =
                FlightServer.builder(
                                allocator,
                                Location.forGrpcInsecure(settings.host(), settings.port()),
                                producer)
                        .executor(calls)
                        .middleware(SessionRegistry.KEY, sessions)
                        .maxInboundMessageSize(MAX_MESSAGE_BYTES)
                        .setMaxHeaderListSize(MAX_HEADER_BYTES)
                        .transportHint("grpc.builderConsumer", transport)
                        .build();
        try {
            server.start();
        } catch (IOException | RuntimeException e) {
            threads.close();
            calls.close();
            allocator.close();
            throw e;
        }
        return new FlightSqlService(server, queries, sessions, calls, threads, allocator);
    }

    /// Returns the port in use.
    public int port() {
        return server.getPort();
    }

    /// Returns the number of statements that wait for their client or run.
    public int openQueries() {
        return queries.size();
    }

    /// Returns the number of sessions that are kept beyond their connection.
    public int keptSessions() {
        return sessions.size();
    }

    /// Returns the number of open transactions that clients name.
    public int openTransactions() {
        return sessions.transactions().size();
    }

    /// Returns the bytes of results that are on their way to clients.
    public long sendingBytes() {
        return allocator.getAllocatedMemory();
    }

    /// Takes no more calls, lets streams end for ten seconds, cancels the rest, rolls back
    /// what is open, and frees everything;
    /// idempotent.
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            server.shutdown();
            server.awaitTermination(DRAIN_SECONDS, TimeUnit.SECONDS);
            queries.cancelAll();
            threads.shutdown();
            threads.awaitTermination(DRAIN_SECONDS, TimeUnit.SECONDS);
            server.close();
            calls.shutdown();
            calls.awaitTermination(DRAIN_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            queries.cancelAll();
            threads.shutdownNow();
            calls.shutdownNow();
        }
        sessions.close();
        allocator.close();
    }
}
