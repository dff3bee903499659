package io.neuralake.exec.operator.join;

import io.neuralake.exec.expression.RowExpression;
import io.neuralake.exec.expression.RowExpression.Literal;
import io.neuralake.exec.operator.SinkOperator;
import io.neuralake.exec.operator.SinkWorker;
import io.neuralake.exec.operator.SourceOperator;
import io.neuralake.exec.operator.StreamingOperator;
import io.neuralake.exec.operator.StreamingWorker;
import io.neuralake.exec.operator.WorkerContext;
import io.neuralake.exec.plan.PhysicalPlan.HashJoin;
import io.neuralake.exec.plan.PhysicalPlan.JoinType;
import io.neuralake.exec.spill.SpilledPartitions;
import io.neuralake.spi.type.Schema;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/// Executes one hash join, once: [#buildSink] ends the pipeline of the build side, [#probe] streams in
/// that of the probe side, for joins that emit build rows by themselves [#unmatchedBuildRows] begins a
/// third, and rows that were spilled come out of [#spilledRows] and [#spilledProbe] in a last one.
/// Memory is allocated from the workers' allocators and must outlive them; it is freed by [#close],
/// after all workers were closed.
public final class HashJoinOperation implements AutoCloseable {
    private final HashJoin node;
    private final ConditionCompiler compiler;
    private final List<@Nullable Type> casts;
    private final List<Integer> probeKeys;
    private final HashBuild build;
    private final Map<Integer, PartitionSlot> slots = new ConcurrentHashMap<>();
    private @Nullable SpilledPartitions spilledProbeRows;

    /// Begins an execution of the node.
    public HashJoinOperation(HashJoin node) {
        this(node, ConditionCompiler.ENGINE);
    }

    HashJoinOperation(HashJoin node, ConditionCompiler compiler) {
        this.node = node;
        this.compiler = compiler;
        Schema probe = node.probe().schema();
        Schema built = node.build().schema();
        this.casts = KeyTypes.casts(probe, node.probeKeys(), built, node.buildKeys());
        this.probeKeys = KeyColumns.positions(probe, node.probeKeys(), casts);
        JoinSide side =
                new JoinSide(
                        KeyColumns.extend(built, casts),
                        KeyColumns.positions(built, node.buildKeys(), casts),
                        node.nullsEqual(),
                        marksBuildRows(node.type()));
        this.build = new HashBuild(node, casts, side, integerProbeKeys());
    }

    /// Returns the sink of the build side, which closes this operation.
    public SinkOperator buildSink() {
        return new SinkOperator() {
            @Override
            public SinkWorker newWorker(WorkerContext context) {
                return build.newWorker(
                        context,
                        new KeyColumns(
                                node.build().schema(), node.buildKeys(), casts, compiler, context));
            }

            @Override
            public void finish() {
                build.finish();
            }

            @Override
            public void close() {
                HashJoinOperation.this.close();
            }
        };
    }

    /// Returns the operator of the probe side; its workers may be made once the sink has finished.
    public StreamingOperator probe() {
        return this::newProbeWorker;
    }

    /// Returns the source of build rows that come after the probe side, for RIGHT, FULL, BUILD_SEMI
    /// and BUILD_ANTI. It may be read when all probe workers have finished.
    public Optional<SourceOperator> unmatchedBuildRows() {
        if (!marksBuildRows(node.type())) {
            return Optional.empty();
        }
        return Optional.of(unmatched(build::inMemory));
    }

    private SourceOperator unmatched(Supplier<BuildRows> rows) {
        return new UnmatchedBuildRows(
                node.type() == JoinType.BUILD_SEMI,
                rows,
                context ->
                        new JoinOutput(
                                node.type(),
                                node.probe().schema(),
                                node.build().schema(),
                                node.output(),
                                context.allocator()));
    }

    /// Returns the source of rows that were spilled, for [#spilledProbe] alone, in the same pipeline.
    /// It may be read when all probe workers have finished and [#unmatchedBuildRows] was read.
    public SourceOperator spilledRows() {
        return new SpilledJoinSource(
                node, build, this::spilledProbeRows, this::slot, rows -> unmatched(() -> rows));
    }

