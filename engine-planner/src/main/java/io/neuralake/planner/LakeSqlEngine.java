package io.neuralake.planner;

import io.neuralake.exec.QueryEngine;
import io.neuralake.exec.QueryOptions;
import io.neuralake.exec.QueryResult;
import io.neuralake.exec.expression.RowExpression.Literal;
import io.neuralake.exec.plan.PhysicalPlan;
import io.neuralake.planner.PlanCache.CachedPlan;
import io.neuralake.planner.catalog.StatementTables;
import io.neuralake.planner.rel.TypeMapping;
import io.neuralake.planner.sql.FromSources;
import io.neuralake.planner.sql.QueryCompiler;
import io.neuralake.planner.sql.QueryCompiler.Compiled;
import io.neuralake.planner.sql.Statement;
import io.neuralake.planner.sql.Statement.TableName;
import io.neuralake.planner.sql.StatementParser;
import io.neuralake.planner.write.ChangeStatements;
import io.neuralake.planner.write.DefinitionStatements;
import io.neuralake.planner.write.IngestRequest;
import io.neuralake.planner.write.Ingestion;
import io.neuralake.planner.write.Planning;
import io.neuralake.planner.write.SessionTransaction;
import io.neuralake.planner.write.SourceFiles;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.catalog.Catalog;
import io.neuralake.spi.catalog.SupportsAnalyze;
import io.neuralake.spi.catalog.SupportsTimeTravel;
import io.neuralake.spi.catalog.TableSnapshot;
import io.neuralake.spi.catalog.TableVersion;
import io.neuralake.spi.connector.ReadResult;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.error.SqlPosition;
import io.neuralake.spi.function.TableFunction;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;
import io.neuralake.spi.type.Type;

import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/// Runs SQL over catalogs: parses, validates, plans, caches plans, executes. Thread-safe.
public final class LakeSqlEngine implements SqlEngine {
    private static final int CACHED_PLANS = 512;
    private static final Schema PLAN_SCHEMA =
            Schema.of(new Field("plan", ScalarType.VARCHAR, false));
    private static final Schema NO_PARAMETERS = new Schema(List.of());

    private final List<Catalog> catalogs;
    private final List<TableFunction> functions;
    private final Function<String, TableSnapshot> files;
    private final RelPlanner planner;
    private final QueryEngine queries;
    private final PlanCache cache = new PlanCache(CACHED_PLANS);
    private final ChangeStatements changes;
    private final DefinitionStatements definitions;
    private final Ingestion ingestion;

    /// Makes an engine.
    ///
    /// @param catalogs where names are looked up, in order
    /// @param functions table functions such as `read_parquet`
    /// @param files opens a path that stands in FROM
    /// @param planner turns relational algebra into physical plans
    /// @param queries runs them; stays the caller's to close
    public LakeSqlEngine(
            List<Catalog> catalogs,
            List<TableFunction> functions,
            Function<String, TableSnapshot> files,
            RelPlanner planner,
            QueryEngine queries) {
        this(catalogs, functions, files, planner, queries, SourceFiles.NONE);
    }

    /// Makes an engine that can load files.
    ///
    /// @param catalogs where names are looked up, in order
    /// @param functions table functions such as `read_parquet`
    /// @param files opens a path that stands in FROM
    /// @param planner turns relational algebra into physical plans
    /// @param queries runs them; stays the caller's to close
    /// @param sources lists files for COPY INTO
    public LakeSqlEngine(
            List<Catalog> catalogs,
            List<TableFunction> functions,
            Function<String, TableSnapshot> files,
            RelPlanner planner,
            QueryEngine queries,
            SourceFiles sources) {
        this.catalogs = List.copyOf(catalogs);
        this.functions = List.copyOf(functions);
        this.files = files;
        this.planner = planner;
        this.queries = queries;
        Planning planning = new EnginePlanning();
        this.changes = new ChangeStatements(planning, sources);
        this.definitions = new DefinitionStatements(planning);
        this.ingestion = new Ingestion(planning);
    }

    @Override
    public List<Catalog> catalogs() {
        return catalogs;
    }

    /// Returns how often a plan was found in the cache.
    public long planCacheHits() {
        return cache.hits();
    }

