package io.neuralake.exec.operator.join;

import io.neuralake.exec.expression.RowExpression.Literal;
import io.neuralake.exec.operator.SinkWorker;
import io.neuralake.exec.operator.WorkerContext;
import io.neuralake.exec.plan.PhysicalPlan.HashJoin;
import io.neuralake.exec.plan.PhysicalPlan.JoinType;
import io.neuralake.exec.row.BatchAppender;
import io.neuralake.exec.row.BatchCompactor;
import io.neuralake.exec.row.BatchSelection;
import io.neuralake.exec.row.RowBytes;
import io.neuralake.exec.scheduler.WorkSharing;
import io.neuralake.exec.spill.QuerySpill;
import io.neuralake.exec.spill.RowPartition;
import io.neuralake.exec.spill.SpillArbiter;
import io.neuralake.exec.spill.SpillBlock;
import io.neuralake.exec.spill.SpillTurn;
import io.neuralake.exec.spill.SpillableRows;
import io.neuralake.exec.spill.SpilledPartitions;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.memory.Spillable;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// The build side of one hash join: collected by workers, then in memory as a whole, or on disk with
/// those partitions in memory for which there is room when the probing begins. Until then all of it
/// may be spilled at any time. Thread-safe.
final class HashBuild implements AutoCloseable {
    /// Bytes a row of the table, of chains, marks and filters, and of what it takes to make them.
    static final long TABLE_BYTES_PER_ROW = 56;

    private static final long MAX_FILTER_BYTES = 16L << 20;
    private static final int FILTER_PART = 32;
    private static final int RESIDENT_PART = 4;
    private static final int DOWNSTREAM_PART = 8;

    /// When everything spills, one partition in so many stays in memory.
    private static final int RESIDENT_IN_TESTS = 4;

    private final HashJoin node;
    private final List<@Nullable Type> casts;
    private final JoinSide side;
    private final boolean integerProbeKeys;
    private final boolean spillable;
    private final List<SpillableRows> collected = new ArrayList<>();
    private final List<SpillTurn> turns = new ArrayList<>();
    private final boolean[] resident = new boolean[SpilledPartitions.COUNT];
    private @Nullable WorkerContext context;
    private @Nullable SpilledPartitions spilled;
    private @Nullable SpilledKeyFilters keyFilters;
    private @Nullable SpillTurn restingTurn;
    private volatile @Nullable BuildSide inMemory;
    private List<DynamicFilter> dynamicFilters = List.of();
    private boolean probing;
    private boolean closed;

    /// @param integerProbeKeys whether all keys of the probe side are integers
    HashBuild(HashJoin node, List<@Nullable Type> casts, JoinSide side, boolean integerProbeKeys) {
        this.node = node;
        this.casts = casts;
        this.side = side;
        this.integerProbeKeys = integerProbeKeys;
        this.spillable = !comparesAllRows(node);
    }

    /// Tells whether rows of different keys have to be compared: those of IN with nulls.
    private static boolean comparesAllRows(HashJoin node) {
        return (node.type() == JoinType.ANTI_NULL_AWARE || node.type() == JoinType.MARK_NULL_AWARE)
                && (node.buildKeys().size() != 1 || !node.residual().equals(Literal.TRUE));
    }

    /// Opens one worker's collection.
    ///
    /// @param keys computes columns that are put behind the schema's; is taken over
    synchronized SinkWorker newWorker(WorkerContext worker, KeyColumns keys) {
        SpilledPartitions target = spilled;
        SpilledKeyFilters filters = keyFilters;
        if (target == null || filters == null) {
            context = worker;
            target = side.spill(0, worker);
            spilled = target;
            long filterBytes =
                    Math.min(MAX_FILTER_BYTES, worker.spill().limitBytes() / FILTER_PART);
            filters = new SpilledKeyFilters(node, casts, side, filterBytes);
            keyFilters = filters;
        }
        SpillableRows rows = new SpillableRows(target, spillable, filters, worker.allocator());
        return new Worker(target, rows, worker, keys);
    }

    private WorkerContext context() {
        WorkerContext first = context;
        if (first == null) {
            throw new IllegalStateException("The build side has had no worker");
        }
        return first;
    }

    /// Returns where rows are that are not in memory.
    synchronized SpilledPartitions spilled() {
        SpilledPartitions target = spilled;
        if (target == null) {
            throw new IllegalStateException("The build side has had no worker");
        }
        return target;
    }

    private synchronized void take(SpillableRows rows, SpillTurn turn) {
        collected.add(rows);
        turns.add(turn);
    }

