package io.neuralake.planner.write;

import io.neuralake.exec.QueryResult;
import io.neuralake.planner.SqlSession;
import io.neuralake.planner.catalog.StatementTables;
import io.neuralake.planner.sql.DefinitionStatement.Checkpoint;
import io.neuralake.planner.sql.DefinitionStatement.Optimize;
import io.neuralake.planner.sql.DefinitionStatement.Restore;
import io.neuralake.planner.sql.DefinitionStatement.Vacuum;
import io.neuralake.planner.sql.Fragment;
import io.neuralake.planner.sql.Statement.TableName;
import io.neuralake.planner.write.Planning.Planned;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.catalog.TableSnapshot;
import io.neuralake.spi.catalog.TableVersion;
import io.neuralake.spi.change.ChangeInfo;
import io.neuralake.spi.change.ChangeOperation;
import io.neuralake.spi.change.SupportsMaintenance;
import io.neuralake.spi.connector.ReadResult;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;

import org.apache.calcite.sql.SqlNode;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Runs OPTIMIZE, VACUUM, RESTORE and CHECKPOINT.
final class MaintainTables {
    static final Schema OPTIMIZED =
            Schema.of(
                    new Field("files_removed", ScalarType.BIGINT, false),
                    new Field("files_added", ScalarType.BIGINT, false),
                    new Field("bytes_removed", ScalarType.BIGINT, false),
                    new Field("bytes_added", ScalarType.BIGINT, false));
    static final Schema PATHS = Schema.of(new Field("path", ScalarType.VARCHAR, false));
    static final Schema VERSION = Schema.of(new Field("version", ScalarType.BIGINT, false));

    private final Planning planning;
    private final ChangeRunner runner;
    private final Compactor compactor;

    MaintainTables(Planning planning, ChangeRunner runner) {
        this.planning = planning;
        this.runner = runner;
        this.compactor = new Compactor(planning, runner);
    }

    /// Writes small files anew as few.
    ///
    /// @return one row of [#OPTIMIZED]
    List<Object> optimize(Optimize optimize, SqlSession session) {
        Map<String, String> parameters = new HashMap<>();
        if (optimize.where() != null) {
            parameters.put("predicate", optimize.where().text());
        }
        if (!optimize.orderBy().isEmpty()) {
            parameters.put(
                    "zOrderBy",
                    String.join(
                            ",", optimize.orderBy().stream().map(TableName::toString).toList()));
        }
        ChangeInfo info = new ChangeInfo(ChangeOperation.OPTIMIZE, parameters, session.user());
        long[] counts =
                compactor.compact(
                        optimize.table(),
                        info,
                        new Compactor.Wish(optimize.where(), optimize.orderBy(), 2),
                        session);
        return List.of(counts[0], counts[1], counts[2], counts[3]);
    }

    /// Clears files away.
    ///
    /// @return their paths
    List<String> vacuum(Vacuum vacuum, SqlSession session) {
        Long hours = vacuum.retainHours();
        return maintainable(vacuum.table(), session)
                .vacuum(hours == null ? null : Duration.ofHours(hours), vacuum.dryRun());
    }

    /// Writes a checkpoint.
    ///
    /// @return its version
    long checkpoint(Checkpoint checkpoint, SqlSession session) {
        return maintainable(checkpoint.table(), session).checkpoint();
    }

    private SupportsMaintenance maintainable(TableName name, SqlSession session) {
        TableSnapshot table =
                planning.table(name, new StatementTables(planning.catalogs()), session);
        if (table instanceof SupportsMaintenance maintenance) {
            return maintenance;
        }
        throw new NeuralakeException(
                ErrorCode.UNSUPPORTED,
                "Table has no files to clear away: " + name,
                name.position(),
                null);
    }

    void restore(Restore restore, String sql, SqlSession session) {
        Long number = restore.version();
        TableVersion version =
                number != null
                        ? new TableVersion.Number(number)
                        : new TableVersion.Time(
                                instant(Objects.requireNonNull(restore.time()), sql, session));
        Map<String, String> parameters =
                switch (version) {
                    case TableVersion.Number(long n) -> Map.of("version", Long.toString(n));
                    case TableVersion.Time _ ->
                            Map.of(
                                    "timestamp",
                                    restore.time() == null ? "" : restore.time().text());
                };
        ChangeInfo info = new ChangeInfo(ChangeOperation.RESTORE, parameters, session.user());
        runner.run(
                restore.table(),
                info,
                session,
                (_, change, _) -> {
                    change.restore(version);
                    return 0;
                });
    }

    /// Computes an instant in microseconds.
    private long instant(Fragment time, String sql, SqlSession session) {
        Planned planned =
                planning.plan(
                        () -> {
                            SqlNode cast =
                                    new io.neuralake.planner.sql.AssignmentOperator(
                                                    "timestamp", ScalarType.TIMESTAMP_TZ)
                                            .of(time.expression());
                            return Syntax.values(List.of(Syntax.row(List.of(cast))));
                        },
                        sql,
                        new StatementTables(planning.catalogs()),
                        session);
        Object value = null;
        try (QueryResult rows = planning.run(planned, List.of(), session, false)) {
            while (rows.take() instanceof ReadResult.Ready(Batch batch)) {
                try (batch) {
                    value = batch.column(0).value(0);
                }
            }
        }
        if (value instanceof Long micros) {
            return micros;
        }
        throw new NeuralakeException(
                ErrorCode.INVALID_PARAMETER,
                "The time of a version must not be null",
                time.position(),
                null);
    }
}