    /// Returns how often a plan had to be made.
    public long planCacheMisses() {
        return cache.misses();
    }

    @Override
    public PreparedSql prepare(String sql, SqlSession caller) {
        SqlSession session = caller.statement();
        Optional<SessionTransaction> transaction = session.transaction();
        if (transaction.isPresent()) {
            return prepare(sql, session, transaction.get());
        }
        PlanCache.Key key = key(sql, session);
        Optional<CachedPlan> known = cache.find(key, session::view);
        if (known.isPresent()) {
            return new GuardedSql(new PreparedQuery(this, sql, known.get()));
        }
        Optional<PreparedSql> change = changes.known(key, session);
        if (change.isPresent()) {
            return new GuardedSql(change.get());
        }
        Statement statement = StatementParser.parse(sql);
        PreparedSql prepared = prepare(statement, sql, session);
        if (statement instanceof Statement.Transaction) {
            return prepared;
        }
        changes.keep(key, prepared);
        return new GuardedSql(prepared);
    }

    /// Prepares a statement inside a transaction, which fails with it.
    private PreparedSql prepare(String sql, SqlSession session, SessionTransaction transaction) {
        try {
            Optional<CachedPlan> known = cache.find(key(sql, session), session::view);
            if (known.isPresent()) {
                transaction.check();
                return new GuardedSql(new PreparedQuery(this, sql, known.get()));
            }
            Statement statement = StatementParser.parse(sql);
            if (statement instanceof Statement.Transaction) {
                return prepare(statement, sql, session);
            }
            transaction.check();
            return new GuardedSql(prepare(statement, sql, session));
        } catch (RuntimeException | Error e) {
            transaction.fail();
            throw e;
        }
    }

    @Override
    public long ingest(IngestRequest request, SqlSession session) {
        return GuardedSql.guarded(session, own -> ingestion.ingest(request, own));
    }

    private PreparedSql prepare(Statement statement, String sql, SqlSession session) {
        MetadataStatements metadata = new MetadataStatements(catalogs);
        return switch (statement) {
            case Statement.Query _ -> {
                Supplier<SqlNode> tree =
                        () -> ((Statement.Query) StatementParser.parse(sql)).node();
                CachedPlan plan = plan(tree, sql, session);
                if (plan.isShared()) {
                    cache.put(key(sql, session), plan);
                }
                yield new PreparedQuery(this, sql, plan);
            }
            case Statement.Change change -> changes.prepare(change.statement(), sql, session);
            case Statement.Definition definition ->
                    definitions.prepare(definition.statement(), sql, session);
            case Statement.Transaction transaction -> transaction(transaction, sql);
            case Statement.Explain explain -> explain(explain, sql, session);
            case Statement.DescribeQuery _ -> {
                Supplier<SqlNode> tree =
                        () -> ((Statement.DescribeQuery) StatementParser.parse(sql)).node();
                yield rows(sql, metadata.describe(plan(tree, sql, session).plan().schema()));
            }
            case Statement.DescribeTable describe -> {
                StatementTables tables = session.tables(catalogs);
                yield rows(
                        sql,
                        metadata.describe(
                                compiler(tables, session).table(describe.table()).schema()));
            }
            case Statement.Summarize summarize -> summarize(summarize, sql, session);
            case Statement.Analyze analyze -> analyze(analyze, sql, session);
            case Statement.Show show -> rows(sql, metadata.show(show, session));
            case Statement.ShowSetting show ->
                    rows(
                            sql,
                            new MetadataStatements.Rows(
                                    Schema.of(Field.of(show.name(), ScalarType.VARCHAR)),
                                    List.of(List.of(SessionSettings.get(session, show.name())))));
            case Statement.SetOption set ->
                    command(sql, s -> SessionSettings.set(s, set.name(), set.value()));
            case Statement.ResetAll _ -> command(sql, SessionSettings::resetAll);
            case Statement.Use use -> command(sql, s -> metadata.use(use.schema(), s));
            case Statement.Unsupported unsupported ->
                    Statements.unsupported(sql, unsupported.what());
        };
    }

