package io.neuralake.planner.write;

import io.neuralake.exec.QueryResult;
import io.neuralake.exec.expression.RowExpression.Literal;
import io.neuralake.exec.plan.PhysicalPlan;
import io.neuralake.planner.PreparedSql;
import io.neuralake.planner.SqlSession;
import io.neuralake.planner.catalog.StatementTables;
import io.neuralake.planner.sql.ChangeStatement;
import io.neuralake.planner.sql.ChangeStatement.Copy;
import io.neuralake.planner.sql.ChangeStatement.Delete;
import io.neuralake.planner.sql.ChangeStatement.Insert;
import io.neuralake.planner.sql.ChangeStatement.Merge;
import io.neuralake.planner.sql.ChangeStatement.Truncate;
import io.neuralake.planner.sql.ChangeStatement.Update;
import io.neuralake.planner.sql.Fragment;
import io.neuralake.planner.write.Planning.Planned;
import io.neuralake.spi.catalog.TableSnapshot;
import io.neuralake.spi.change.ChangeInfo;
import io.neuralake.spi.change.ChangeOperation;
import io.neuralake.spi.change.SupportsChanges;
import io.neuralake.spi.change.TableChange;
import io.neuralake.spi.change.TableDefinition;
import io.neuralake.spi.connector.ReadResult;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;

import org.jspecify.annotations.Nullable;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Prepares and runs the statements that change rows of tables. Thread-safe.
public final class ChangeStatements {
    /// The result of a statement that changes something.
    public static final Schema COUNT = Schema.of(new Field("count", ScalarType.BIGINT, false));

    private static final int KEPT = 256;
    private static final Schema NO_PARAMETERS = new Schema(List.of());

    private final Planning planning;
    private final ChangeRunner runner;
    private final CopyFiles copies;
    private final Map<Object, Prepared> prepares =
            new LinkedHashMap<>(64, 0.75f, true) {
                @Override
                protected boolean removeEldestEntry(Map.Entry<Object, Prepared> eldest) {
                    return size() > KEPT;
                }
            };

    /// Prepares for an engine.
    ///
    /// @param files lists what COPY INTO reads
    public ChangeStatements(Planning planning, SourceFiles files) {
        this.planning = planning;
        this.runner = new ChangeRunner(planning);
        this.copies = new CopyFiles(planning, runner, files);
    }

    /// A compiled statement.
    ///
    /// @param reads whether its query has found tables; that the plan scans none may hold for these
    ///     versions of them alone
    private record Compiled(
            ChangeQuery query, Planned planned, TableDefinition definition, boolean reads) {
        /// Tells whether the plan is right for every version of the table with the same definition.
        boolean isReusable() {
            return query.alterations().isEmpty() && query.shape().addresses() == 0 && !reads;
        }

        private static boolean scans(PhysicalPlan plan) {
            return plan instanceof PhysicalPlan.TableScan
                    || plan.inputs().stream().anyMatch(Compiled::scans);
        }
    }

    /// Checks a statement against the tables as they are, and finds the types of its parameters.
    public PreparedSql prepare(ChangeStatement statement, String sql, SqlSession session) {
        Compiled compiled = isWhole(statement) ? null : compile(statement, sql, session);
        if (compiled == null) {
            runner.find(statement.table(), session);
        }
        return new Prepared(statement, sql, compiled);
    }

    /// Finds a statement prepared before that needs no new plan: an INSERT of values into a table with
    /// the same definition.
    ///
    /// @param key what else the plan depends on
    public Optional<PreparedSql> known(Object key, SqlSession session) {
        Prepared prepared;
        synchronized (prepares) {
            prepared = prepares.get(key);
        }
        return prepared != null && prepared.holds(session)
                ? Optional.of(prepared)
                : Optional.empty();
    }

    /// Keeps a prepared statement for [#known], if it is one.
    public void keep(Object key, PreparedSql statement) {
        if (statement instanceof Prepared prepared && prepared.reusable != null) {
            synchronized (prepares) {
                prepares.put(key, prepared);
            }
        }
    }

    /// Plans the query of a statement.
    public Planned plan(ChangeStatement statement, String sql, SqlSession session) {
        if (isWhole(statement)) {
            throw new NeuralakeException(
                    ErrorCode.UNSUPPORTED, "EXPLAIN takes a statement that runs a query");
        }
        return compile(statement, sql, session).planned();
    }

    /// Tells whether a statement needs no query.
    private static boolean isWhole(ChangeStatement statement) {
        return switch (statement) {
            case Truncate _, Copy _ -> true;
            case Delete delete -> delete.where() == null && delete.using() == null;
            case Insert _, Update _, Merge _ -> false;
        };
    }

