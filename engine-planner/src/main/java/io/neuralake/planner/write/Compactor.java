package io.neuralake.planner.write;

import io.neuralake.exec.QueryResult;
import io.neuralake.exec.plan.PhysicalPlan;
import io.neuralake.planner.SqlSession;
import io.neuralake.planner.catalog.StatementTables;
import io.neuralake.planner.sql.Fragment;
import io.neuralake.planner.sql.Statement.TableName;
import io.neuralake.planner.write.Planning.Planned;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.catalog.TableSnapshot;
import io.neuralake.spi.change.ChangeInfo;
import io.neuralake.spi.change.ChangeOperation;
import io.neuralake.spi.change.Compaction;
import io.neuralake.spi.change.CompactionOptions;
import io.neuralake.spi.change.SupportsChanges;
import io.neuralake.spi.change.SupportsMaintenance;
import io.neuralake.spi.change.TableChange;
import io.neuralake.spi.connector.ReadResult;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.expression.ScanPredicate;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Writes small files of tables anew as few: when asked, and after changes of tables that ask for it.
final class Compactor {
    /// How often files are written anew which others have changed meanwhile.
    private static final int ATTEMPTS = 3;

    /// So many small files make a compaction due, as with other writers.
    private static final int DUE_FILES = 50;

    private static final System.Logger LOG = System.getLogger(Compactor.class.getName());

    private final Planning planning;
    private final ChangeRunner runner;

    Compactor(Planning planning, ChangeRunner runner) {
        this.planning = planning;
        this.runner = runner;
    }

    /// What to compact.
    ///
    /// @param where a condition on partition columns; null for all
    /// @param orderBy columns by which the rows shall lie together
    /// @param minFiles how many small files must be there
    record Wish(@Nullable Fragment where, List<TableName> orderBy, int minFiles) {}

    /// Compacts a table that a statement has changed, if its properties ask for that and it had many small files before.
    /// The statement is done whatever fails here.
    ///
    /// @param before the table as the statement found it, so that nothing has to be looked up
    void afterChange(TableName name, SupportsChanges before, SqlSession session) {
        try {
            if (before instanceof SupportsMaintenance table && table.isCompactionDue(DUE_FILES)) {
                ChangeInfo info =
                        new ChangeInfo(
                                ChangeOperation.OPTIMIZE, Map.of("auto", "true"), session.user());
                session.resume();
                compact(name, info, new Wish(null, List.of(), DUE_FILES), session);
            }
        } catch (RuntimeException e) {
            LOG.log(
                    isExpected(e) ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING,
                    "Automatic compaction failed: " + name,
                    e);
        }
    }

    private static boolean isExpected(RuntimeException failure) {
        return failure instanceof NeuralakeException e
                && (e.code() == ErrorCode.CANCELLED || e.code() == ErrorCode.TRANSACTION_CONFLICT);
    }

    /// Compacts a table.
    ///
    /// @return files removed, files added, bytes removed, bytes added
    long[] compact(TableName name, ChangeInfo info, Wish wish, SqlSession session) {
        long[] counts = new long[4];
        Compaction done = compact(name, info, wish, null, session);
        add(done.result(), counts);
        for (int i = 1; i < ATTEMPTS && done.isPartial(); i++) {
            session.resume();
            try {
                done = compact(name, info, wish, done, session);
            } catch (NeuralakeException e) {
                if (counts[0] == 0 || e.code() == ErrorCode.INTERNAL_ERROR) {
                    throw e;
                }
                break; // what is committed stands, and its counts have to be told
            }
            add(done.result(), counts);
        }
        return counts;
    }

    private static void add(Compaction.Result result, long[] counts) {
        counts[0] += result.filesRemoved();
        counts[1] += result.filesAdded();
        counts[2] += result.bytesRemoved();
        counts[3] += result.bytesAdded();
    }

    private Compaction compact(
            TableName name,
            ChangeInfo info,
            Wish wish,
            @Nullable Compaction earlier,
            SqlSession session) {
        Compaction[] last = new Compaction[1];
        runner.run(
                name,
                info,
                session,
                (target, change, tables) -> {
                    Scope scope = new Scope(planning, session, tables, target, "");
                    List<String> order = ColumnTypes.names(target, wish.orderBy());
                    ScanPredicate where = predicate(wish.where(), change, scope);
                    Compaction compaction =
                            change.compaction(
                                    new CompactionOptions(where, order, earlier, wish.minFiles()));
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
        List<String> partitions = scope.target().definition().partitionColumns();
        boolean onPartitions =
                found.stream()
                        .flatMap(ScanPredicate::columns)
                        .map(column -> snapshot.schema().field(column.ordinal()).name())
                        .allMatch(partitions::contains);
        if (!exact[0] || !onPartitions || found.isEmpty()) {
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
}
