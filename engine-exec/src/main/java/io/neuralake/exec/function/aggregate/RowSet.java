package io.neuralake.exec.function.aggregate;

import io.neuralake.spi.memory.NativeMemory;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/// Names rows of a batch, and the group each belongs to. Position `i` stands for row `rows[i]` (row
/// `i` when `rows` is null) and group `groups[i]` (group 0 when `groups` is null). Valid as long as
/// the scratch it lies in.
///
/// @param count number of positions
/// @param rows int32 row indexes, ascending
/// @param groups int32 group ids
public record RowSet(int count, @Nullable MemorySegment rows, @Nullable MemorySegment groups) {
    /// Returns the row at a position.
    int row(int position) {
        return rows == null ? position : NativeMemory.getInt(rows, 4L * position);
    }

    /// Returns the group at a position.
    int group(int position) {
        return groups == null ? 0 : NativeMemory.getInt(groups, 4L * position);
    }

    /// Returns the same rows in other groups.
    public RowSet withGroups(MemorySegment newGroups) {
        return new RowSet(count, rows, newGroups);
    }

    /// Keeps the positions listed.
    ///
    /// @param positions `kept` int32, ascending
    RowSet keep(MemorySegment positions, int kept, BatchScratch scratch) {
        if (kept == count) {
            return this;
        }
        MemorySegment newRows = positions;
        if (rows != null) {
            newRows = scratch.ints(kept);
            pick(rows, positions, kept, newRows);
        }
        MemorySegment newGroups = null;
        if (groups != null) {
            newGroups = scratch.ints(kept);
            pick(groups, positions, kept, newGroups);
        }
        return new RowSet(kept, newRows, newGroups);
    }

    private static void pick(
            MemorySegment from, MemorySegment positions, int count, MemorySegment to) {
        for (int i = 0; i < count; i++) {
            long position = NativeMemory.getInt(positions, 4L * i);
            NativeMemory.setInt(to, 4L * i, NativeMemory.getInt(from, position << 2));
        }
    }
}
