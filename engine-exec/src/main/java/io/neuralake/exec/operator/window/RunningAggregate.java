package io.neuralake.exec.operator.window;

import io.neuralake.exec.function.aggregate.RowSet;
import io.neuralake.exec.plan.PhysicalPlan.AggregateCall;
import io.neuralake.exec.row.ColumnAppender;
import io.neuralake.exec.row.ColumnGather;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.type.Schema;

import java.lang.foreign.MemorySegment;

/// Aggregates frames that begin with their partition. Every row is a group of its own; merging each
/// into the next, in order, gives the running states in one pass. Group 0 carries the state over
/// from the chunk before.
final class RunningAggregate extends AggregateEvaluator {
    private final Frames frames;
    private final Column running;

    RunningAggregate(
            AggregateCall call,
            Schema schema,
            Frames frames,
            SortedRows rows,
            MemoryAllocator allocator) {
        super(call, schema, rows, allocator);
        this.frames = frames;
        try (States states = newStates();
                ColumnAppender results = new ColumnAppender(call.output().type(), allocator)) {
            int previous = 0;
            for (int from = 0; from < rows.count(); from += CHUNK_ROWS) {
                int count = Math.min(CHUNK_ROWS, rows.count() - from);
                if (from == 0) {
                    states.groups().restart(count + 1);
                } else {
                    states.groups().restartFrom(previous, count + 1);
                }
                addChunk(states, from, count);
                append(states, 1, count, results);
                previous = count;
            }
            // the result of an empty frame comes last
            states.groups().restart(1);
            append(states, 0, 1, results);
            running = results.finish();
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private void addChunk(States states, int from, int count) {
        scratch.reset();
        MemorySegment groups = positions(1, count);
        states.set().add(columns, new RowSet(count, positions(from, count), groups), scratch);
        MemorySegment before = scratch.ints(count);
        MemorySegment into = scratch.ints(count);
        int pairs = 0;
        for (int i = 0; i < count; i++) {
            if (rows.partitionStart(from + i) < from + i) {
                NativeMemory.setInt(before, 4L * pairs, i);
                NativeMemory.setInt(into, 4L * pairs, i + 1);
                pairs++;
            }
        }
        states.set().merge(states.set(), before, into, pairs, scratch);
    }

    private void append(States states, int from, int count, ColumnAppender results) {
        Column column = states.set().result(0, from, count, allocator);
        try {
            results.append(column);
        } finally {
            column.release();
        }
    }

    @Override
    public Column evaluate(int from, int count, MemoryAllocator target) {
        DataBuffer indexes = target.allocate(4L * count);
        try {
            for (int i = 0; i < count; i++) {
                frames.locate(from + i);
                int last = frames.pieces() == 0 ? rows.count() : frames.end(0) - 1;
                NativeMemory.setInt(indexes.segment(), 4L * i, last);
            }
            return ColumnGather.gather(running, indexes.segment(), count, target);
        } finally {
            indexes.release();
        }
    }

    @Override
    @SuppressWarnings("NullAway") // null when the constructor fails
    public void close() {
        if (running != null) {
            running.release();
        }
        super.close();
    }
}
