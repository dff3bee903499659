package io.neuralake.planner.write;

import io.neuralake.exec.QueryResult;
import io.neuralake.planner.SqlSession;
import io.neuralake.planner.sql.Statement.TableName;
import io.neuralake.planner.write.IngestRequest.Mode;
import io.neuralake.planner.write.Planning.Planned;
import io.neuralake.spi.catalog.QualifiedName;
import io.neuralake.spi.change.ChangeInfo;
import io.neuralake.spi.change.ChangeOperation;
import io.neuralake.spi.change.ColumnDefinition;
import io.neuralake.spi.change.SupportsTableChanges;
import io.neuralake.spi.change.TableChange;
import io.neuralake.spi.change.TableDefinition;
import io.neuralake.spi.change.TableTransaction;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.error.SqlPosition;
import io.neuralake.spi.type.Field;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Runs bulk loads: batches go through the same query as those of an INSERT.
public final class Ingestion {
    private static final String KEY = "ingested";

    private final Planning planning;
    private final ChangeRunner runner;
    private final CreateTables creation;

    /// Prepares for an engine.
    public Ingestion(Planning planning) {
        this.planning = planning;
        this.runner = new ChangeRunner(planning);
        this.creation = new CreateTables(planning);
    }

    /// Runs a load. Throws UNSUPPORTED in a transaction for what cannot be a part of it: a table that is
    /// made, and a key, which is known with a commit alone.
    ///
    /// @return the number of rows
    public long ingest(IngestRequest request, SqlSession session) {
        try (var _ = request.rows()) {
            boolean inside = session.transaction().isPresent();
            if (inside && request.key() != null) {
                throw new NeuralakeException(
                        ErrorCode.UNSUPPORTED,
                        "Idempotency keys are not supported inside a transaction");
            }
            TableName name = name(request, session);
            QualifiedName qualified = creation.qualified(name, session);
            boolean exists = creation.exists(name, session);
            boolean append =
                    request.mode() == Mode.APPEND
                            || request.mode() == Mode.CREATE_OR_APPEND && exists;
            if (append) {
                return append(name, request, session);
            }
            if (inside) {
                throw new NeuralakeException(
                        ErrorCode.UNSUPPORTED,
                        "Bulk loads that make a table are not supported inside a transaction: "
                                + qualified);
            }
            return create(name, qualified, request, session);
        }
    }

    private static TableName name(IngestRequest request, SqlSession session) {
        List<String> parts = new ArrayList<>();
        parts.add(request.catalog() == null ? session.catalog() : request.catalog());
        parts.add(request.schema() == null ? session.schema() : request.schema());
        parts.add(request.table());
        return new TableName(parts, new SqlPosition(1, 1));
    }

    private long append(TableName name, IngestRequest request, SqlSession session) {
        ChangeInfo info = new ChangeInfo(ChangeOperation.APPEND, Map.of(), session.user());
        ChangeRunner.Work work =
                (target, change, tables) -> {
                    target.refuseIdentities();
                    return feed(new Scope(planning, session, tables, target, ""), request, change);
                };
        return runner.runOnce(
                name, info, session, work, transaction -> isNew(transaction, request));
    }

    private static boolean isNew(TableTransaction transaction, IngestRequest request) {
        return request.key() == null || transaction.identify("ingest-" + request.key(), 1);
    }

    private long create(
            TableName name, QualifiedName qualified, IngestRequest request, SqlSession session) {
        boolean replace = request.mode() == Mode.REPLACE;
        TableDefinition definition =
                new TableDefinition(
                        request.columns().fields().stream()
                                .map(f -> ColumnDefinition.of(Field.of(f.name(), f.type())))
                                .toList(),
                        List.of(),
                        List.of(),
                        Map.of(),
                        Map.of(),
                        "");
        ColumnTypes.refuseDuplicates(definition);
        ChangeInfo info =
                new ChangeInfo(
                        replace
                                ? ChangeOperation.REPLACE_TABLE_AS_SELECT
                                : ChangeOperation.CREATE_TABLE_AS_SELECT,
                        Map.of(),
                        session.user());
        try (TableTransaction transaction =
                creation.catalog(name, qualified)
                        .create(
                                qualified.schema(),
                                qualified.table(),
                                definition,
                                replace
                                        ? SupportsTableChanges.CreateMode.CREATE_OR_REPLACE
                                        : SupportsTableChanges.CreateMode.CREATE)) {
            if (!isNew(transaction, request)) {
                return 0;
            }
            long count;
            try (TableChange change = transaction.change(info)) {
                Scope scope =
                        new Scope(
                                planning,
                                session,
                                runner.tables(session),
                                new Target(qualified, definition),
                                "");
                count = feed(scope, request, change);
                change.stage();
            }
            session.committing(transaction::commit);
            return count;
        }
    }

    private long feed(Scope scope, IngestRequest request, TableChange change) {
        IngestTable table =
                new IngestTable(scope.target().name(), request.columns(), request.rows());
        scope.tables().addAdHoc(KEY, () -> table);
        ChangeQuery query =
                InsertQuery.byName(
                        scope,
                        () ->
                                Syntax.select(
                                        List.of(Syntax.star()),
                                        Syntax.as(Syntax.adHoc(KEY), KEY),
                                        null),
                        false);
        Planned planned = planning.plan(query.tree(), null, scope.tables(), scope.session());
        try (QueryResult rows = planning.run(planned, List.of(), scope.session(), false)) {
            return new ChangeFeed(query, change).feed(rows);
        }
    }
}
