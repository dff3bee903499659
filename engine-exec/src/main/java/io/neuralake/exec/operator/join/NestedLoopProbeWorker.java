package io.neuralake.exec.operator.join;

import io.neuralake.exec.operator.BatchConsumer;
import io.neuralake.exec.operator.StreamingWorker;
import io.neuralake.exec.operator.WorkerContext;
import io.neuralake.exec.plan.PhysicalPlan.JoinType;
import io.neuralake.exec.plan.PhysicalPlan.NestedLoopJoin;
import io.neuralake.exec.row.ColumnFlatten;
import io.neuralake.exec.row.ColumnGather;
import io.neuralake.exec.row.ConstantColumns;
import io.neuralake.exec.row.Ownership;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ConstantColumn;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.FlatColumn;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.BitSet;

/// Tries each pair without copying: a whole probe batch beside one build row as constants or, when
/// there are fewer probe rows, a chunk of the build side beside one probe row.
final class NestedLoopProbeWorker implements StreamingWorker {
    private final JoinType type;
    private final NestedLoopBuild build;
    private final WorkerContext context;
    private final MemoryAllocator allocator;
    private final CandidateCondition condition;
    private final JoinOutput output;
    private final BitSet needed;
    private final int probeWidth;
    private final int buildWidth;
    private final boolean emitsPairs;
    private final boolean marksBuild;
    private final boolean nullAware;
    private final Scratch bitScratch;
    private final Scratch chunkScratch;
    private final Scratch index;

    NestedLoopProbeWorker(
            NestedLoopJoin node,
            NestedLoopBuild build,
            ConditionCompiler compiler,
            WorkerContext context) {
        this.type = node.type();
        this.build = build;
        this.context = context;
        this.allocator = context.allocator();
        this.probeWidth = node.probe().schema().size();
        this.buildWidth = node.build().schema().size();
        this.marksBuild = HashJoinOperation.marksBuildRows(type);
        this.emitsPairs = type.hasProbeColumns() && type.hasBuildColumns();
        this.nullAware = type == JoinType.ANTI_NULL_AWARE || type == JoinType.MARK_NULL_AWARE;
        this.needed = InputReferences.of(node.condition());
        if (emitsPairs) {
            node.output().forEach(needed::set);
        }
        this.condition = new CandidateCondition(node.condition(), nullAware, compiler, context);
        this.output =
                new JoinOutput(
                        type,
                        node.probe().schema(),
                        node.build().schema(),
                        node.output(),
                        allocator);
        this.bitScratch = new Scratch(allocator);
        this.chunkScratch = new Scratch(allocator);
        this.index = new Scratch(allocator);
    }

    @Override
    public Status process(Batch input, BatchConsumer consumer) {
        try (input) {
            int buildRows = build.rows().rowCount();
            if (buildRows == 0 && marksNothing()) {
                return Status.DONE;
            }
            if (input.selectedCount() > 0) {
                State state = new State(input, bitScratch);
                if (buildRows <= input.selectedCount()) {
                    byBuildRow(state, consumer);
                } else {
                    byProbeRow(state, consumer);
                }
                emitRest(state, consumer);
            }
            return Status.NEED_INPUT;
        }
    }

    /// Tells whether the result is empty when the build side is.
    private boolean marksNothing() {
        return switch (type) {
            case INNER, SEMI, RIGHT, BUILD_SEMI, BUILD_ANTI -> true;
            case LEFT, FULL, SINGLE, ANTI, ANTI_NULL_AWARE, MARK, MARK_NULL_AWARE -> false;
        };
    }

    /// What is known of the rows of one probe batch.
    private static final class State {
        private final Batch probe;
        private final int rowCount;
        private final long bytes;

        /// Rows still to be tried.
        private final MemorySegment open;

        private final MemorySegment matched;
        private final MemorySegment unknown;
        private final MemorySegment passed;
        private final MemorySegment passedUnknown;
        private int openCount;

        private State(Batch probe, Scratch scratch) {
            this.probe = probe;
            rowCount = probe.rowCount();
            bytes = Bitmap.bytes(rowCount);
            MemorySegment bits = scratch.get(5 * bytes);
            open = bits.asSlice(0, bytes);
            matched = bits.asSlice(bytes, bytes).fill((byte) 0);
            unknown = bits.asSlice(2 * bytes, bytes).fill((byte) 0);
            passed = bits.asSlice(3 * bytes, bytes);
            passedUnknown = bits.asSlice(4 * bytes, bytes);
            Rows.copySelection(probe.selection(), rowCount, open);
            openCount = probe.selectedCount();
        }
    }