    private static PlanCache.Key key(String sql, SqlSession session) {
        return new PlanCache.Key(
                sql,
                session.user(),
                session.catalog(),
                session.schema(),
                SessionSettings.planner(session));
    }

    private QueryCompiler compiler(StatementTables tables, SqlSession session) {
        return new QueryCompiler(
                tables,
                sources(tables, session),
                session.user(),
                session.catalog(),
                session.schema());
    }

    /// Plans a query.
    ///
    /// @param text where the tree's positions point; null when the tree was not typed by a user
    CachedPlan plan(Supplier<SqlNode> tree, @Nullable String text, SqlSession session) {
        return plan(tree, text, session.tables(catalogs), session);
    }

    private CachedPlan plan(
            Supplier<SqlNode> tree,
            @Nullable String text,
            StatementTables tables,
            SqlSession session) {
        Compiled compiled = compiler(tables, session).compile(tree, text);
        PhysicalPlan plan;
        try {
            plan = planner.plan(compiled.root(), SessionSettings.planner(session));
        } catch (NeuralakeException e) {
            throw e;
        } catch (RuntimeException | AssertionError | StackOverflowError e) {
            throw QueryCompiler.planningError(e);
        }
        List<Field> parameters = new ArrayList<>();
        for (Type type : compiled.parameters()) {
            parameters.add(Field.of(Integer.toString(parameters.size() + 1), type));
        }
        return new CachedPlan(plan, new Schema(parameters), tables.dependencies());
    }

    /// Plans a query again, whose tables have changed since.
    CachedPlan replan(String sql, SqlSession session) {
        Supplier<SqlNode> tree = () -> ((Statement.Query) StatementParser.parse(sql)).node();
        Optional<CachedPlan> known = cache.find(key(sql, session), session::view);
        if (known.isPresent()) {
            return known.get();
        }
        CachedPlan plan = plan(tree, sql, session);
        if (plan.isShared()) {
            cache.put(key(sql, session), plan);
        }
        return plan;
    }

    /// Runs a plan with the session's limits.
    QueryResult run(
            PhysicalPlan plan,
            Schema parameters,
            List<Literal> values,
            SqlSession session,
            boolean profile) {
        QueryOptions options = SessionSettings.options(session, profile);
        List<Literal> cast = ParameterValues.cast(values, parameters, session.zone());
        QueryResult result =
                TimedResult.limit(
                        queries.execute(plan, options.withParameters(cast)),
                        SessionSettings.timeoutMillis(session));
        return session.cancellation().map(c -> c.watch(result)).orElse(result);
    }

    private FromSources sources(StatementTables tables, SqlSession of) {
        // Cached plans keep their look-ups, which must not follow the session.
        SqlSession session = of.detached();
        return new FromSources() {
            @Override
            public Optional<TableFunction> function(String name) {
                return functions.stream().filter(f -> f.name().equalsIgnoreCase(name)).findFirst();
            }

            @Override
            public List<String> functionNames() {
                return functions.stream().map(TableFunction::name).toList();
            }

            @Override
            public TableSnapshot file(String path) {
                return files.apply(path);
            }

            @Override
            public String keep(String key, Supplier<TableSnapshot> lookup) {
                return tables.addAdHoc(key, lookup);
            }

            @Override
            public TableSnapshot newest(List<String> names) {
                TableName name = new TableName(names, new SqlPosition(1, 1));
                return compiler(new StatementTables(catalogs), session).table(name);
            }

            @Override
            public TableSnapshot version(List<String> names, TableVersion version) {
                if (!(newest(names) instanceof SupportsTimeTravel travel)) {
                    throw new NeuralakeException(
                            ErrorCode.UNSUPPORTED,
                            "Table keeps no versions: " + String.join(".", names));
                }
                return travel.at(version);
            }

            @Override
            public long instant(Supplier<SqlNode> query) {
                return LakeSqlEngine.this.instant(query, tables.sibling(), session);
            }
        };
    }

