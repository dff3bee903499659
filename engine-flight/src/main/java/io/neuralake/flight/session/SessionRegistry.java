package io.neuralake.flight.session;

import io.neuralake.planner.SessionSettings;
import io.neuralake.planner.SqlSession;

import org.apache.arrow.flight.CallHeaders;
import org.apache.arrow.flight.CallInfo;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.FlightProducer.CallContext;
import org.apache.arrow.flight.FlightServerMiddleware;
import org.apache.arrow.flight.RequestContext;
import org.jspecify.annotations.Nullable;

import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/// The sessions that clients opened by setting an option. A session is found again by the cookie
/// `neuralake_session`. Calls without it run in a session of their own, made from the call's headers
/// (`catalog`, `schema` and the names of settings), and leave nothing behind; so pool probes cost
/// nothing. Idle sessions expire. Thread-safe.
public final class SessionRegistry
        implements FlightServerMiddleware.Factory<SessionRegistry.CallSession> {
    /// Finds the call's session in its context.
    public static final FlightServerMiddleware.Key<CallSession> KEY =
            FlightServerMiddleware.Key.of("neuralake-session");

    private static final String COOKIE = "neuralake_session";
    private static final long IDLE_NANOS = 30L * 60 * 1_000_000_000L;

    private final Map<String, Stored> sessions = new ConcurrentHashMap<>();

    private static final class Stored {
        private final SqlSession session;
        private volatile long lastUsedNanos = System.nanoTime();

        private Stored(SqlSession session) {
            this.session = session;
        }
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
        String id = cookie(headers);
        Stored stored = id == null ? null : sessions.get(id);
        if (id != null && stored != null) {
            stored.lastUsedNanos = System.nanoTime();
            return new CallSession(stored.session, id);
        }
        return new CallSession(fromHeaders(headers), null);
    }

    private void expire() {
        long now = System.nanoTime();
        sessions.values().removeIf(s -> now - s.lastUsedNanos > IDLE_NANOS);
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

    /// Returns the number of sessions kept.
    public int size() {
        return sessions.size();
    }

    /// The session of one call.
    public final class CallSession implements FlightServerMiddleware {
        private final SqlSession session;
        private @Nullable String id;
        private boolean opened;

        private CallSession(SqlSession session, @Nullable String id) {
            this.session = session;
            this.id = id;
        }

        /// Returns the settings.
        public SqlSession session() {
            return session;
        }

        /// Keeps the session beyond this call, and tells the client its cookie.
        public synchronized void keep() {
            if (id == null) {
                id = UUID.randomUUID().toString();
                opened = true;
                sessions.put(id, new Stored(session));
            }
        }

        /// Tells whether the session is kept.
        public synchronized boolean isKept() {
            return id != null;
        }

        /// Forgets the session; returns false when it was not kept.
        public synchronized boolean forget() {
            return id != null && sessions.remove(id) != null;
        }

        @Override
        public synchronized void onBeforeSendingHeaders(CallHeaders headers) {
            if (opened && id != null) {
                headers.insert("set-cookie", COOKIE + "=" + id);
            }
        }

        @Override
        public void onCallCompleted(CallStatus status) {}

        @Override
        public void onCallErrored(Throwable error) {}
    }
}
