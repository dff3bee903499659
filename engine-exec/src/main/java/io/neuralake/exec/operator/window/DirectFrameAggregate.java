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

/// Aggregates each frame from its rows, for functions whose states cannot be shared (DISTINCT,
/// collecting ones). Neighbours with the same frame share one result.
final class DirectFrameAggregate extends AggregateEvaluator {
    private final Frames frames;
    private final int[] positions = new int[CHUNK_ROWS];
    private final int[] groups = new int[CHUNK_ROWS];
    private int filled;

    DirectFrameAggregate(
            AggregateCall call,
            Schema schema,
            Frames frames,
            SortedRows rows,
            MemoryAllocator allocator) {
        super(call, schema, rows, allocator);
        this.frames = frames;
    }

    @Override
    public Column evaluate(int from, int count, MemoryAllocator target) {
        DataBuffer indexes = target.allocate(4L * count);
        try (States states = newStates()) {
            states.groups().ensure(count);
            int group = -1;
            int[] last = new int[0];
            filled = 0;
            for (int i = 0; i < count; i++) {
                frames.locate(from + i);
                int[] frame = new int[2 * frames.pieces()];
                for (int piece = 0; piece < frames.pieces(); piece++) {
                    frame[2 * piece] = frames.start(piece);
                    frame[2 * piece + 1] = frames.end(piece);
                }
                if (group < 0 || !java.util.Arrays.equals(frame, last)) {
                    group++;
                    last = frame;
                    addFrame(frame, group, states);
                }
                NativeMemory.setInt(indexes.segment(), 4L * i, group);
            }
            flush(states);
            scratch.reset();
            states.set().complete(scratch);
            Column results = states.set().result(0, 0, group + 1, target);
            try {
                return ColumnGather.gather(results, indexes.segment(), count, target);
            } finally {
                results.release();
            }
        } finally {
            indexes.release();
        }
    }

    private void addFrame(int[] frame, int group, States states) {
        for (int piece = 0; piece < frame.length; piece += 2) {
            for (int position = frame[piece]; position < frame[piece + 1]; position++) {
                positions[filled] = position;
                groups[filled] = group;
                if (++filled == CHUNK_ROWS) {
                    flush(states);
                }
            }
        }
    }

    private void flush(States states) {
        scratch.reset();
        MemorySegment at = scratch.ints(filled);
        MemorySegment.copy(positions, 0, at, INT, 0, filled);
        MemorySegment into = scratch.ints(filled);
        MemorySegment.copy(groups, 0, into, INT, 0, filled);
        states.set().add(columns, new RowSet(filled, at, into), scratch);
        filled = 0;
    }
}