    private long instant(Supplier<SqlNode> query, StatementTables tables, SqlSession session) {
        CachedPlan plan = plan(query, null, tables, session);
        try (QueryResult result = run(plan.plan(), plan.parameters(), List.of(), session, false)) {
            Object value = null;
            while (result.take() instanceof ReadResult.Ready(Batch batch)) {
                try (batch) {
                    value = batch.column(0).value(0);
                }
            }
            if (!(value instanceof Long micros)) {
                throw new NeuralakeException(
                        ErrorCode.INVALID_PARAMETER, "The time of a version must not be null");
            }
            return micros;
        }
    }

    private PreparedSql explain(Statement.Explain explain, String sql, SqlSession session) {
        if (explain.statement() instanceof Statement.Change change && !explain.analyze()) {
            Planning.Planned planned = changes.plan(change.statement(), sql, session);
            return rows(sql, lines(PlanText.of(planned.plan())));
        }
        if (!(explain.statement() instanceof Statement.Query)) {
            throw new NeuralakeException(
                    ErrorCode.UNSUPPORTED,
                    "EXPLAIN takes a query: SELECT, VALUES, WITH or FROM; without ANALYZE also"
                            + " INSERT, UPDATE, DELETE or MERGE");
        }
        Supplier<SqlNode> tree =
                () -> {
                    Statement.Explain again = (Statement.Explain) StatementParser.parse(sql);
                    return ((Statement.Query) again.statement()).node();
                };
        CachedPlan plan = plan(tree, sql, session);
        return new Statements.Command(
                sql,
                PLAN_SCHEMA,
                plan.parameters(),
                false,
                (s, values) -> {
                    CachedPlan now = sees(s, plan) ? plan : plan(tree, sql, s);
                    List<String> lines =
                            explain.analyze() ? analyze(now, values, s) : PlanText.of(now.plan());
                    return result(lines(lines));
                });
    }

    private static MetadataStatements.Rows lines(List<String> lines) {
        return new MetadataStatements.Rows(
                PLAN_SCHEMA, lines.stream().map(line -> List.<@Nullable Object>of(line)).toList());
    }

    private PreparedSql transaction(Statement.Transaction statement, String sql) {
        return switch (statement.kind()) {
            case BEGIN -> command(sql, SqlSession::begin);
            case COMMIT -> command(sql, SqlSession::commit);
            case ROLLBACK -> command(sql, SqlSession::rollback);
        };
    }

    /// Lets statements that change tables use this engine.
    private final class EnginePlanning implements Planning {
        @Override
        public List<Catalog> catalogs() {
            return catalogs;
        }

        @Override
        public TableSnapshot table(TableName name, StatementTables tables, SqlSession session) {
            return compiler(tables, session).table(name);
        }

        @Override
        public Planned plan(
                Supplier<SqlNode> tree,
                @Nullable String text,
                StatementTables tables,
                SqlSession session) {
            CachedPlan plan = LakeSqlEngine.this.plan(tree, text, tables, session);
            return new Planned(plan.plan(), plan.parameters());
        }

        @Override
        public Schema columns(
                Supplier<SqlNode> tree,
                @Nullable String text,
                StatementTables tables,
                SqlSession session) {
            Compiled compiled = compiler(tables, session).compile(tree, text);
            Schema types = TypeMapping.toSchema(compiled.root().validatedRowType);
            List<Field> named = new ArrayList<>();
            for (int i = 0; i < types.size(); i++) {
                Field column = types.field(i);
                named.add(
                        new Field(
                                compiled.root().fields.get(i).getValue(),
                                column.type(),
                                column.nullable()));
            }
            return new Schema(named);
        }

        @Override
        public QueryResult run(
                Planned planned, List<Literal> values, SqlSession session, boolean profile) {
            return LakeSqlEngine.this.run(
                    planned.plan(), planned.parameters(), values, session, profile);
        }

        @Override
        public QueryResult rows(
                Schema schema,
                List<? extends List<? extends @Nullable Object>> rows,
                SqlSession session) {
            return new RowsResult(schema, rows);
        }
    }

    /// Runs a plan to its end and says what it did.
    private List<String> analyze(CachedPlan plan, List<Literal> values, SqlSession session) {
        try (QueryResult result = run(plan.plan(), plan.parameters(), values, session, true)) {
            while (result.take() instanceof ReadResult.Ready ready) {
                ready.batch().close();
            }
            return PlanText.of(plan.plan(), result.statistics());
        }
    }

