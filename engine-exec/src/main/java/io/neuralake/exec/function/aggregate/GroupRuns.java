package io.neuralake.exec.function.aggregate;

import static io.neuralake.exec.function.aggregate.Operands.INT;

import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.memory.MemoryAllocator;

import java.lang.foreign.MemorySegment;

/// Lists the entries of each group, in their order: a counting sort of entries by group.
final class GroupRuns implements AutoCloseable {
    private final DataBuffer starts;
    private final DataBuffer entries;

    /// Sorts `entryCount` entries, of which `groups` holds the group as int32.
    GroupRuns(MemoryAllocator allocator, MemorySegment groups, int entryCount, int groupCount) {
        starts = allocator.allocateZeroed(4L * (groupCount + 2));
        try {
            entries = allocator.allocate(4L * entryCount);
        } catch (RuntimeException | Error e) {
            starts.release();
            throw e;
        }
        MemorySegment s = starts.segment();
        for (int i = 0; i < entryCount; i++) {
            long at = groups.get(INT, (long) i << 2) + 2L << 2;
            s.set(INT, at, s.get(INT, at) + 1);
        }
        for (int g = 2; g <= groupCount + 1; g++) {
            s.set(INT, (long) g << 2, s.get(INT, (long) g << 2) + s.get(INT, g - 1L << 2));
        }
        MemorySegment e = entries.segment();
        for (int i = 0; i < entryCount; i++) {
            long at = groups.get(INT, (long) i << 2) + 1L << 2;
            int to = s.get(INT, at);
            e.set(INT, (long) to << 2, i);
            s.set(INT, at, to + 1);
        }
    }

    /// Returns the position of a group's first entry; that of the next group is its end.
    int start(int group) {
        return starts.segment().get(INT, (long) group << 2);
    }

    /// Returns the entry at a position.
    int entry(int position) {
        return entries.segment().get(INT, (long) position << 2);
    }

    /// Returns the entries of positions `from` to `to`.
    MemorySegment entries(int from, int to) {
        return entries.segment().asSlice((long) from << 2, (long) (to - from) << 2);
    }

    @Override
    public void close() {
        starts.release();
        entries.release();
    }
}