    /// Returns the operator that joins what [#spilledRows] reads.
    public StreamingOperator spilledProbe() {
        return context ->
                new SpilledProbeWorker(
                        slot(context.workerIndex()), part -> newProbeWorker(part, context));
    }

    private PartitionSlot slot(int worker) {
        return slots.computeIfAbsent(worker, _ -> new PartitionSlot());
    }

    /// Returns what the build side tells scans of the probe side, one an entry of the node's
    /// `dynamicFilters` that can drop rows; complete once the sink has finished, and valid until
    /// [#close].
    public List<DynamicFilter> dynamicFilters() {
        return build.dynamicFilters();
    }

    /// Tells whether build rows are emitted by whether they were matched.
    static boolean marksBuildRows(JoinType type) {
        return switch (type) {
            case RIGHT, FULL, BUILD_SEMI, BUILD_ANTI -> true;
            case INNER, LEFT, SEMI, ANTI, ANTI_NULL_AWARE, MARK, MARK_NULL_AWARE, SINGLE -> false;
        };
    }

    /// Tells whether probe rows may be emitted that match no build row.
    static boolean keepsProbeRows(JoinType type) {
        return switch (type) {
            case LEFT, FULL, SINGLE, ANTI, ANTI_NULL_AWARE, MARK, MARK_NULL_AWARE -> true;
            case INNER, SEMI, RIGHT, BUILD_SEMI, BUILD_ANTI -> false;
        };
    }

    private boolean integerProbeKeys() {
        for (int k = 0; k < casts.size(); k++) {
            Type cast = casts.get(k);
            Type type =
                    cast == null
                            ? node.probe().schema().field(node.probeKeys().get(k)).type()
                            : cast;
            if (!IntegerKeys.isInteger(type)) {
                return false;
            }
        }
        return true;
    }

    private StreamingWorker newProbeWorker(WorkerContext context) {
        build.beginProbing(context);
        if (!build.isSpilled()) {
            return newProbeWorker(build.inMemory(), context);
        }
        SpilledPartitions target = openSpilledProbeRows(context);
        HashJoinProbeWorker inMemory = newProbeWorker(build.inMemory(), context);
        try {
            return new SpillingProbeWorker(
                    build, target, probeKeyColumns(context), inMemory, context);
        } catch (RuntimeException e) {
            inMemory.close();
            throw e;
        }
    }

    private synchronized SpilledPartitions openSpilledProbeRows(WorkerContext context) {
        SpilledPartitions opened = spilledProbeRows;
        if (opened == null) {
            JoinSide side =
                    new JoinSide(
                            KeyColumns.extend(node.probe().schema(), casts),
                            probeKeys,
                            node.nullsEqual(),
                            keepsProbeRows(node.type()));
            opened = side.spill(0, context);
            spilledProbeRows = opened;
        }
        return opened;
    }

    private synchronized @Nullable SpilledPartitions spilledProbeRows() {
        return spilledProbeRows;
    }

    private KeyColumns probeKeyColumns(WorkerContext context) {
        return new KeyColumns(node.probe().schema(), node.probeKeys(), casts, compiler, context);
    }

    private HashJoinProbeWorker newProbeWorker(BuildSide side, WorkerContext context) {
        RowExpression residual = node.residual();
        PairCondition condition =
                residual.equals(Literal.TRUE)
                        ? null
                        : new PairCondition(
                                residual,
                                node.probe().schema(),
                                node.build().schema(),
                                compiler.predicate(
                                        residual, context.settings(), context.allocator()),
                                context.allocator());
        KeyColumns keys;
        try {
            keys = probeKeyColumns(context);
        } catch (RuntimeException e) {
            if (condition != null) {
                condition.close();
            }
            throw e;
        }
        return new HashJoinProbeWorker(node, side, keys, probeKeys, condition, context);
    }

    /// Frees the build side, the filters and what was spilled; idempotent.
    @Override
    public synchronized void close() {
        build.close();
        if (spilledProbeRows != null) {
            spilledProbeRows.close();
        }
    }
}
