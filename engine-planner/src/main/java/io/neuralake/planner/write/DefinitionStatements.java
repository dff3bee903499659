package io.neuralake.planner.write;

import io.neuralake.exec.QueryResult;
import io.neuralake.exec.expression.RowExpression.Literal;
import io.neuralake.planner.PreparedSql;
import io.neuralake.planner.SqlSession;
import io.neuralake.planner.sql.DefinitionStatement;
import io.neuralake.planner.sql.DefinitionStatement.AlterTable;
import io.neuralake.planner.sql.DefinitionStatement.Checkpoint;
import io.neuralake.planner.sql.DefinitionStatement.CreateTable;
import io.neuralake.planner.sql.DefinitionStatement.DropTable;
import io.neuralake.planner.sql.DefinitionStatement.Optimize;
import io.neuralake.planner.sql.DefinitionStatement.Restore;
import io.neuralake.planner.sql.DefinitionStatement.ShowCreate;
import io.neuralake.planner.sql.DefinitionStatement.Vacuum;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;

import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;

/// Prepares and runs the statements that change definitions of tables, or how they lie in storage.
/// Thread-safe.
public final class DefinitionStatements {
    private static final Schema NO_PARAMETERS = new Schema(List.of());
    private static final Schema CREATE_TEXT =
            Schema.of(new Field("create_statement", ScalarType.VARCHAR, false));

    private final Planning planning;
    private final ChangeRunner runner;
    private final CreateTables creation;
    private final AlterTables alteration;
    private final MaintainTables maintenance;

    /// Prepares for an engine.
    public DefinitionStatements(Planning planning) {
        this.planning = planning;
        this.runner = new ChangeRunner(planning);
        this.creation = new CreateTables(planning);
        this.alteration = new AlterTables(planning, runner);
        this.maintenance = new MaintainTables(planning, runner);
    }

    /// Checks a statement against the tables as they are.
    public PreparedSql prepare(DefinitionStatement statement, String sql, SqlSession session) {
        return switch (statement) {
            case CreateTable create -> create(create, sql, session);
            case DropTable drop ->
                    command(
                            sql,
                            s -> {
                                creation.drop(drop, s);
                                return 0;
                            });
            case AlterTable alter -> {
                if (!alter.ifExists()) {
                    runner.find(alter.table(), session);
                }
                yield command(
                        sql,
                        s -> {
                            alteration.alter(alter, sql, s);
                            return 0;
                        });
            }
            case Optimize optimize -> {
                runner.find(optimize.table(), session);
                yield rows(
                        sql,
                        MaintainTables.OPTIMIZED,
                        s -> List.of(maintenance.optimize(optimize, s)));
            }
            case Vacuum vacuum -> vacuum(vacuum, sql);
            case Restore restore -> {
                runner.find(restore.table(), session);
                yield command(
                        sql,
                        s -> {
                            maintenance.restore(restore, sql, s);
                            return 0;
                        });
            }
            case Checkpoint checkpoint ->
                    rows(
                            sql,
                            MaintainTables.VERSION,
                            s -> List.of(List.of(maintenance.checkpoint(checkpoint, s))));
            case ShowCreate show -> {
                var table = runner.find(show.table(), session);
                yield new Command(
                        sql,
                        CREATE_TEXT,
                        NO_PARAMETERS,
                        false,
                        (s, _) ->
                                planning.rows(
                                        CREATE_TEXT,
                                        List.of(
                                                List.of(
                                                        CreateText.of(
                                                                table.name(), table.definition()))),
                                        s));
            }
        };
    }

    private PreparedSql create(CreateTable create, String sql, SqlSession session) {
        if (creation.isDone(create, session)) {
            return command(sql, _ -> 0);
        }
        CreateTables.Created checked = creation.check(create, sql, session);
        return new Command(
                sql,
                ChangeStatements.COUNT,
                checked.parameters(),
                true,
                (s, values) ->
                        s.aside(
                                own -> {
                                    // What the query reads may have changed since.
                                    CreateTables.Created now =
                                            checked.query() == null
                                                    ? checked
                                                    : creation.check(create, sql, own);
                                    return count(creation.create(create, now, values, own), s);
                                }));
    }

    private PreparedSql vacuum(Vacuum vacuum, String sql) {
        return vacuum.dryRun()
                ? rows(
                        sql,
                        MaintainTables.PATHS,
                        s -> maintenance.vacuum(vacuum, s).stream().map(List::of).toList())
                : command(sql, s -> maintenance.vacuum(vacuum, s).size());
    }

    private PreparedSql rows(
            String sql, Schema schema, Function<SqlSession, List<? extends List<?>>> rows) {
        return new Command(
                sql,
                schema,
                NO_PARAMETERS,
                false,
                (session, _) -> planning.rows(schema, session.aside(rows), session));
    }

    private PreparedSql command(String sql, java.util.function.ToLongFunction<SqlSession> action) {
        return new Command(
                sql,
                ChangeStatements.COUNT,
                NO_PARAMETERS,
                true,
                (session, _) -> count(session.aside(action::applyAsLong), session));
    }

    private QueryResult count(long count, SqlSession session) {
        return planning.rows(ChangeStatements.COUNT, List.of(List.of(count)), session);
    }

    /// A statement that runs by a function.
    private record Command(
            String sql,
            Schema schema,
            Schema parameters,
            boolean isUpdate,
            BiFunction<SqlSession, List<Literal>, QueryResult> run)
            implements PreparedSql {
        @Override
        public QueryResult execute(SqlSession session, List<Literal> values) {
            return run.apply(session, values);
        }
    }
}