    /// Completes the build side, when all workers have combined.
    synchronized void finish() {
        WorkerContext owner = context();
        SpilledPartitions target = spilled();
        SpillArbiter arbiter = owner.spill().arbiter();
        long finishing = 0;
        for (SpillableRows rows : collected) {
            finishing += rows.bytes() / 2 + TABLE_BYTES_PER_ROW * rows.rowCount();
        }
        if (spillable && !arbiter.fits(finishing)) {
            arbiter.makeRoom(finishing);
        }
        turns.forEach(SpillTurn::close);
        turns.clear();
        long rowCount = collected.stream().mapToLong(SpillableRows::rowCount).sum();
        boolean tooLarge =
                target.isUsed()
                        || rowCount > Integer.MAX_VALUE
                        || rowCount > 0 && !arbiter.fits(finishing);
        if (spillable && tooLarge) {
            collected.forEach(arbiter::spillNow);
        } else {
            finishInMemory(owner);
        }
        SpilledKeyFilters seen = keyFilters;
        if (inMemory == null && seen != null) {
            dynamicFilters = seen.finish();
        }
        collected.forEach(SpillableRows::close);
        collected.clear();
    }

    private void finishInMemory(WorkerContext owner) {
        Batch rows;
        try (BatchAppender all = new BatchAppender(side.schema(), owner.allocator())) {
            collected.forEach(part -> part.moveTo(all));
            rows = all.finish(owner.sharing());
        }
        try (rows) {
            finishInMemory(rows, owner);
        }
    }

    private void finishInMemory(Batch rows, WorkerContext owner) {
        try {
            BuildSide whole = build(BatchSelection.share(rows), owner.allocator(), owner.sharing());
            inMemory = whole;
            dynamicFilters = DynamicFilters.of(node, casts, whole, owner.allocator());
            if (spillable) {
                restingTurn = owner.spill().register(new Resting(whole.bytes()));
            }
        } catch (NeuralakeException e) {
            if (e.code() != ErrorCode.OUT_OF_MEMORY || !spillable) {
                throw e;
            }
            dropInMemory();
            owner.spill().arbiter().spilling(() -> writeInSlices(rows, true));
        }
    }

    private BuildSide build(Batch rows, MemoryAllocator allocator, WorkSharing sharing) {
        return BuildSide.of(
                rows,
                side.keys(),
                node.nullsEqual(),
                integerProbeKeys,
                HashJoinOperation.marksBuildRows(node.type()),
                allocator,
                sharing);
    }

    private void dropInMemory() {
        BuildSide dropped = inMemory;
        inMemory = null;
        if (dropped != null) {
            dropped.close();
        }
    }

    /// Spills rows that are one batch, which stays the caller's.
    ///
    /// @param forFilters whether they are still to be seen by dynamic filters
    private void writeInSlices(Batch rows, boolean forFilters) {
        SpilledPartitions target = spilled;
        SpilledKeyFilters filters = keyFilters;
        MemoryAllocator allocator = context().allocator();
        if (target == null || filters == null || rows.rowCount() == 0) {
            return;
        }
        long rowBytes = RowBytes.estimate(rows, rows.rowCount()) / rows.rowCount() + 1;
        int sliceRows = Math.clamp(target.segmentBytes() / rowBytes, 1024, 1 << 24);
        int first = Math.min(sliceRows, rows.rowCount());
        DataBuffer picked = allocator.allocate(4L * first);
        try {
            for (int from = 0; from < rows.rowCount(); from += sliceRows) {
                int count = Math.min(sliceRows, rows.rowCount() - from);
                for (int i = 0; i < count; i++) {
                    NativeMemory.setInt(picked.segment(), 4L * i, from + i);
                }
                try (Batch slice =
                        BatchCompactor.gather(rows, picked.segment(), count, allocator)) {
                    if (forFilters) {
                        filters.see(slice, allocator);
                    }
                    target.write(slice, allocator);
                }
            }
        } finally {
            picked.release();
        }
    }

    /// Returns what scans of the probe side may know.
    synchronized List<DynamicFilter> dynamicFilters() {
        return dynamicFilters;
    }

    /// Decides once, before the first probe worker, what is in memory from now on.
    synchronized void beginProbing(WorkerContext worker) {
        if (probing) {
            return;
        }
        probing = true;
        QuerySpill spill = worker.spill();
        SpillTurn resting = restingTurn;
        if (resting != null) {
            // who takes what the join yields cannot make this spill any more
            spill.arbiter().makeRoom(spill.limitBytes() / DOWNSTREAM_PART);
            resting.close();
            restingTurn = null;
        }
        if (inMemory == null) {
            inMemory = loadResident(spill);
        }
    }

