package io.neuralake.flight.session;

import io.neuralake.planner.SqlSession;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/// Transactions that clients name by an identifier. Each has a session of its own, with the settings of
/// the one it was begun in; a statement that is on its way when the transaction ends fails, and is never
/// committed by itself. Those of a connection that has ended are undone. Thread-safe.
public final class Transactions {
    private final Map<String, Open> open = new ConcurrentHashMap<>();

    private record Open(SqlSession base, SqlSession own, @Nullable Object connection) {
        /// Tells whether it was neither committed nor undone, which SQL may also do.
        boolean isOpen() {
            return own.transaction().filter(t -> !t.isOver()).isPresent();
        }
    }

    Transactions() {}

    /// Begins a transaction and returns its identifier.
    ///
    /// @param connection with which it ends; null for none
    String begin(SqlSession base, @Nullable Object connection) {
        SqlSession own = base.inTransaction();
        String id = UUID.randomUUID().toString();
        open.put(id, new Open(base, own, connection));
        return id;
    }

    /// Returns the session of an open transaction. Throws NO_ACTIVE_TRANSACTION (25P01).
    public SqlSession session(String id) {
        Open found = open.get(id);
        if (found == null || !found.isOpen()) {
            throw over();
        }
        return found.own();
    }

    /// Returns the session of a transaction, or, if it is over, that of the one transaction begun in the
    /// same session since: clients that keep a prepared statement go on with it in their next
    /// transaction. Never one without a transaction, where changes would be committed unasked.
    public SqlSession current(String id, SqlSession base) {
        Open found = open.get(id);
        if (found != null) {
            return session(id);
        }
        List<Open> others =
                open.values().stream().filter(o -> o.base() == base && o.isOpen()).toList();
        if (others.size() != 1) {
            throw over();
        }
        return others.getFirst().own();
    }

    private static NeuralakeException over() {
        return new NeuralakeException(
                ErrorCode.NO_ACTIVE_TRANSACTION,
                "The transaction is over: it was committed or rolled back, or its connection was"
                        + " lost");
    }

    /// Commits. The transaction is over then, whatever happens. Throws as [SqlSession#commit].
    public void commit(String id) {
        Open found = open.remove(id);
        if (found == null) {
            throw over();
        }
        try (SqlSession own = found.own()) {
            own.commit();
        }
    }

    /// Undoes what was done; nothing for a transaction that is over, of which nothing is left to undo.
    public void rollback(String id) {
        Open found = open.remove(id);
        if (found != null) {
            found.own().close();
        }
    }

    /// Undoes the transactions of a connection. Waits for their running statements.
    void ended(Object connection) {
        open.entrySet().stream()
                .filter(e -> connection.equals(e.getValue().connection()))
                .map(Map.Entry::getKey)
                .toList()
                .forEach(this::rollback);
    }

    /// Undoes those begun in a session.
    void ended(SqlSession base) {
        open.entrySet().stream()
                .filter(e -> e.getValue().base() == base)
                .map(Map.Entry::getKey)
                .toList()
                .forEach(this::rollback);
    }

    /// Undoes all.
    void close() {
        List.copyOf(open.keySet()).forEach(this::rollback);
    }

    /// Returns the number of open transactions.
    public int size() {
        return open.size();
    }
}
