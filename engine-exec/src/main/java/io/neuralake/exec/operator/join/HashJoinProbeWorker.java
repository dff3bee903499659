package io.neuralake.exec.operator.join;

import io.neuralake.exec.operator.BatchConsumer;
import io.neuralake.exec.operator.StreamingWorker;
import io.neuralake.exec.operator.WorkerContext;
import io.neuralake.exec.plan.PhysicalPlan.HashJoin;
import io.neuralake.exec.plan.PhysicalPlan.JoinType;
import io.neuralake.exec.row.ConstantColumns;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.FlatColumn;
import io.neuralake.spi.type.ScalarType;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.List;

/// Probes with one batch at a time. Where no key of the batch has several build rows, and where only
/// the existence of a match matters, rows keep their places: probe columns are shared and build
/// columns gathered. Else pairs are expanded.
final class HashJoinProbeWorker implements StreamingWorker {
    private final JoinType type;
    private final BuildSide build;
    private final KeyColumns keyColumns;
    private final List<Integer> keyPositions;
    private final @Nullable PairCondition condition;
    private final WorkerContext context;
    private final ProbeLookup lookup;
    private final JoinOutput output;
    private final PairExpansion expansion;
    private final @Nullable MatchSearch matchSearch;
    private final UnknownSearch unknownSearch;
    private final Scratch headScratch;
    private final Scratch bitScratch;

    /// Takes ownership of `keyColumns` and `condition`.
    HashJoinProbeWorker(
            HashJoin node,
            BuildSide build,
            KeyColumns keyColumns,
            List<Integer> keyPositions,
            @Nullable PairCondition condition,
            WorkerContext context) {
        this.type = node.type();
        this.build = build;
        this.keyColumns = keyColumns;
        this.keyPositions = keyPositions;
        this.condition = condition;
        this.context = context;
        this.lookup = new ProbeLookup(build.keys(), build.table(), context.allocator());
        this.output =
                new JoinOutput(
                        type,
                        node.probe().schema(),
                        node.build().schema(),
                        node.output(),
                        context.allocator());
        this.expansion = new PairExpansion(type, build, condition, output, context);
        this.matchSearch = condition == null ? null : new MatchSearch(build, condition, context);
        this.unknownSearch = new UnknownSearch(build, condition, context);
        this.headScratch = new Scratch(context.allocator());
        this.bitScratch = new Scratch(context.allocator());
    }

    @Override
    public Status process(Batch input, BatchConsumer consumer) {
        try (input) {
            if (build.isEmpty()) {
                return withoutBuildRows(input, consumer);
            }
            if (input.selectedCount() > 0) {
                try (Batch extended = keyColumns.extend(input)) {
                    probe(input, BuildKeys.pick(extended, keyPositions), consumer);
                }
            }
            return Status.NEED_INPUT;
        }
    }

    private Status withoutBuildRows(Batch input, BatchConsumer consumer) {
        switch (type) {
            case INNER, SEMI, RIGHT, BUILD_SEMI, BUILD_ANTI -> {
                return Status.DONE;
            }
            case LEFT, FULL, SINGLE, ANTI, ANTI_NULL_AWARE -> emitAll(input, null, consumer);
            case MARK, MARK_NULL_AWARE ->
                    emitAll(
                            input,
                            ConstantColumns.of(
                                    ScalarType.BOOLEAN,
                                    false,
                                    input.rowCount(),
                                    context.allocator()),
                            consumer);
        }
        return Status.NEED_INPUT;
    }

    /// Emits the selected rows with null build columns.
    private void emitAll(Batch input, @Nullable Column mark, BatchConsumer consumer) {
        if (input.selectedCount() == 0) {
            if (mark != null) {
                mark.release();
            }
            return;
        }
        DataBuffer selection = input.selection();
        consumer.accept(
                output.inPlace(
                        input,
                        build.rows(),
                        selection == null ? null : selection.segment(),
                        input.selectedCount(),
                        null,
                        true,
                        mark));
    }

    private void probe(Batch input, List<Column> keys, BatchConsumer consumer) {
        int rowCount = input.rowCount();
        long bytes = Bitmap.bytes(rowCount);
        MemorySegment heads = headScratch.get(4L * rowCount);
        MemorySegment bits = bitScratch.get(3 * bytes);
        MemorySegment matched = bits.asSlice(0, bytes);
        int count = lookup.find(input, keys, heads, matched);
        boolean several = count > 0 && build.table().hasDuplicates() && anySeveral(heads, rowCount);
        if (several && (condition != null || needsEachPair())) {
            if (condition != null && matchSearch != null && needsOnlyExistence()) {
                count = matchSearch.search(input, heads, matched);
                emitInPlace(input, keys, heads, bits, count, consumer);
            } else {
                expansion.expand(input, heads, consumer);
            }
            return;
        }
        if (condition != null && count > 0) {
            count = condition.filterMatches(input, build.rows(), heads, matched, count);
            Rows.keep(heads, rowCount, matched);
        }
        emitInPlace(input, keys, heads, bits, count, consumer);
    }

