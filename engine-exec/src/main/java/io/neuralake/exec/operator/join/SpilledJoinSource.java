package io.neuralake.exec.operator.join;

import io.neuralake.exec.operator.SourceOperator;
import io.neuralake.exec.operator.SourceWorker;
import io.neuralake.exec.operator.WorkerContext;
import io.neuralake.exec.plan.PhysicalPlan.HashJoin;
import io.neuralake.exec.plan.PhysicalPlan.JoinType;
import io.neuralake.exec.row.BatchAppender;
import io.neuralake.exec.row.BatchSelection;
import io.neuralake.exec.spill.SpillArbiter;
import io.neuralake.exec.spill.SpillBlock;
import io.neuralake.exec.spill.SpilledPartitions;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.connector.ReadResult;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/// Reads the partitions of a join that were spilled: makes the build rows of one ready to be probed,
/// yields its probe rows for the operator behind, then what build rows yield by themselves. Workers
/// take partitions from a counter; a partition that is too large is divided by the worker that took
/// it. Begins when all other rows were probed.
final class SpilledJoinSource implements SourceOperator {
    /// The workers together hold at most this part of the limit.
    private static final int MEMORY_PART = 4;

    private final JoinType type;
    private final HashBuild build;
    private final Supplier<@Nullable SpilledPartitions> probe;
    private final int probeWidth;
    private final IntFunction<PartitionSlot> slots;
    private final Function<BuildRows, SourceOperator> unmatched;
    private final AtomicInteger next = new AtomicInteger();
    private @Nullable List<PartitionPair> pairs;

    /// @param probe where probe rows were spilled, null when none were probed
    /// @param slots the slot of a worker, by its number
    /// @param unmatched makes what build rows yield by themselves
    SpilledJoinSource(
            HashJoin node,
            HashBuild build,
            Supplier<@Nullable SpilledPartitions> probe,
            IntFunction<PartitionSlot> slots,
            Function<BuildRows, SourceOperator> unmatched) {
        this.type = node.type();
        this.build = build;
        this.probe = probe;
        this.probeWidth = node.probe().schema().size();
        this.slots = slots;
        this.unmatched = unmatched;
    }

    @Override
    public boolean hasWork() {
        return !pairs().isEmpty();
    }

    @Override
    public synchronized int maxWorkers() {
        return pairs == null ? Integer.MAX_VALUE : Math.max(1, pairs.size());
    }

    private synchronized List<PartitionPair> pairs() {
        List<PartitionPair> planned = pairs;
        if (planned == null) {
            SpilledPartitions probed = probe.get();
            planned = probed == null ? List.of() : pairs(build.spilled(), probed, 0);
            planned = planned.stream().filter(this::isOnDisk).toList();
            pairs = planned;
        }
        return planned;
    }

    private boolean isOnDisk(PartitionPair pair) {
        return !build.isResident(pair.number());
    }

    /// Returns those pairs that yield anything.
    private List<PartitionPair> pairs(
            SpilledPartitions ofBuild, SpilledPartitions ofProbe, long rowsDivided) {
        List<PartitionPair> made = new ArrayList<>();
        for (int p = 0; p < SpilledPartitions.COUNT; p++) {
            PartitionPair pair = PartitionPair.of(ofBuild, ofProbe, p, rowsDivided);
            boolean buildRows = pair.buildRows().rowCount() > 0;
            boolean probeRows = pair.probeRows().rowCount() > 0;
            boolean yields =
                    probeRows && (buildRows || HashJoinOperation.keepsProbeRows(type))
                            || buildRows
                                    && HashJoinOperation.marksBuildRows(type)
                                    && type != JoinType.BUILD_SEMI;
            if (yields) {
                made.add(pair);
            }
        }
        return made;
    }

    /// Tells whether build rows of one key may be joined a part at a time, since no result depends on
    /// whether a probe row has a match among all of them.
    private boolean joinsParts() {
        return switch (type) {
            case INNER, RIGHT, BUILD_SEMI, BUILD_ANTI -> true;
            case LEFT, FULL, SINGLE, SEMI, ANTI, ANTI_NULL_AWARE, MARK, MARK_NULL_AWARE -> false;
        };
    }

    @Override
    public SourceWorker newWorker(WorkerContext context) {
        build.endProbing();
        return new Reader(context);
    }

    private @Nullable PartitionPair nextPair() {
        List<PartitionPair> all = pairs();
        int index = next.getAndIncrement();
        return index < all.size() ? all.get(index) : null;
    }

    /// A pair that was divided, and the pairs of it that are left.
    private record Divided(
            SpilledPartitions build, SpilledPartitions probe, Deque<PartitionPair> left) {
        private void close() {
            build.close();
            probe.close();
        }
    }

    private final class Reader implements SourceWorker {
        private final WorkerContext context;
        private final SpillArbiter arbiter;
        private final PartitionSlot slot;
        private final long budgetBytes;
        private final Deque<Divided> divided = new ArrayDeque<>();
        private @Nullable PartitionPair pair;
        private int nextBuildBlock;
        private boolean begun;
        private @Nullable BuildSide part;
        private int nextProbeBlock;
        private @Nullable SourceWorker unmatchedOfPart;

