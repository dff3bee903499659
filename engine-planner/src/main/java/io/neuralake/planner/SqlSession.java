package io.neuralake.planner;

import io.neuralake.planner.catalog.StatementTables;
import io.neuralake.planner.write.SessionTransaction;
import io.neuralake.spi.catalog.Catalog;
import io.neuralake.spi.catalog.TableSnapshot;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.jspecify.annotations.Nullable;

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
    private final AtomicReference<Optional<SessionTransaction>> transaction;

    /// Whether there is nothing behind the end of the transaction: statements fail then.
    private final boolean bound;

    private final @Nullable Cancellation cancellation;

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
        this(new Settings(user, catalog, schema), Optional.empty(), false, null);
    }

    private SqlSession(
            Settings shared,
            Optional<SessionTransaction> transaction,
            boolean bound,
            @Nullable Cancellation cancellation) {
        this(shared, new AtomicReference<>(transaction), bound, cancellation);
    }

    private SqlSession(
            Settings shared,
            AtomicReference<Optional<SessionTransaction>> transaction,
            boolean bound,
            @Nullable Cancellation cancellation) {
        this.shared = shared;
        this.transaction = transaction;
        this.bound = bound;
        this.cancellation = cancellation;
    }

    /// Opens another session with the same settings, which both see when one changes them, and no
    /// transaction.
    public SqlSession sibling() {
        return new SqlSession(shared, Optional.empty(), false, cancellation);
    }

    /// Opens a session with the same settings for one transaction, which has begun. Once that is over, in
    /// whatever way, statements fail with NO_ACTIVE_TRANSACTION (25P01), also those that were on their
    /// way: they are never committed by themselves.
    public SqlSession inTransaction() {
        return new SqlSession(shared, Optional.of(new SessionTransaction()), true, null);
    }

    /// Returns what one statement sees: the transaction of now, whatever begins or ends meanwhile.
    SqlSession statement() {
        return new SqlSession(shared, transaction.get(), true, cancellation);
    }

    /// Returns a copy of the settings without transaction, for look-ups that outlive the statement.
    SqlSession detached() {
        Settings copy = new Settings(shared.user, shared.catalog, shared.schema);
        copy.zone = shared.zone;
        copy.others.putAll(shared.others);
        return new SqlSession(copy, Optional.empty(), false, null);
    }

    /// Returns the same session, of which others can stop the statements.
    public SqlSession cancelledBy(Cancellation by) {
        return new SqlSession(shared, transaction, bound, by);
    }

    /// Returns what stops the session's statements, if anything does.
    public Optional<Cancellation> cancellation() {
        return Optional.ofNullable(cancellation);
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

    /// Commits what a statement has done by itself. Throws CANCELLED when the statement was cancelled
    /// before; from here on it cannot be.
    public void committing(Runnable commit) {
        if (cancellation == null) {
            commit.run();
        } else {
            cancellation.commit(commit);
        }
    }

    /// Lets a statement that goes on after a commit be cancelled again.
    public void resume() {
        if (cancellation != null) {
            cancellation.resume();
        }
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
        return (bound ? transaction.get() : transaction.getAndSet(Optional.empty()))
                .orElseThrow(
                        () ->
                                new NeuralakeException(
                                        ErrorCode.NO_ACTIVE_TRANSACTION,
                                        "There is no transaction; BEGIN starts one"));
    }

    /// Returns the transaction, if one has begun. It may be over where the session ends with it.
    public Optional<SessionTransaction> transaction() {
        return transaction.get();
    }

    /// Returns a table as the transaction sees it; the same table without one.
    public TableSnapshot view(TableSnapshot table) {
        return transaction.get().map(t -> t.view(table)).orElse(table);
    }

    /// Starts the tables of a statement, as the transaction sees them if there is one.
    public StatementTables tables(List<Catalog> catalogs) {
        return transaction.get().isEmpty()
                ? new StatementTables(catalogs)
                : new StatementTables(catalogs, this::view);
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
        (bound ? transaction.get() : transaction.getAndSet(Optional.empty()))
                .ifPresent(SessionTransaction::close);
    }
}