    private BuildSide loadResident(QuerySpill spill) {
        SpilledPartitions from = spilled();
        MemoryAllocator allocator = context().allocator();
        long budget =
                Math.min(spill.arbiter().availableBytes() / 2, spill.limitBytes() / RESIDENT_PART);
        Batch rows;
        try (BatchAppender all = new BatchAppender(side.schema(), allocator)) {
            for (int p = 0; p < resident.length; p++) {
                RowPartition partition = from.partition(p);
                long bytes = memoryBytes(partition);
                boolean chosen = spill.everything() ? p % RESIDENT_IN_TESTS == 0 : bytes <= budget;
                resident[p] = chosen || partition.rowCount() == 0;
                if (resident[p]) {
                    budget -= bytes;
                    for (SpillBlock block : partition.blocks()) {
                        try (Batch batch = from.reader().read(block, allocator)) {
                            all.append(batch);
                        }
                    }
                }
            }
            rows = all.finish();
        }
        return part(rows, allocator);
    }

    /// Returns about what it takes to have a partition in memory.
    static long memoryBytes(RowPartition partition) {
        return memoryBytes(partition.rawBytes(), partition.rowCount());
    }

    /// Returns about what it takes to have rows in memory.
    static long memoryBytes(long rawBytes, long rowCount) {
        return rawBytes + rawBytes / 2 + TABLE_BYTES_PER_ROW * rowCount;
    }

    /// Makes some rows of a spilled build side ready to be probed. Takes ownership of `rows`.
    BuildSide part(Batch rows, MemoryAllocator allocator) {
        BuildSide part = build(rows, allocator, WorkSharing.ALONE);
        part.bePartOf(spilled().unmatchableRows());
        return part;
    }

    /// Returns what is in memory; once probing has begun.
    BuildSide inMemory() {
        BuildSide present = inMemory;
        if (present == null) {
            throw new IllegalStateException("The build side is not in memory");
        }
        return present;
    }

    /// Tells whether rows are on disk; once probing has begun.
    boolean isSpilled() {
        return spilled().isUsed();
    }

    /// Tells whether a partition is in memory, or has no rows; once probing has begun.
    boolean isResident(int partition) {
        return resident[partition];
    }

    /// Frees what was in memory for probing, when nobody probes it any more; idempotent.
    synchronized void endProbing() {
        dropInMemory();
    }

    /// Frees everything; idempotent.
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        turns.forEach(SpillTurn::close);
        if (restingTurn != null) {
            restingTurn.close();
        }
        collected.forEach(SpillableRows::close);
        dynamicFilters.forEach(DynamicFilter::close);
        dropInMemory();
        if (keyFilters != null) {
            keyFilters.close();
        }
        if (spilled != null) {
            spilled.close();
        }
    }

    /// The whole build side between its completion and the probing.
    private final class Resting implements Spillable {
        private volatile long bytes;

        private Resting(long bytes) {
            this.bytes = bytes;
        }

        @Override
        public long spillableBytes() {
            return spillable ? bytes : 0;
        }

        /// Frees the table, then divides and writes the rows. Not synchronized: who has the turn is
        /// alone.
        @Override
        public long spill(long targetBytes) {
            BuildSide whole = inMemory;
            if (whole == null) {
                return 0;
            }
            long freed = bytes;
            try (Batch rows = BatchSelection.share(whole.rows())) {
                dropInMemory();
                writeInSlices(rows, false);
            }
            bytes = 0;
            return freed;
        }
    }

    private final class Worker implements SinkWorker {
        private final SpilledPartitions target;
        private final SpillableRows rows;
        private final SpillArbiter arbiter;
        private final SpillTurn turn;
        private final KeyColumns keys;
        private boolean combined;

        private Worker(
                SpilledPartitions target,
                SpillableRows rows,
                WorkerContext worker,
                KeyColumns keys) {
            this.target = target;
            this.rows = rows;
            this.arbiter = worker.spill().arbiter();
            this.turn = worker.spill().register(rows);
            this.keys = keys;
        }

        @Override
        public Status consume(Batch input) {
            try (input;
                    Batch extended = keys.extend(input)) {
                turn.begin(RowBytes.estimate(extended, extended.selectedCount()));
                try {
                    rows.add(extended);
                } finally {
                    turn.end();
                }
            }
            return Status.NEED_INPUT;
        }

        @Override
        public void combine() {
            turn.begin(0);
            try {
                if (target.isUsed() && rows.rowCount() > 0) {
                    arbiter.spillNow(rows);
                }
            } finally {
                turn.end();
            }
            combined = true;
            take(rows, turn);
        }

        @Override
        public void close() {
            if (!combined) {
                turn.close();
                rows.close();
            }
            keys.close();
        }
    }
}
