package io.neuralake.exec.function.aggregate;

import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.memory.NativeMemory;

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
            long at = NativeMemory.getInt(groups, (long) i << 2) + 2L << 2;
            NativeMemory.setInt(s, at, NativeMemory.getInt(s, at) + 1);
        }
        for (int g = 2; g <= groupCount + 1; g++) {
            NativeMemory.setInt(
                    s,
                    (long) g << 2,
                    NativeMemory.getInt(s, (long) g << 2) + NativeMemory.getInt(s, g - 1L << 2));
        }
        MemorySegment e = entries.segment();
        for (int i = 0; i < entryCount; i++) {
            long at = NativeMemory.getInt(groups, (long) i << 2) + 1L << 2;
            int to = NativeMemory.getInt(s, at);
            NativeMemory.setInt(e, (long) to << 2, i);
            NativeMemory.setInt(s, at, to + 1);
        }
    }

    /// Returns the position of a group's first entry; that of the next group is its end.
    int start(int group) {
        return NativeMemory.getInt(starts.segment(), (long) group << 2);
    }

    /// Returns the entry at a position.
    int entry(int position) {
        return NativeMemory.getInt(entries.segment(), (long) position << 2);
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