    private Compiled compile(ChangeStatement statement, String sql, SqlSession session) {
        StatementTables tables = runner.tables(session);
        SupportsChanges table = runner.find(statement.table(), session);
        tables.addAdHoc(Scope.ADDRESSED, () -> new AddressedShape(table));
        Target target = new Target(table.name(), table.definition());
        return compile(statement, new Scope(planning, session, tables, target, sql));
    }

    private static Compiled compile(ChangeStatement statement, Scope scope) {
        if (statement instanceof Insert || statement instanceof Merge) {
            scope.target().refuseIdentities();
        }
        int known = scope.tables().dependencies().size();
        ChangeQuery query =
                switch (statement) {
                    case Insert insert -> InsertQuery.of(scope, insert);
                    case Delete delete -> ModifyQuery.of(scope, delete);
                    case Update update -> ModifyQuery.of(scope, update);
                    case Merge merge -> MergeQuery.of(scope, merge);
                    case Truncate _, Copy _ -> throw new IllegalStateException("No query");
                };
        Planned planned =
                scope.planning().plan(query.tree(), scope.sql(), scope.tables(), scope.session());
        boolean reads =
                scope.tables().dependencies().size() > known || Compiled.scans(planned.plan());
        return new Compiled(query, planned, scope.target().definition(), reads);
    }

    private static ChangeInfo info(ChangeStatement statement, String user) {
        Map<String, String> parameters = new HashMap<>();
        ChangeOperation operation =
                switch (statement) {
                    case Insert insert -> {
                        put(parameters, insert.replaceWhere());
                        yield insert.overwrite() || insert.replaceWhere() != null
                                ? ChangeOperation.OVERWRITE
                                : ChangeOperation.APPEND;
                    }
                    case Delete delete -> {
                        put(parameters, delete.where());
                        yield ChangeOperation.DELETE;
                    }
                    case Update update -> {
                        put(parameters, update.where());
                        yield ChangeOperation.UPDATE;
                    }
                    case Merge merge -> {
                        put(parameters, merge.condition());
                        yield ChangeOperation.MERGE;
                    }
                    case Truncate _ -> ChangeOperation.TRUNCATE;
                    case Copy _ -> ChangeOperation.COPY_INTO;
                };
        return new ChangeInfo(operation, parameters, user);
    }

    private static void put(Map<String, String> parameters, @Nullable Fragment predicate) {
        if (predicate != null) {
            parameters.put("predicate", predicate.text());
        }
    }

    private final class Prepared implements PreparedSql {
        private final ChangeStatement statement;
        private final String sql;
        private final Schema parameters;
        private final boolean reads;
        private volatile @Nullable Compiled reusable;

        Prepared(ChangeStatement statement, String sql, @Nullable Compiled compiled) {
            this.statement = statement;
            this.sql = sql;
            this.parameters = compiled == null ? NO_PARAMETERS : compiled.planned().parameters();
            this.reads = !(statement instanceof Insert) || compiled == null || compiled.reads();
            this.reusable = compiled != null && compiled.isReusable() ? compiled : null;
        }

        @Override
        public String sql() {
            return sql;
        }

        @Override
        public Schema schema() {
            return COUNT;
        }

        @Override
        public Schema parameters() {
            return parameters;
        }

        @Override
        public boolean isUpdate() {
            return true;
        }

        @Override
        public QueryResult execute(SqlSession session, List<Literal> values) {
            long count =
                    statement instanceof Copy copy
                            ? copies.copy(copy, session)
                            : runner.run(
                                    statement.table(),
                                    info(statement, session.user()),
                                    session,
                                    (target, change, tables) ->
                                            apply(
                                                    new Scope(
                                                            planning, session, tables, target, sql),
                                                    change,
                                                    values));
            return planning.rows(COUNT, List.of(List.of(count)), session);
        }

        @Override
        public long executeAll(SqlSession session, List<List<Literal>> rows) {
            if (rows.size() < 2) {
                return PreparedSql.super.executeAll(session, rows);
            }
            if (statement instanceof Insert insert
                    && (insert.overwrite() || insert.replaceWhere() != null)) {
                throw new NeuralakeException(
                        ErrorCode.UNSUPPORTED,
                        "INSERT that replaces rows takes one row of parameters, not "
                                + rows.size());
            }
            if (reads) {
                // Each row of values sees what those before it have changed.
                return session.transaction().isPresent()
                        ? PreparedSql.super.executeAll(session, rows)
                        : runner.together(session, own -> PreparedSql.super.executeAll(own, rows));
            }
            return runner.run(
                    statement.table(),
                    info(statement, session.user()),
                    session,
                    (target, change, tables) ->
                            appendAll(
                                    new Scope(planning, session, tables, target, sql),
                                    change,
                                    rows));
        }

