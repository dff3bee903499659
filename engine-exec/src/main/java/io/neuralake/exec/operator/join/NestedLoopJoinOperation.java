package io.neuralake.exec.operator.join;

import io.neuralake.exec.operator.SinkOperator;
import io.neuralake.exec.operator.SinkWorker;
import io.neuralake.exec.operator.SourceOperator;
import io.neuralake.exec.operator.StreamingOperator;
import io.neuralake.exec.operator.WorkerContext;
import io.neuralake.exec.plan.PhysicalPlan.JoinType;
import io.neuralake.exec.plan.PhysicalPlan.NestedLoopJoin;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Optional;

/// Executes one join by any condition, once, in the manner of [HashJoinOperation]. For the null-aware
/// types the condition is the whole three-valued comparison: UNKNOWN counts as such.
public final class NestedLoopJoinOperation implements AutoCloseable {
    private final NestedLoopJoin node;
    private final ConditionCompiler compiler;
    private final BuildCollector collector;
    private @Nullable NestedLoopBuild build;
    private boolean closed;

    /// Begins an execution of the node.
    public NestedLoopJoinOperation(NestedLoopJoin node) {
        this(node, ConditionCompiler.ENGINE);
    }

    NestedLoopJoinOperation(NestedLoopJoin node, ConditionCompiler compiler) {
        this.node = node;
        this.compiler = compiler;
        this.collector = new BuildCollector(node.build().schema());
    }

    /// Returns the sink of the build side, which closes this operation.
    public SinkOperator buildSink() {
        return new SinkOperator() {
            @Override
            public SinkWorker newWorker(WorkerContext context) {
                KeyColumns noKeys =
                        new KeyColumns(
                                node.build().schema(), List.of(), List.of(), compiler, context);
                return collector.newWorker(context, noKeys);
            }

            @Override
            public void finish() {
                finishBuild();
            }

            @Override
            public void close() {
                NestedLoopJoinOperation.this.close();
            }
        };
    }

    /// Returns the operator of the probe side; its workers may be made once the sink has finished.
    public StreamingOperator probe() {
        return context -> new NestedLoopProbeWorker(node, built(), compiler, context);
    }

    /// Returns the source of build rows that come after the probe side, for RIGHT, FULL, BUILD_SEMI
    /// and BUILD_ANTI. It may be read when all probe workers have finished.
    public Optional<SourceOperator> unmatchedBuildRows() {
        if (!HashJoinOperation.marksBuildRows(node.type())) {
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

    private synchronized void finishBuild() {
        build = NestedLoopBuild.of(collector.finish(), collector.allocator());
    }

    private synchronized NestedLoopBuild built() {
        if (build == null) {
            throw new IllegalStateException("The build side has not finished");
        }
        return build;
    }

    /// Frees the build side; idempotent.
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            collector.close();
            if (build != null) {
                build.close();
            }
        }
    }
}