    private void byBuildRow(State state, BatchConsumer consumer) {
        Batch probe = state.probe;
        int rowCount = state.rowCount;
        for (int row = 0; row < build.rows().rowCount() && state.openCount > 0; row++) {
            context.checkCancelled();
            if (!emitsPairs && marksBuild && build.isMarked(row)) {
                continue;
            }
            try (Ownership owned = new Ownership()) {
                Column[] columns = new Column[probeWidth + buildWidth];
                for (int c = 0; c < columns.length; c++) {
                    columns[c] =
                            owned.hold(
                                    c < probeWidth
                                            ? probe.column(c).retain()
                                            : needed.get(c)
                                                    ? repeat(
                                                            build.rows().column(c - probeWidth),
                                                            row,
                                                            rowCount)
                                                    : placeholder(c, probe, rowCount));
                }
                Batch candidates =
                        Batch.selected(
                                rowCount,
                                columns,
                                owned.hold(Rows.copy(state.open, rowCount, allocator)),
                                state.openCount);
                int count = condition.evaluate(candidates, state.passed, state.passedUnknown);
                if (count > 0) {
                    if (marksBuild) {
                        build.mark(row);
                    }
                    accept(state, count);
                    if (emitsPairs) {
                        consumer.accept(output.select(columns, rowCount, state.passed, count));
                    }
                }
                if (nullAware) {
                    or(state.unknown, state.passedUnknown, rowCount);
                }
            }
        }
    }

    /// Notes the probe rows in `passed` as matched.
    private void accept(State state, int count) {
        int rowCount = state.rowCount;
        if (type == JoinType.SINGLE && intersects(state.matched, state.passed, rowCount)) {
            throw PairExpansion.moreThanOneRow();
        }
        or(state.matched, state.passed, rowCount);
        if (!emitsPairs && !marksBuild) {
            state.openCount -= count;
            Rows.andNot(state.open, state.passed, rowCount);
        }
    }

    private void byProbeRow(State state, BatchConsumer consumer) {
        for (int row = 0; row < state.rowCount; row++) {
            if (Bitmap.get(state.open, row)) {
                try (Ownership owned = new Ownership()) {
                    Column[] singles = new Column[probeWidth];
                    for (int c = 0; c < probeWidth; c++) {
                        if (needed.get(c)) {
                            singles[c] = owned.hold(single(state.probe.column(c), row));
                        }
                    }
                    tryChunks(state, row, singles, consumer);
                }
            }
        }
    }

    private void tryChunks(
            State state, int row, @Nullable Column[] singles, BatchConsumer consumer) {
        int found = 0;
        int from = 0;
        long bytes = Bitmap.bytes(NestedLoopBuild.CHUNK_ROWS);
        MemorySegment bits = chunkScratch.get(2 * bytes);
        MemorySegment passed = bits.asSlice(0, bytes);
        MemorySegment unknown = bits.asSlice(bytes, bytes);
        for (Batch chunk : build.chunks()) {
            context.checkCancelled();
            int rowCount = chunk.rowCount();
            try (Ownership owned = new Ownership()) {
                Column[] columns = new Column[probeWidth + buildWidth];
                for (int c = 0; c < columns.length; c++) {
                    Column single = c < probeWidth ? singles[c] : null;
                    columns[c] =
                            owned.hold(
                                    c >= probeWidth
                                            ? chunk.column(c - probeWidth).retain()
                                            : single == null
                                                    ? placeholder(c, state.probe, rowCount)
                                                    : new ConstantColumn(
                                                            rowCount, single.retain()));
                }
                int count = condition.evaluate(Batch.of(rowCount, columns), passed, unknown);
                found += count;
                if (type == JoinType.SINGLE && found > 1) {
                    throw PairExpansion.moreThanOneRow();
                }
                if (count > 0) {
                    Bitmap.set(state.matched, row, true);
                    if (marksBuild) {
                        markAll(passed, rowCount, from);
                    }
                    if (emitsPairs) {
                        consumer.accept(output.select(columns, rowCount, passed, count));
                    } else if (!marksBuild) {
                        return;
                    }
                }
                if (nullAware && Bitmap.count(unknown, rowCount) > 0) {
                    Bitmap.set(state.unknown, row, true);
                }
            }
            from += rowCount;
        }
    }