    /// Tells whether a plan shows what a session sees now.
    private static boolean sees(SqlSession session, CachedPlan plan) {
        return plan.holds(session::view);
    }

    private PreparedSql summarize(Statement.Summarize summarize, String sql, SqlSession session) {
        String source =
                summarize.isTable() ? "SELECT * FROM " + summarize.source() : summarize.source();
        CachedPlan whole = plan(() -> StatementParser.query(source), null, session);
        String text = Summary.sql(source, whole.plan().schema());
        CachedPlan plan = plan(() -> StatementParser.query(text), null, session);
        return new Statements.Command(
                sql,
                plan.plan().schema(),
                plan.parameters(),
                false,
                (s, values) -> {
                    CachedPlan now =
                            sees(s, plan) ? plan : plan(() -> StatementParser.query(text), null, s);
                    return run(now.plan(), now.parameters(), values, s, false);
                });
    }

    private PreparedSql analyze(Statement.Analyze statement, String sql, SqlSession session) {
        if (statement.table() != null) {
            // Errors of names come before the statement runs.
            TableAnalysis.checked(table(statement.table(), session), statement.columns());
        }
        return new Statements.Command(
                sql,
                TableAnalysis.SCHEMA,
                NO_PARAMETERS,
                false,
                (s, _) -> new RowsResult(TableAnalysis.SCHEMA, analyzed(statement, s)));
    }

    private List<List<@Nullable Object>> analyzed(Statement.Analyze statement, SqlSession session) {
        TableAnalysis analysis =
                new TableAnalysis(plan -> run(plan, NO_PARAMETERS, List.of(), session, false));
        TableName name = statement.table();
        if (name != null) {
            analysis.analyze(table(name, session), statement.columns());
            return analysis.rows(table(name, session), statement.columns());
        }
        List<List<@Nullable Object>> rows = new ArrayList<>();
        StatementTables tables = new StatementTables(catalogs);
        Catalog catalog = tables.catalog(session.catalog()).orElseThrow();
        for (String table : catalog.tables(session.schema())) {
            TableName each =
                    new TableName(
                            List.of(catalog.name(), session.schema(), table),
                            new SqlPosition(1, 1));
            if (table(each, session) instanceof SupportsAnalyze) {
                analysis.analyze(table(each, session), List.of());
                rows.addAll(analysis.rows(table(each, session), List.of()));
            }
        }
        return rows;
    }

    /// Looks a table up anew.
    private TableSnapshot table(TableName name, SqlSession session) {
        return compiler(new StatementTables(catalogs), session).table(name);
    }

    private PreparedSql rows(String sql, MetadataStatements.Rows rows) {
        return new Statements.Command(
                sql, rows.schema(), NO_PARAMETERS, false, (_, _) -> result(rows));
    }

    private static QueryResult result(MetadataStatements.Rows rows) {
        return new RowsResult(rows.schema(), rows.rows());
    }

    private PreparedSql command(String sql, java.util.function.Consumer<SqlSession> action) {
        return new Statements.Command(
                sql,
                Statements.UPDATE_SCHEMA,
                NO_PARAMETERS,
                true,
                (session, _) -> {
                    action.accept(session);
                    return new RowsResult(Statements.UPDATE_SCHEMA, List.of(List.of(0L)));
                });
    }

    /// Returns steps that compile and plan queries of many kinds over a table of no rows, so that the
    /// first query of a user finds the planner's classes loaded and partly compiled. Together they
    /// take about a second; meant for a thread beside the start.
    public List<Runnable> warmUp() {
        return WarmUp.QUERIES.stream().<Runnable>map(sql -> () -> warmUp(sql)).toList();
    }

    private void warmUp(String sql) {
        SqlSession session = new SqlSession("warm-up", WarmUp.CATALOG.name(), "main");
        StatementTables tables = new StatementTables(List.of(WarmUp.CATALOG));
        Compiled compiled =
                compiler(tables, session).compile(() -> StatementParser.query(sql), sql);
        TypeMapping.toSchema(compiled.root().validatedRowType);
        PlanText.of(planner.plan(compiled.root(), PlannerSettings.DEFAULT));
    }
}
