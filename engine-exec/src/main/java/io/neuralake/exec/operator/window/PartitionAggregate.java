package io.neuralake.exec.operator.window;

import io.neuralake.exec.function.aggregate.RowSet;
import io.neuralake.exec.plan.PhysicalPlan.AggregateCall;
import io.neuralake.exec.row.ColumnGather;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.type.Schema;

import java.lang.foreign.MemorySegment;

/// Aggregates whole partitions: one group a partition.
final class PartitionAggregate extends AggregateEvaluator {
    private final Column results;

    PartitionAggregate(
            AggregateCall call, Schema schema, SortedRows rows, MemoryAllocator allocator) {
        super(call, schema, rows, allocator);
        try (States states = newStates()) {
            states.groups().ensure(rows.partitionCount());
            for (int from = 0; from < rows.count(); from += CHUNK_ROWS) {
                int count = Math.min(CHUNK_ROWS, rows.count() - from);
                scratch.reset();
                MemorySegment groups = scratch.ints(count);
                for (int i = 0; i < count; i++) {
                    NativeMemory.setInt(groups, 4L * i, rows.partition(from + i));
                }
                states.set()
                        .add(columns, new RowSet(count, positions(from, count), groups), scratch);
            }
            scratch.reset();
            states.set().complete(scratch);
            results = states.set().result(0, 0, rows.partitionCount(), allocator);
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    @Override
    public Column evaluate(int from, int count, MemoryAllocator target) {
        DataBuffer indexes = target.allocate(4L * count);
        try {
            for (int i = 0; i < count; i++) {
                NativeMemory.setInt(indexes.segment(), 4L * i, rows.partition(from + i));
            }
            return ColumnGather.gather(results, indexes.segment(), count, target);
        } finally {
            indexes.release();
        }
    }

    @Override
    @SuppressWarnings("NullAway") // null when the constructor fails
    public void close() {
        if (results != null) {
            results.release();
        }
        super.close();
    }
}
