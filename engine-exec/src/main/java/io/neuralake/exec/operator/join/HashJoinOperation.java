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
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.type.Schema;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Optional;

/// Executes one hash join, once: [#buildSink] ends the pipeline of the build side, [#probe] streams in
/// that of the probe side, and for joins that emit build rows by themselves [#unmatchedBuildRows]
/// begins a third. Memory is allocated from the workers' allocators and must outlive them; it is freed
/// by [#close], after all workers were closed.
public final class HashJoinOperation implements AutoCloseable {
    private final HashJoin node;
    private final ConditionCompiler compiler;
    private final List<@Nullable Type> casts;
    private final List<Integer> buildKeys;
    private final List<Integer> probeKeys;
    private final BuildCollector collector;
    private @Nullable BuildSide build;
    private List<DynamicFilter> dynamicFilters = List.of();
    private boolean closed;

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
        this.buildKeys = KeyColumns.positions(built, node.buildKeys(), casts);
        this.collector = new BuildCollector(KeyColumns.extend(built, casts));
    }

    /// Returns the sink of the build side, which closes this operation.
    public SinkOperator buildSink() {
        return new SinkOperator() {
            @Override
            public SinkWorker newWorker(WorkerContext context) {
                return collector.newWorker(
                        context,
                        new KeyColumns(
                                node.build().schema(), node.buildKeys(), casts, compiler, context));
            }

            @Override
            public void finish() {
                finishBuild();
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
        return Optional.of(
                new UnmatchedBuildRows(
                        node.type() == JoinType.BUILD_SEMI,
                        this::built,
                        context ->
                                new JoinOutput(
                                        node.type(),
                                        node.probe().schema(),
                                        node.build().schema(),
                                        node.output(),
                                        context.allocator())));
    }

    /// Returns what the build side tells scans of the probe side, one an entry of the node's
    /// `dynamicFilters` that can drop rows; complete once the sink has finished, and valid until
    /// [#close].
    public synchronized List<DynamicFilter> dynamicFilters() {
        return dynamicFilters;
    }

    /// Tells whether build rows are emitted by whether they were matched.
    static boolean marksBuildRows(JoinType type) {
        return switch (type) {
            case RIGHT, FULL, BUILD_SEMI, BUILD_ANTI -> true;
            case INNER, LEFT, SEMI, ANTI, ANTI_NULL_AWARE, MARK, MARK_NULL_AWARE, SINGLE -> false;
        };
    }

    private synchronized void finishBuild() {
        Batch rows = collector.finish();
        build =
                BuildSide.of(
                        rows,
                        buildKeys,
                        node.nullsEqual(),
                        integerProbeKeys(),
                        marksBuildRows(node.type()),
                        collector.allocator());
        dynamicFilters = DynamicFilters.of(node, casts, built(), collector.allocator());
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

    private synchronized BuildSide built() {
        if (build == null) {
            throw new IllegalStateException("The build side has not finished");
        }
        return build;
    }

    private StreamingWorker newProbeWorker(WorkerContext context) {
        RowExpression residual = node.residual();
        Schema probeSchema = node.probe().schema();
        PairCondition condition =
                residual.equals(Literal.TRUE)
                        ? null
                        : new PairCondition(
                                residual,
                                probeSchema,
                                node.build().schema(),
                                compiler.predicate(
                                        residual, context.settings(), context.allocator()),
                                context.allocator());
        KeyColumns keys;
        try {
            keys = new KeyColumns(probeSchema, node.probeKeys(), casts, compiler, context);
        } catch (RuntimeException e) {
            if (condition != null) {
                condition.close();
            }
            throw e;
        }
        return new HashJoinProbeWorker(node, built(), keys, probeKeys, condition, context);
    }

    /// Frees the build side and the filters; idempotent.
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            dynamicFilters.forEach(DynamicFilter::close);
            collector.close();
            if (build != null) {
                build.close();
            }
        }
    }
}
