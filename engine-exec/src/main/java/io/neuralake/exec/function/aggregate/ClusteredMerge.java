package io.neuralake.exec.function.aggregate;

import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.memory.NativeMemory;

import java.lang.foreign.MemorySegment;
import java.util.List;

/// Merges the groups of workers that have grouped parts of a table which is clustered by the key. They
/// have nearly no key in common but where one's rows end and another's begin, so that it is enough to
/// find those few by comparing pages of [DenseSlots], and to move them: all other groups stay where
/// they are, and nothing is looked up.
public final class ClusteredMerge {
    private static final int MOVED_ROWS = 2048;

    private final List<Part> parts;
    private final MemoryAllocator allocator;
    private final MemorySegment mine;
    private final MemorySegment theirs;

    /// The groups of one worker, to which nothing is added any more.
    public record Part(GroupTable table, AccumulatorSet accumulators) {}

    private ClusteredMerge(List<Part> parts, MemoryAllocator allocator, DataBuffer room) {
        this.parts = parts;
        this.allocator = allocator;
        this.mine = room.segment().asSlice(0, DenseSlots.GROUPS_BYTES);
        this.theirs = room.segment().asSlice(DenseSlots.GROUPS_BYTES, DenseSlots.GROUPS_BYTES);
    }

    /// Moves each group that several parts have to the first of them, if these are few. After that no
    /// key is in two parts, and groups have other numbers than before.
    ///
    /// @param most how many groups may be moved
    /// @return false if there are more, or parts whose keys do not lie in pages: then nothing has changed
    public static boolean merge(List<Part> parts, int most, MemoryAllocator allocator) {
        for (Part part : parts) {
            if (part.table().pages() == null || !part.accumulators().isSelfContained()) {
                return false;
            }
        }
        DataBuffer room = allocator.allocate(2 * DenseSlots.GROUPS_BYTES);
        try {
            ClusteredMerge merge = new ClusteredMerge(parts, allocator, room);
            if (merge.countCommon(most) > most) {
                return false;
            }
            // the last one first: its numbers are no longer needed when they change
            for (int p = parts.size() - 1; p > 0; p--) {
                merge.moveCommon(p);
            }
            return true;
        } finally {
            room.release();
        }
    }

    private long countCommon(int most) {
        long common = 0;
        for (int p = 1; p < parts.size(); p++) {
            DenseSlots slots = slots(p);
            for (long page = slots.firstPage(); page < slots.endPage(); page++) {
                for (int owner = 0; owner < p && slots.hasPage(page); owner++) {
                    if (slots(owner).hasPage(page)) {
                        common += slots.common(page, slots(owner), mine, theirs);
                        if (common > most) {
                            return common;
                        }
                    }
                }
            }
        }
        return common;
    }

    private DenseSlots slots(int part) {
        DenseSlots slots = parts.get(part).table().pages();
        if (slots == null) {
            throw new IllegalStateException("Keys do not lie in pages");
        }
        return slots;
    }

    private void moveCommon(int part) {
        GroupTable table = parts.get(part).table();
        DenseSlots slots = slots(part);
        DataBuffer moved = allocator.allocateZeroed(Bitmap.bytes(table.groupCount()) + 8);
        try (BatchScratch scratch = new BatchScratch(allocator)) {
            for (int owner = 0; owner < part; owner++) {
                for (long page = slots.firstPage(); page < slots.endPage(); page++) {
                    if (slots.hasPage(page) && slots(owner).hasPage(page)) {
                        int count = slots.common(page, slots(owner), mine, theirs);
                        move(part, owner, withoutMoved(count, moved.segment()), scratch);
                    }
                }
                int nulls = table.nullGroup();
                int ownersNulls = parts.get(owner).table().nullGroup();
                if (nulls >= 0 && ownersNulls >= 0) {
                    NativeMemory.setInt(mine, 0, nulls);
                    NativeMemory.setInt(theirs, 0, ownersNulls);
                    move(part, owner, withoutMoved(1, moved.segment()), scratch);
                }
            }
            table.remove(moved.segment());
        } finally {
            moved.release();
        }
    }

    /// Drops the groups that were moved before, and notes the others.
    private int withoutMoved(int count, MemorySegment moved) {
        int kept = 0;
        for (int i = 0; i < count; i++) {
            int group = NativeMemory.getInt(mine, (long) i << 2);
            if (!Bitmap.get(moved, group)) {
                Bitmap.set(moved, group, true);
                NativeMemory.setInt(mine, (long) kept << 2, group);
                int other = NativeMemory.getInt(theirs, (long) i << 2);
                NativeMemory.setInt(theirs, (long) kept << 2, other);
                kept++;
            }
        }
        return kept;
    }

    private void move(int part, int owner, int count, BatchScratch scratch) {
        for (int from = 0; from < count; from += MOVED_ROWS) {
            int moved = Math.min(MOVED_ROWS, count - from);
            scratch.reset();
            parts.get(owner)
                    .accumulators()
                    .merge(
                            parts.get(part).accumulators(),
                            mine.asSlice(4L * from, 4L * moved),
                            theirs.asSlice(4L * from, 4L * moved),
                            moved,
                            scratch);
        }
    }
}