        private Reader(WorkerContext context) {
            this.context = context;
            this.arbiter = context.spill().arbiter();
            this.slot = slots.apply(context.workerIndex());
            this.budgetBytes = context.spill().limitBytes() / MEMORY_PART / context.workerCount();
        }

        @Override
        public ReadResult produce() {
            while (true) {
                context.checkCancelled();
                Batch batch = pair == null ? null : nextBatch(pair);
                if (batch != null) {
                    return new ReadResult.Ready(batch);
                }
                PartitionPair following = nextPairOrPart();
                if (following == null) {
                    pair = null;
                    return ReadResult.Finished.INSTANCE;
                }
                begin(following);
            }
        }

        /// Returns what is left of a divided pair, then the next of all, or null.
        private @Nullable PartitionPair nextPairOrPart() {
            while (!divided.isEmpty()) {
                Divided last = divided.element();
                PartitionPair left = last.left().poll();
                if (left != null) {
                    return left;
                }
                divided.remove().close();
            }
            return nextPair();
        }

        private void begin(PartitionPair following) {
            boolean tooLarge =
                    context.spill().everything()
                            ? following.build().level() == 0
                            : HashBuild.memoryBytes(following.buildRows()) > budgetBytes;
            if (tooLarge && following.divisible()) {
                pair = null;
                divide(following);
            } else {
                pair = following;
                nextBuildBlock = 0;
                begun = false;
            }
        }

        private void divide(PartitionPair large) {
            SpilledPartitions ofBuild =
                    large.build().divide(large.buildRows(), context.allocator());
            SpilledPartitions ofProbe;
            try {
                ofProbe = large.probe().divide(large.probeRows(), context.allocator());
            } catch (RuntimeException | Error e) {
                ofBuild.close();
                throw e;
            }
            Divided made = new Divided(ofBuild, ofProbe, new ArrayDeque<>());
            divided.push(made);
            made.left().addAll(pairs(ofBuild, ofProbe, large.buildRows().rowCount()));
        }

        private @Nullable Batch nextBatch(PartitionPair of) {
            while (true) {
                BuildSide present = part;
                if (present == null) {
                    if (begun && nextBuildBlock == of.buildRows().blocks().size()) {
                        return null;
                    }
                    present = loadPart(of);
                }
                if (nextProbeBlock < of.probeRows().blocks().size()) {
                    slot.probe(present);
                    return probeRows(of, of.probeRows().blocks().get(nextProbeBlock++));
                }
                Batch rest = nextUnmatched(present);
                if (rest != null) {
                    slot.passOn();
                    return rest;
                }
                closePart();
            }
        }

        /// Makes the next build rows ready to be probed: all of them, or if they are too many and may
        /// be joined a part at a time, as many as fit.
        private BuildSide loadPart(PartitionPair of) {
            begun = true;
            nextProbeBlock = 0;
            List<SpillBlock> blocks = of.buildRows().blocks();
            int first = nextBuildBlock;
            long rawBytes = 0;
            long rowCount = 0;
            while (nextBuildBlock < blocks.size()) {
                SpillBlock block = blocks.get(nextBuildBlock);
                rawBytes += block.rawBytes();
                rowCount += block.rowCount();
                boolean fits =
                        !context.spill().everything()
                                && HashBuild.memoryBytes(rawBytes, rowCount) <= budgetBytes;
                if (nextBuildBlock > first && joinsParts() && !fits) {
                    break;
                }
                nextBuildBlock++;
            }
            long bytes = HashBuild.memoryBytes(rawBytes, rowCount);
            if (!arbiter.fits(bytes)) {
                arbiter.makeRoom(bytes);
            }
            Batch rows;
            try (BatchAppender all =
                    new BatchAppender(of.build().division().schema(), context.allocator())) {
                for (SpillBlock block : blocks.subList(first, nextBuildBlock)) {
                    try (Batch batch = of.build().reader().read(block, context.allocator())) {
                        all.append(batch);
                    }
                }
                rows = all.finish();
            }
            BuildSide loaded = build.part(rows, context.allocator());
            part = loaded;
            return loaded;
        }

        /// Reads probe rows, without their cast keys.
        private Batch probeRows(PartitionPair of, SpillBlock block) {
            try (Batch batch = of.probe().reader().read(block, context.allocator())) {
                if (batch.columnCount() == probeWidth) {
                    return BatchSelection.share(batch);
                }
                Column[] columns = new Column[probeWidth];
                for (int c = 0; c < probeWidth; c++) {
                    columns[c] = batch.column(c).retain();
                }
                return Batch.of(batch.rowCount(), columns);
            }
        }

        private @Nullable Batch nextUnmatched(BuildSide present) {
            if (!HashJoinOperation.marksBuildRows(type)) {
                return null;
            }
            SourceWorker rows = unmatchedOfPart;
            if (rows == null) {
                rows = unmatched.apply(present).newWorker(context);
                unmatchedOfPart = rows;
            }
            return rows.produce() instanceof ReadResult.Ready ready ? ready.batch() : null;
        }

        private void closePart() {
            if (unmatchedOfPart != null) {
                unmatchedOfPart.close();
                unmatchedOfPart = null;
            }
            if (part != null) {
                part.close();
                part = null;
            }
        }

        @Override
        public void close() {
            closePart();
            divided.forEach(Divided::close);
            divided.clear();
        }
    }
}
