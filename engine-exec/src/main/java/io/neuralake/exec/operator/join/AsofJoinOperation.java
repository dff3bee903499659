package io.neuralake.exec.operator.join;

import io.neuralake.exec.operator.BatchConsumer;
import io.neuralake.exec.operator.SinkOperator;
import io.neuralake.exec.operator.SinkWorker;
import io.neuralake.exec.operator.StreamingOperator;
import io.neuralake.exec.operator.StreamingWorker;
import io.neuralake.exec.operator.WorkerContext;
import io.neuralake.exec.plan.PhysicalPlan.AsofJoin;
import io.neuralake.exec.plan.PhysicalPlan.JoinType;
import io.neuralake.exec.scheduler.WorkSharing;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.type.Schema;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/// Executes one ASOF join, once, in the manner of [HashJoinOperation]. Of build rows with equal values
/// the last collected is taken for >= and >, the first for <= and <.
public final class AsofJoinOperation implements AutoCloseable {
    private final AsofJoin node;
    private final ConditionCompiler compiler;
    private final List<@Nullable Type> casts;
    private final List<Integer> probePositions;
    private final List<Integer> buildPositions;
    private final BuildCollector collector;
    private @Nullable BuildSide build;
    private @Nullable AsofIndex index;
    private boolean closed;

    /// Begins an execution of the node.
    public AsofJoinOperation(AsofJoin node) {
        this(node, ConditionCompiler.ENGINE);
    }

    AsofJoinOperation(AsofJoin node, ConditionCompiler compiler) {
        if (node.type() != JoinType.INNER && node.type() != JoinType.LEFT) {
            throw new IllegalStateException("Not an ASOF join type: " + node.type());
        }
        switch (node.operator()) {
            case LESS, LESS_OR_EQUAL, GREATER, GREATER_OR_EQUAL -> {}
            case EQUAL, NOT_EQUAL ->
                    throw new IllegalStateException("Not an ASOF operator: " + node.operator());
        }
        this.node = node;
        this.compiler = compiler;
        Schema probe = node.probe().schema();
        Schema built = node.build().schema();
        ValueOrder.require(probe.field(node.probeValue()).type());
        ValueOrder.require(built.field(node.buildValue()).type());
        this.casts = KeyTypes.casts(probe, probeColumns(), built, buildColumns());
        this.probePositions = KeyColumns.positions(probe, probeColumns(), casts);
        this.buildPositions = KeyColumns.positions(built, buildColumns(), casts);
        this.collector = new BuildCollector(KeyColumns.extend(built, casts));
    }

    private List<Integer> probeColumns() {
        return AsofIndex.withValue(node.probeKeys(), node.probeValue());
    }

    private List<Integer> buildColumns() {
        return AsofIndex.withValue(node.buildKeys(), node.buildValue());
    }

    /// Returns the sink of the build side, which closes this operation.
    public SinkOperator buildSink() {
        return new SinkOperator() {
            @Override
            public SinkWorker newWorker(WorkerContext context) {
                return collector.newWorker(
                        context,
                        new KeyColumns(
                                node.build().schema(), buildColumns(), casts, compiler, context));
            }

            @Override
            public void finish() {
                finishBuild();
            }

            @Override
            public void close() {
                AsofJoinOperation.this.close();
            }
        };
    }

    /// Returns the operator of the probe side; its workers may be made once the sink has finished.
    public StreamingOperator probe() {
        return ProbeWorker::new;
    }

    private synchronized void finishBuild() {
        int keys = node.buildKeys().size();
        boolean integers = true;
        for (int k = 0; k < keys; k++) {
            Type cast = casts.get(k);
            Type type =
                    cast == null
                            ? node.probe().schema().field(node.probeKeys().get(k)).type()
                            : cast;
            integers &= IntegerKeys.isInteger(type);
        }
        BuildSide side =
                BuildSide.of(
                        collector.finish(),
                        buildPositions.subList(0, keys),
                        Collections.nCopies(keys, false),
                        integers,
                        false,
                        collector.allocator(),
                        WorkSharing.ALONE);
        build = side;
        index = AsofIndex.of(side, buildPositions.get(keys), collector.allocator());
    }

    /// Frees the build side; idempotent.
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            collector.close();
            if (index != null) {
                index.close();
            }
            if (build != null) {
                build.close();
            }
        }
    }

    private final class ProbeWorker implements StreamingWorker {
        private final BuildSide side;
        private final AsofIndex sorted;
        private final KeyColumns keyColumns;
        private final ProbeLookup lookup;
        private final JoinOutput output;
        private final Scratch headScratch;
        private final Scratch bitScratch;
        private final Scratch values;

        private ProbeWorker(WorkerContext context) {
            synchronized (AsofJoinOperation.this) {
                if (build == null || index == null) {
                    throw new IllegalStateException("The build side has not finished");
                }
                side = build;
                sorted = index;
            }
            Schema probe = node.probe().schema();
            Schema built = node.build().schema();
            keyColumns = new KeyColumns(probe, probeColumns(), casts, compiler, context);
            lookup = new ProbeLookup(side.keys(), side.table(), context.allocator());
            output =
                    new JoinOutput(
                            node.type(),
                            probe,
                            built,
                            IntStream.range(0, probe.size() + built.size()).boxed().toList(),
                            context.allocator());
            headScratch = new Scratch(context.allocator());
            bitScratch = new Scratch(context.allocator());
            values = new Scratch(context.allocator());
        }

        @Override
        public Status process(Batch input, BatchConsumer consumer) {
            try (input) {
                if (side.rows().rowCount() == 0 && node.type() == JoinType.INNER) {
                    return Status.DONE;
                }
                if (input.selectedCount() > 0) {
                    try (Batch extended = keyColumns.extend(input)) {
                        probe(input, BuildKeys.pick(extended, probePositions), consumer);
                    }
                }
                return Status.NEED_INPUT;
            }
        }

        private void probe(Batch input, List<Column> columns, BatchConsumer consumer) {
            int rowCount = input.rowCount();
            int keys = columns.size() - 1;
            MemorySegment heads = headScratch.get(4L * rowCount);
            MemorySegment matched = bitScratch.get(Bitmap.bytes(rowCount));
            lookup.find(input, columns.subList(0, keys), heads, matched);
            KeyNulls.andNotNull(columns.get(keys), matched);
            Rows.keep(heads, rowCount, matched);
            sorted.search(
                    node.operator(), columns.get(keys), rowCount, heads, values.get(8L * rowCount));
            int count = Rows.present(heads, rowCount, matched);
            if (node.type() == JoinType.LEFT) {
                DataBuffer selection = input.selection();
                consumer.accept(
                        output.inPlace(
                                input,
                                side.rows(),
                                selection == null ? null : selection.segment(),
                                input.selectedCount(),
                                heads,
                                true,
                                null));
            } else if (count > 0) {
                consumer.accept(
                        output.inPlace(input, side.rows(), matched, count, heads, false, null));
            }
        }

        @Override
        public void close() {
            keyColumns.close();
            lookup.close();
            output.close();
            headScratch.close();
            bitScratch.close();
            values.close();
        }
    }
}
