package io.neuralake.exec.operator.window;

import io.neuralake.exec.function.aggregate.AccumulatorSet;
import io.neuralake.exec.function.aggregate.BatchScratch;
import io.neuralake.exec.function.aggregate.GroupRows;
import io.neuralake.exec.plan.PhysicalPlan.AggregateCall;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.type.Schema;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/// What the strategies for aggregates over frames share: accumulators over sorted columns.
abstract class AggregateEvaluator implements WindowEvaluator {
    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    static final int CHUNK_ROWS = 2048;

    final SortedRows rows;
    final AggregateCall call;
    final Schema schema;
    final MemoryAllocator allocator;
    final Column[] columns;
    final BatchScratch scratch;

    AggregateEvaluator(
            AggregateCall call, Schema schema, SortedRows rows, MemoryAllocator allocator) {
        this.call = call;
        this.schema = schema;
        this.rows = rows;
        this.allocator = allocator;
        this.scratch = new BatchScratch(allocator);
        this.columns = new Column[schema.size()];
        for (int argument : call.arguments()) {
            columns[argument] = rows.sorted(argument);
        }
        if (call.filter() >= 0) {
            columns[call.filter()] = rows.sorted(call.filter());
        }
    }

    /// Accumulators and the rows that they are bound to.
    record States(AccumulatorSet set, GroupRows groups) implements AutoCloseable {
        @Override
        public void close() {
            set.close();
            groups.close();
        }
    }

    final States newStates() {
        AccumulatorSet set = new AccumulatorSet(List.of(call), schema, true, allocator);
        GroupRows groups = new GroupRows(allocator, set.template());
        set.bind(groups, 0);
        return new States(set, groups);
    }

    /// Returns positions `from` to `from + count`.
    final MemorySegment positions(int from, int count) {
        MemorySegment positions = scratch.ints(count);
        for (int i = 0; i < count; i++) {
            NativeMemory.setInt(positions, 4L * i, from + i);
        }
        return positions;
    }

    @Override
    public void close() {
        scratch.close();
    }
}
