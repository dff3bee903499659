package io.neuralake.flight.session;

import io.grpc.Context;
import io.grpc.netty.NettyServerBuilder;
import io.neuralake.planner.Cancellation;
import io.neuralake.planner.SessionSettings;
import io.neuralake.planner.SqlSession;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.apache.arrow.flight.CallHeaders;
import org.apache.arrow.flight.CallInfo;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.FlightProducer.CallContext;
import org.apache.arrow.flight.FlightServerMiddleware;
import org.apache.arrow.flight.RequestContext;
import org.jspecify.annotations.Nullable;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/// Finds the session of a call. A client that changed its session is given the cookie
/// `neuralake_session`, by which the session is found again, over any connection, until it was idle
/// for half an hour. A client that sends no cookie has a session a connection, made from the headers
/// of its first call (`catalog`, `schema` and the names of settings), which ends with the connection;
/// so pool probes leave nothing behind, and SET works for clients that keep no cookies.
///
/// What a transaction has done is undone when the last connection that its session was used over has
/// ended. Its statements fail then until the client says ROLLBACK, so that none is committed by itself
/// that was meant to be a part of the lost transaction. Thread-safe.
public final class SessionRegistry
        implements FlightServerMiddleware.Factory<SessionRegistry.CallSession>, AutoCloseable {
    /// Finds the call's session in its context.
    public static final FlightServerMiddleware.Key<CallSession> KEY =
            FlightServerMiddleware.Key.of("neuralake-session");

    private static final String COOKIE = "neuralake_session";
    private static final long IDLE_NANOS = 30L * 60 * 1_000_000_000L;

    private final Map<String, Stored> sessions = new ConcurrentHashMap<>();
    private final Map<Object, SqlSession> connected = new ConcurrentHashMap<>();
    private final Transactions transactions = new Transactions();
    private final ClientConnections connections =
            // Not on the transport's thread: what is undone may wait for a statement that runs.
            new ClientConnections(
                    connection ->
                            Thread.ofVirtual()
                                    .name("flight-rollback")
                                    .start(() -> ended(connection)));

    private static final class Stored {
        private final SqlSession session;
        private final Set<Object> connections = ConcurrentHashMap.newKeySet();
        private volatile long lastUsedNanos = System.nanoTime();

        private Stored(SqlSession session) {
            this.session = session;
        }

        private void used() {
            lastUsedNanos = System.nanoTime();
            Object connection = ClientConnections.current();
            if (connection != null) {
                connections.add(connection);
            }
        }

        private boolean isIdle(long now) {
            return now - lastUsedNanos > IDLE_NANOS
                    && (connections.isEmpty() || session.transaction().isEmpty());
        }
    }

    /// Returns the transactions that clients name.
    public Transactions transactions() {
        return transactions;
    }

    private void ended(Object connection) {
        transactions.ended(connection);
        SqlSession own = connected.remove(connection);
        boolean kept = false;
        for (Stored stored : sessions.values()) {
            kept |= stored.session == own;
            if (stored.connections.remove(connection) && stored.connections.isEmpty()) {
                stored.session.abandon();
            }
        }
        if (own != null && !kept) {
            own.close();
        }
    }

    /// Undoes what all transactions have done.
    @Override
    public void close() {
        transactions.close();
        connected.values().forEach(SqlSession::close);
        sessions.values().forEach(stored -> stored.session.close());
    }

    /// Has a server tell its connections.
    public void install(NettyServerBuilder builder) {
        connections.install(builder);
    }

    /// Returns the session of a call.
    public static CallSession of(CallContext context) {
        CallSession session = context.getMiddleware(KEY);
        if (session == null) {
            throw new IllegalStateException("Session middleware is missing");
        }
        return session;
    }

    @Override
    public CallSession onCallStarted(CallInfo info, CallHeaders headers, RequestContext context) {
        expire();
        return new CallSession(headers, cookie(headers));
    }

    /// Returns the session that a cookie names. One that has ended is an error, since its settings are
    /// lost.
    private SqlSession named(String id) {
        Stored stored = sessions.get(id);
        if (stored == null) {
            throw new NeuralakeException(
                    ErrorCode.INVALID_STATEMENT_HANDLE,
                    "Session has ended: it was closed or idle for too long, or the server was"
                            + " started anew; connect again");
        }
        stored.used();
        return stored.session;
    }

    private SqlSession connected(CallHeaders headers) {
        Object connection = ClientConnections.current();
        return connection == null
                ? fromHeaders(headers)
                : connected.computeIfAbsent(connection, _ -> fromHeaders(headers));
    }

    private void expire() {
        long now = System.nanoTime();
        sessions.values()
                .removeIf(
                        stored -> {
                            boolean idle = stored.isIdle(now);
                            if (idle) {
                                stored.session.close();
                            }
                            return idle;
                        });
    }

    private static @Nullable String cookie(CallHeaders headers) {
        Iterable<String> all = headers.getAll("cookie");
        if (all == null) {
            return null;
        }
        for (String header : all) {
            for (String part : header.split(";")) {
                String[] pair = part.strip().split("=", 2);
                if (pair.length == 2 && pair[0].equals(COOKIE)) {
                    return pair[1].replace("\"", "");
                }
            }
        }
        return null;
    }

    private static SqlSession fromHeaders(CallHeaders headers) {
        SqlSession session = new SqlSession("anonymous");
        for (String name : SessionSettings.all(session).keySet()) {
            String value = headers.get(name);
            if (value != null && !value.isEmpty()) {
                SessionSettings.set(session, name, Optional.of(value));
            }
        }
        String catalog = headers.get("catalog");
        if (catalog != null && !catalog.isEmpty()) {
            session.setCatalog(catalog);
        }
        String schema = headers.get("schema");
        if (schema != null && !schema.isEmpty()) {
            session.setSchema(schema);
        }
        return session;
    }

    /// Returns the number of sessions that are kept by cookie.
    public int size() {
        return sessions.size();
    }

    /// The session of one call.
    public final class CallSession implements FlightServerMiddleware {
        private final CallHeaders headers;

        /// What gRPC cancels when the client leaves, cancels the call or runs out of its time.
        private final Context context = Context.current();

        private @Nullable String id;
        private @Nullable SqlSession session;
        private @Nullable String answer;

        private CallSession(CallHeaders headers, @Nullable String id) {
            this.headers = headers;
            this.id = id;
        }

        /// Returns the settings. Throws INVALID_STATEMENT_HANDLE when the session of the client's
        /// cookie has ended, and INVALID_PARAMETER for a header that does not fit.
        public synchronized SqlSession session() {
            SqlSession found = session;
            if (found == null) {
                String cookie = id;
                if (cookie != null && !sessions.containsKey(cookie)) {
                    answer = COOKIE + "=" + cookie + "; Max-Age=0";
                }
                found = cookie == null ? connected(headers) : named(cookie);
                session = found;
            }
            return found;
        }

        /// Keeps the session beyond its connection, and tells the client its cookie.
        public synchronized void keep() {
            if (id == null) {
                String cookie = UUID.randomUUID().toString();
                Stored stored = new Stored(session());
                stored.used();
                sessions.put(cookie, stored);
                answer = COOKIE + "=" + cookie;
                id = cookie;
            }
        }

        /// Returns the session of a transaction that the client names; that of the call for the empty
        /// name. Throws also NO_ACTIVE_TRANSACTION for a transaction that is over.
        public SqlSession session(String transaction) {
            return transaction.isEmpty() ? session() : transactions.session(transaction);
        }

        /// Returns the session in which a statement goes on that was prepared in a transaction. See
        /// [Transactions#current].
        public SqlSession current(String transaction) {
            return transactions.current(transaction, session());
        }

        /// Runs a statement, which is stopped when the call is cancelled, up to its commit.
        public <T> T run(SqlSession of, Function<SqlSession, T> statement) {
            Cancellation cancellation = new Cancellation();
            Context.CancellationListener listener = _ -> cancellation.cancel();
            context.addListener(listener, Runnable::run);
            try {
                return statement.apply(of.cancelledBy(cancellation));
            } finally {
                context.removeListener(listener);
            }
        }

        /// Begins a transaction beside the session, and returns its identifier.
        public String begin() {
            return transactions.begin(session(), ClientConnections.current());
        }

        /// Ends the session and its transactions. The client is told to drop its cookie.
        public synchronized void close() {
            Object connection = ClientConnections.current();
            SqlSession ended = connection == null ? null : connected.remove(connection);
            if (ended != null) {
                transactions.ended(ended);
                ended.close();
            }
            String cookie = id;
            if (cookie != null) {
                Stored stored = sessions.remove(cookie);
                if (stored != null) {
                    transactions.ended(stored.session);
                    stored.session.close();
                }
                answer = COOKIE + "=" + cookie + "; Max-Age=0";
            }
        }

        @Override
        public synchronized void onBeforeSendingHeaders(CallHeaders outgoing) {
            String cookie = answer;
            if (cookie != null) {
                outgoing.insert("set-cookie", cookie);
                answer = null;
            }
        }

        @Override
        public void onCallCompleted(CallStatus status) {}

        @Override
        public void onCallErrored(Throwable error) {}
    }
}
