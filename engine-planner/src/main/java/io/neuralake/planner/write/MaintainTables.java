package io.neuralake.planner.write;

import io.neuralake.exec.QueryResult;
import io.neuralake.exec.plan.PhysicalPlan;
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
import io.neuralake.spi.change.Compaction;
import io.neuralake.spi.change.CompactionOptions;
import io.neuralake.spi.change.SupportsMaintenance;
import io.neuralake.spi.change.TableChange;
import io.neuralake.spi.connector.ReadResult;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.expression.ScanPredicate;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;

import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
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

    /// How often files are written anew which others have changed meanwhile.
    private static final int COMPACTION_ATTEMPTS = 3;

    private final Planning planning;
    private final ChangeRunner runner;

    MaintainTables(Planning planning, ChangeRunner runner) {
        this.planning = planning;
        this.runner = runner;
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
        long[] counts = new long[OPTIMIZED.size()];
        Compaction done = compact(optimize, info, null, session);
        add(done.result(), counts);
        for (int i = 1; i < COMPACTION_ATTEMPTS && done.isPartial(); i++) {
            session.resume();
            try {
                done = compact(optimize, info, done, session);
            } catch (NeuralakeException e) {
                if (counts[0] == 0 || e.code() == ErrorCode.INTERNAL_ERROR) {
                    throw e;
                }
                break; // what is committed stands, and its counts have to be told
            }
            add(done.result(), counts);
        }
        return List.of(counts[0], counts[1], counts[2], counts[3]);
    }

    private static void add(Compaction.Result result, long[] counts) {
        counts[0] += result.filesRemoved();
        counts[1] += result.filesAdded();
        counts[2] += result.bytesRemoved();
        counts[3] += result.bytesAdded();
    }

    private Compaction compact(
            Optimize optimize, ChangeInfo info, @Nullable Compaction earlier, SqlSession session) {
        Compaction[] last = new Compaction[1];
        runner.run(
                optimize.table(),
                info,
                session,
                (target, change, tables) -> {
                    Scope scope = new Scope(planning, session, tables, target, "");
                    List<String> order = ColumnTypes.names(target, optimize.orderBy());
                    ScanPredicate where = predicate(optimize.where(), change, scope);
                    Compaction compaction =
                            change.compaction(new CompactionOptions(where, order, earlier));
                    List<TableSnapshot> groups = compaction.groups();
                    for (int i = 0; i < groups.size(); i++) {
                        rewrite(compaction, i, groups.get(i), scope);
                    }
                    last[0] = compaction;
                    return compaction.result().filesAdded();
                });
        return Objects.requireNonNull(last[0]);
    }

    private void rewrite(Compaction compaction, int group, TableSnapshot files, Scope scope) {
        StatementTables tables = new StatementTables(planning.catalogs());
        String key = tables.addAdHoc("group " + group, () -> files);
        List<String> order = compaction.orderBy();
        Planned planned =
                planning.plan(
                        () -> ZOrder.query(key, files.schema(), order),
                        null,
                        tables,
                        scope.session());
        try (QueryResult rows = planning.run(planned, List.of(), scope.session(), false)) {
            while (rows.take() instanceof ReadResult.Ready(Batch batch)) {
                try (batch) {
                    if (batch.selectedCount() > 0) {
                        compaction.append(group, batch);
                    }
                }
            }
        }
        compaction.replace(group);
    }

    /// Turns a condition into one that files can be asked. Throws UNSUPPORTED for another.
    private @Nullable ScanPredicate predicate(
            @Nullable Fragment where, TableChange change, Scope scope) {
        if (where == null) {
            return null;
        }
        StatementTables tables = new StatementTables(planning.catalogs());
        TableSnapshot snapshot = change.snapshot();
        String key = tables.addAdHoc("filtered", () -> snapshot);
        Planned planned =
                planning.plan(
                        () ->
                                Syntax.select(
                                        List.of(Syntax.star()),
                                        Syntax.as(Syntax.adHoc(key), scope.target().name().table()),
                                        where.expression()),
                        null,
                        tables,
                        scope.session());
        List<ScanPredicate> found = new ArrayList<>();
        boolean[] exact = {true};
        collect(planned.plan(), found, exact);
        if (!exact[0] || found.isEmpty()) {
            throw new NeuralakeException(
                    ErrorCode.UNSUPPORTED,
                    "OPTIMIZE takes comparisons of partition columns: " + where.text(),
                    where.position(),
                    null);
        }
        return found.size() == 1 ? found.getFirst() : new ScanPredicate.And(found);
    }

    private static void collect(PhysicalPlan plan, List<ScanPredicate> found, boolean[] exact) {
        if (plan instanceof PhysicalPlan.TableScan scan) {
            found.addAll(scan.request().predicates());
            exact[0] &= scan.filters().size() == scan.request().predicates().size();
        } else {
            exact[0] &= plan instanceof PhysicalPlan.Project;
        }
        plan.inputs().forEach(input -> collect(input, found, exact));
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
