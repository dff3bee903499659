package io.neuralake.flight.ticket;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/// Statements by the handle in their tickets. What no client came for expires. Thread-safe.
public final class QueryRegistry {
    private static final long EXPIRY_NANOS = 10L * 60 * 1_000_000_000L;

    private final Map<String, PendingQuery> queries = new ConcurrentHashMap<>();

    /// Announces a query and returns its handle.
    public String announce(PendingQuery query) {
        queries.values().removeIf(q -> !q.isStarted() && q.ageNanos() > EXPIRY_NANOS);
        String handle = UUID.randomUUID().toString();
        queries.put(handle, query);
        return handle;
    }

    /// Claims the one run of a query.
    public PendingQuery start(String handle) {
        PendingQuery query = queries.get(handle);
        if (query == null) {
            throw new NeuralakeException(
                    ErrorCode.INVALID_STATEMENT_HANDLE,
                    "Result not found: it was read already, or has expired");
        }
        query.start();
        return query;
    }

    /// Forgets a query whose stream has ended.
    public void finish(String handle) {
        queries.remove(handle);
    }

    /// Finds a query that waits or runs.
    public Optional<PendingQuery> find(String handle) {
        return Optional.ofNullable(queries.get(handle));
    }

    /// Returns the number of queries that wait or run.
    public int size() {
        return queries.size();
    }

    /// Cancels everything.
    public void cancelAll() {
        queries.values().forEach(PendingQuery::cancel);
    }
}