    private void markAll(MemorySegment passed, int rowCount, int from) {
        MemorySegment rows = index.get(4L * rowCount);
        int count = Bitmap.toIndexes(passed, rowCount, rows);
        for (int i = 0; i < count; i++) {
            build.mark(from + Rows.get(rows, i));
        }
    }

    /// Emits what follows from all build rows having been tried.
    private void emitRest(State state, BatchConsumer consumer) {
        int rowCount = state.rowCount;
        MemorySegment rest = state.passed;
        Rows.copySelection(state.probe.selection(), rowCount, rest);
        switch (type) {
            case INNER, RIGHT, BUILD_SEMI, BUILD_ANTI -> {}
            case LEFT, FULL, SINGLE, ANTI ->
                    emit(state, rest, Rows.andNot(rest, state.matched, rowCount), consumer);
            case ANTI_NULL_AWARE -> {
                Rows.andNot(rest, state.matched, rowCount);
                emit(state, rest, Rows.andNot(rest, state.unknown, rowCount), consumer);
            }
            case SEMI ->
                    emit(state, state.matched, Bitmap.count(state.matched, rowCount), consumer);
            case MARK, MARK_NULL_AWARE -> emitMarked(state, consumer);
        }
    }

    private void emit(State state, MemorySegment rows, int count, BatchConsumer consumer) {
        if (count > 0) {
            consumer.accept(
                    output.inPlace(state.probe, build.rows(), rows, count, null, true, null));
        }
    }

    private void emitMarked(State state, BatchConsumer consumer) {
        int rowCount = state.rowCount;
        Column mark;
        try (Ownership owned = new Ownership()) {
            DataBuffer values = owned.hold(Rows.copy(state.matched, rowCount, allocator));
            DataBuffer known = null;
            Rows.andNot(state.unknown, state.matched, rowCount);
            if (nullAware && Bitmap.count(state.unknown, rowCount) > 0) {
                known = owned.hold(allocator.allocate(state.bytes));
                Bitmap.fill(known.segment(), rowCount);
                Rows.andNot(known.segment(), state.unknown, rowCount);
            }
            mark = new FlatColumn(ScalarType.BOOLEAN, rowCount, values, known);
            owned.transfer();
        }
        DataBuffer selection = state.probe.selection();
        consumer.accept(
                output.inPlace(
                        state.probe,
                        build.rows(),
                        selection == null ? null : selection.segment(),
                        state.probe.selectedCount(),
                        null,
                        true,
                        mark));
    }

    private Column repeat(Column column, int row, int rowCount) {
        return new ConstantColumn(rowCount, single(column, row));
    }

    /// Returns one row of a column in a plain form.
    private Column single(Column column, int row) {
        MemorySegment rows = index.get(4);
        Rows.set(rows, 0, row);
        Column picked = ColumnGather.gather(column, rows, 1, allocator);
        try {
            return ColumnFlatten.flatten(picked, allocator);
        } finally {
            picked.release();
        }
    }

    private Column placeholder(int column, Batch probe, int rowCount) {
        Type columnType =
                column < probeWidth
                        ? probe.column(column).type()
                        : build.rows().column(column - probeWidth).type();
        return ConstantColumns.nulls(columnType, rowCount, allocator);
    }

    private static void or(MemorySegment to, MemorySegment from, int rowCount) {
        int words = (rowCount + 63) >>> 6;
        for (int w = 0; w < words; w++) {
            Bitmap.setWord(to, w, Bitmap.word(to, w) | Bitmap.word(from, w));
        }
    }

    private static boolean intersects(MemorySegment left, MemorySegment right, int rowCount) {
        int words = (rowCount + 63) >>> 6;
        for (int w = 0; w < words; w++) {
            if ((Bitmap.word(left, w) & Bitmap.word(right, w)) != 0) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void close() {
        condition.close();
        output.close();
        bitScratch.close();
        chunkScratch.close();
        index.close();
    }
}