        /// Runs an INSERT with many rows of values as one change.
        private long appendAll(Scope scope, TableChange change, List<List<Literal>> rows) {
            Compiled compiled = reusable;
            if (compiled == null || !compiled.definition().equals(scope.target().definition())) {
                compiled = compile(statement, scope);
                reusable = compiled.isReusable() ? compiled : null;
            }
            evolve(compiled.query(), scope, change);
            ManyRows many = ManyRows.of(compiled.planned());
            long count = 0;
            for (int from = 0; from < rows.size(); from += many.most()) {
                List<List<Literal>> some =
                        rows.subList(from, Math.min(rows.size(), from + many.most()));
                ManyRows.Step step = many.step(some, scope.session().zone());
                count += feed(compiled.query(), step.planned(), scope, change, step.values());
            }
            return count;
        }

        /// Tells whether the plan is right for the table as it is.
        boolean holds(SqlSession session) {
            Compiled compiled = reusable;
            try {
                return compiled != null
                        && runner.find(statement.table(), session)
                                .definition()
                                .equals(compiled.definition());
            } catch (NeuralakeException e) {
                return false;
            }
        }

        private long apply(Scope scope, TableChange change, List<Literal> values) {
            if (isWhole(statement)) {
                return deleteAll(scope, change);
            }
            Compiled compiled = reusable;
            if (compiled == null || !compiled.definition().equals(scope.target().definition())) {
                if (!(statement instanceof Insert)) {
                    scope.tables().addAdHoc(Scope.ADDRESSED, change::addressed);
                }
                compiled = compile(statement, scope);
                reusable = compiled.isReusable() ? compiled : null;
            }
            if (statement instanceof Insert insert && insert.replaceWhere() != null) {
                deleteMatching(scope, insert.replaceWhere(), change, values);
            }
            evolve(compiled.query(), scope, change);
            long count = feed(compiled.query(), compiled.planned(), scope, change, values);
            if (statement instanceof Insert insert && insert.overwrite()) {
                change.deleteAll();
            }
            return count;
        }

        private static void evolve(ChangeQuery query, Scope scope, TableChange change) {
            if (!query.alterations().isEmpty() && scope.session().transaction().isPresent()) {
                throw new NeuralakeException(
                        ErrorCode.UNSUPPORTED,
                        "Columns cannot be added inside a transaction: WITH SCHEMA EVOLUTION");
            }
            query.alterations().forEach(change::alter);
        }

        private void deleteMatching(
                Scope scope, Fragment where, TableChange change, List<Literal> values) {
            scope.tables().addAdHoc(Scope.ADDRESSED, change::addressed);
            ChangeQuery query = ModifyQuery.matching(scope, where);
            Planned planned = planning.plan(query.tree(), sql, scope.tables(), scope.session());
            int own = Math.min(values.size(), planned.parameters().size());
            feed(query, planned, scope, change, values.subList(0, own));
        }
    }

    private long feed(
            ChangeQuery query,
            Planned planned,
            Scope scope,
            TableChange change,
            List<Literal> values) {
        try (QueryResult rows = planning.run(planned, values, scope.session(), false)) {
            return new ChangeFeed(query, change).feed(rows);
        }
    }

    private long deleteAll(Scope scope, TableChange change) {
        TableSnapshot before = change.snapshot();
        long count = change.deleteAll();
        return count >= 0 ? count : count(scope, before);
    }

    /// Counts the rows of a table that does not know.
    private long count(Scope scope, TableSnapshot table) {
        StatementTables tables = runner.tables(scope.session());
        String key = tables.addAdHoc("counted", () -> table);
        Planned planned =
                planning.plan(
                        () ->
                                Syntax.select(
                                        List.of(Fragment.of("count(*)").expression()),
                                        Syntax.as(Syntax.adHoc(key), "t"),
                                        null),
                        null,
                        tables,
                        scope.session());
        long count = 0;
        try (QueryResult rows = planning.run(planned, List.of(), scope.session(), false)) {
            while (rows.take() instanceof ReadResult.Ready(var batch)) {
                try (batch) {
                    count += batch.column(0).value(0) instanceof Long value ? value : 0;
                }
            }
        }
        return count;
    }
}
