package io.neuralake.planner;

import io.neuralake.planner.write.SessionTransaction;
import io.neuralake.spi.catalog.TableSnapshot;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/// The settings and the transaction of one client's session. Thread-safe. Without a transaction every
/// statement commits by itself.
public final class SqlSession implements AutoCloseable {
    private final Settings shared;
    private final AtomicReference<Optional<SessionTransaction>> transaction =
            new AtomicReference<>(Optional.empty());

    /// What sessions of one client share.
    private static final class Settings {
        private final String user;
        private volatile String catalog;
        private volatile String schema;
        private volatile ZoneId zone = ZoneOffset.UTC;
        private final Map<String, String> others = new ConcurrentHashMap<>();

        private Settings(String user, String catalog, String schema) {
            this.user = user;
            this.catalog = catalog;
            this.schema = schema;
        }
    }

    /// Opens a session with the default catalog `lake` and schema `main`.
    public SqlSession(String user) {
        this(user, "lake", "main");
    }

    /// Opens a session.
    public SqlSession(String user, String catalog, String schema) {
        this(new Settings(user, catalog, schema));
    }

    private SqlSession(Settings shared) {
        this.shared = shared;
    }

    /// Opens another session with the same settings, which both see when one changes them, and no
    /// transaction.
    public SqlSession sibling() {
        return new SqlSession(shared);
    }

    /// Returns the authenticated user.
    public String user() {
        return shared.user;
    }

    /// Returns the catalog of unqualified names.
    public String catalog() {
        return shared.catalog;
    }

    /// Sets the catalog of unqualified names.
    public void setCatalog(String name) {
        shared.catalog = name;
    }

    /// Returns the schema of unqualified names.
    public String schema() {
        return shared.schema;
    }

    /// Sets the schema of unqualified names.
    public void setSchema(String name) {
        shared.schema = name;
    }

    /// Returns the time zone of casts between TIMESTAMP and TIMESTAMP WITH TIME ZONE.
    public ZoneId zone() {
        return shared.zone;
    }

    /// Sets the time zone.
    public void setZone(ZoneId zoneId) {
        shared.zone = zoneId;
    }

    /// Returns further settings by lower-case name, such as `memory_limit`, `threads`,
    /// `batch_rows`; live.
    public Map<String, String> settings() {
        return shared.others;
    }

    /// Begins a transaction. Throws ACTIVE_TRANSACTION (25001) inside of one.
    public void begin() {
        Optional<SessionTransaction> started = Optional.of(new SessionTransaction());
        if (!transaction.compareAndSet(Optional.empty(), started)) {
            throw new NeuralakeException(
                    ErrorCode.ACTIVE_TRANSACTION, "There is a transaction already");
        }
    }

    /// Commits the transaction, which is over then, whatever happens. Throws NO_ACTIVE_TRANSACTION
    /// (25P01), FAILED_TRANSACTION (25P02) when a statement failed: then nothing is committed,
    /// UNSUPPORTED (0A000) for several tables unless the setting `allow_non_atomic_commit` is true,
    /// TRANSACTION_CONFLICT (40001), COMMIT_UNKNOWN (40003).
    public void commit() {
        ended().commit(allowsSeveralTables());
    }

    /// Undoes what the transaction has done. Throws NO_ACTIVE_TRANSACTION (25P01).
    public void rollback() {
        ended().close();
    }

    private SessionTransaction ended() {
        return transaction
                .getAndSet(Optional.empty())
                .orElseThrow(
                        () ->
                                new NeuralakeException(
                                        ErrorCode.NO_ACTIVE_TRANSACTION,
                                        "There is no transaction; BEGIN starts one"));
    }

    /// Returns the transaction, if one has begun.
    public Optional<SessionTransaction> transaction() {
        return transaction.get();
    }

    /// Returns a table as the transaction sees it; the same table without one.
    public TableSnapshot view(TableSnapshot table) {
        return transaction.get().map(t -> t.view(table)).orElse(table);
    }

    /// Runs what no transaction can undo, in a session with the same settings but without the
    /// transaction. Throws UNSUPPORTED (0A000) inside of one that has changed rows.
    public <T> T aside(Function<SqlSession, T> action) {
        Optional<SessionTransaction> current = transaction.get();
        if (current.isEmpty()) {
            return action.apply(this);
        }
        List<T> results = new ArrayList<>();
        current.get().aside(() -> results.add(action.apply(sibling())));
        return results.getFirst();
    }

    /// Tells whether a transaction may change several tables, which are committed one after the other.
    public boolean allowsSeveralTables() {
        return SessionSettings.isTrue(this, SessionSettings.NON_ATOMIC_COMMIT);
    }

    /// Undoes what the transaction has done, and lets every statement fail until it is rolled back: for
    /// a client that was lost, and may come back without knowing.
    public void abandon() {
        transaction
                .get()
                .ifPresent(
                        lost -> {
                            lost.fail();
                            lost.close();
                        });
    }

    /// Rolls back; idempotent.
    @Override
    public void close() {
        transaction.getAndSet(Optional.empty()).ifPresent(SessionTransaction::close);
    }
}