    private boolean needsEachPair() {
        return switch (type) {
            case INNER, LEFT, RIGHT, FULL, SINGLE -> true;
            case SEMI, ANTI, ANTI_NULL_AWARE, MARK, MARK_NULL_AWARE, BUILD_SEMI, BUILD_ANTI ->
                    false;
        };
    }

    private boolean needsOnlyExistence() {
        return type.hasProbeColumns() && !type.hasBuildColumns();
    }

    private boolean anySeveral(MemorySegment heads, int rowCount) {
        long next = build.table().nextAddress();
        for (int i = 0; i < rowCount; i++) {
            int head = Rows.get(heads, i);
            if (head >= 0 && JoinTable.next(next, head) >= 0) {
                return true;
            }
        }
        return false;
    }

    /// Emits or marks, given for each row its only match, or just whether there is one.
    ///
    /// @param bits three bitmaps, the first with the matched rows
    private void emitInPlace(
            Batch input,
            List<Column> keys,
            MemorySegment heads,
            MemorySegment bits,
            int count,
            BatchConsumer consumer) {
        int rowCount = input.rowCount();
        long bytes = Bitmap.bytes(rowCount);
        MemorySegment matched = bits.asSlice(0, bytes);
        MemorySegment others = bits.asSlice(bytes, bytes);
        DataBuffer selection = input.selection();
        switch (type) {
            case INNER -> emit(input, matched, count, heads, false, consumer);
            case RIGHT -> {
                build.mark(heads, rowCount);
                emit(input, matched, count, heads, false, consumer);
            }
            case FULL -> {
                build.mark(heads, rowCount);
                emitOuter(input, selection, heads, consumer);
            }
            case LEFT, SINGLE -> emitOuter(input, selection, heads, consumer);
            case SEMI -> emit(input, matched, count, null, false, consumer);
            case ANTI -> {
                Rows.copySelection(selection, rowCount, others);
                int left = Rows.andNot(others, matched, rowCount);
                emit(input, others, left, null, false, consumer);
            }
            case ANTI_NULL_AWARE -> {
                Rows.copySelection(selection, rowCount, others);
                int left = Rows.andNot(others, matched, rowCount);
                MemorySegment unknown = bits.asSlice(2 * bytes, bytes);
                if (left > 0 && unknownSearch.search(input, keys, others, unknown) > 0) {
                    left = Rows.andNot(others, unknown, rowCount);
                }
                emit(input, others, left, null, false, consumer);
            }
            case MARK -> emitAll(input, marks(matched, null, rowCount), consumer);
            case MARK_NULL_AWARE -> {
                Rows.copySelection(selection, rowCount, others);
                int left = Rows.andNot(others, matched, rowCount);
                MemorySegment unknown = bits.asSlice(2 * bytes, bytes);
                boolean any = left > 0 && unknownSearch.search(input, keys, others, unknown) > 0;
                emitAll(input, marks(matched, any ? unknown : null, rowCount), consumer);
            }
            case BUILD_SEMI, BUILD_ANTI -> {
                if (condition == null) {
                    build.markKeys(heads, rowCount);
                } else {
                    build.mark(heads, rowCount);
                }
            }
        }
    }

    private void emit(
            Batch input,
            MemorySegment selected,
            int count,
            @Nullable MemorySegment heads,
            boolean nullable,
            BatchConsumer consumer) {
        if (count > 0) {
            consumer.accept(
                    output.inPlace(input, build.rows(), selected, count, heads, nullable, null));
        }
    }

    private void emitOuter(
            Batch input,
            @Nullable DataBuffer selection,
            MemorySegment heads,
            BatchConsumer consumer) {
        consumer.accept(
                output.inPlace(
                        input,
                        build.rows(),
                        selection == null ? null : selection.segment(),
                        input.selectedCount(),
                        heads,
                        true,
                        null));
    }

    private Column marks(MemorySegment matched, @Nullable MemorySegment unknown, int rowCount) {
        DataBuffer values = Rows.copy(matched, rowCount, context.allocator());
        if (unknown == null) {
            return new FlatColumn(ScalarType.BOOLEAN, rowCount, values, null);
        }
        try {
            DataBuffer known = context.allocator().allocate(Bitmap.bytes(rowCount));
            Bitmap.fill(known.segment(), rowCount);
            Rows.andNot(known.segment(), unknown, rowCount);
            return new FlatColumn(ScalarType.BOOLEAN, rowCount, values, known);
        } catch (RuntimeException e) {
            values.release();
            throw e;
        }
    }

    @Override
    public void close() {
        lookup.close();
        output.close();
        expansion.close();
        if (matchSearch != null) {
            matchSearch.close();
        }
        unknownSearch.close();
        headScratch.close();
        bitScratch.close();
        keyColumns.close();
        if (condition != null) {
            condition.close();
        }
    }
}
