package io.neuralake.exec.function.aggregate;

import io.neuralake.spi.batch.StringView;
import io.neuralake.spi.memory.NativeMemory;

import java.lang.foreign.MemorySegment;

/// Compares keys that are not packed with those of groups.
record KeyComparison(KeyLayout layout, GroupRows rows) {
    private static final MemorySegment MEMORY = StringView.MEMORY;

    /// Notes for each position whether its keys differ from those of a group: sets bits of `differs`,
    /// one int64 a position, which are 0 or already tell of a difference.
    ///
    /// @param groups int32
    void compare(KeyWords keys, MemorySegment groups, MemorySegment differs) {
        int count = keys.count;
        long directory = rows.directory();
        long stride = rows.stride();
        for (int w = 0; w < keys.nulls.length; w++) {
            compareWords(keys.nulls[w], groups, count, directory, stride, 8 + 8 * w, differs);
        }
        for (int k = 0; k < layout.keys(); k++) {
            int offset = layout.wordOffset(k);
            if (layout.isView(k)) {
                compareViews(keys.words[k], groups, count, directory, stride, offset, differs);
            } else if (layout.isWide(k)) {
                comparePairs(keys.words[k], groups, count, directory, stride, offset, differs);
            } else {
                compareWords(keys.words[k], groups, count, directory, stride, offset, differs);
            }
        }
    }

    private static void compareWords(
            MemorySegment words,
            MemorySegment groups,
            int count,
            long directory,
            long stride,
            int offset,
            MemorySegment differs) {
        for (int i = 0; i < count; i++) {
            long at = (long) i << 3;
            int group = NativeMemory.getInt(groups, (long) i << 2);
            long stored =
                    NativeMemory.getLong(
                            MEMORY, GroupRows.address(directory, group, stride) + offset);
            NativeMemory.setLong(
                    differs,
                    at,
                    NativeMemory.getLong(differs, at) | stored ^ NativeMemory.getLong(words, at));
        }
    }

    private static void comparePairs(
            MemorySegment words,
            MemorySegment groups,
            int count,
            long directory,
            long stride,
            int offset,
            MemorySegment differs) {
        for (int i = 0; i < count; i++) {
            long at = (long) i << 3;
            int group = NativeMemory.getInt(groups, (long) i << 2);
            long row = GroupRows.address(directory, group, stride) + offset;
            long low = NativeMemory.getLong(MEMORY, row) ^ NativeMemory.getLong(words, at << 1);
            long high =
                    NativeMemory.getLong(MEMORY, row + 8)
                            ^ NativeMemory.getLong(words, (at << 1) + 8);
            NativeMemory.setLong(differs, at, NativeMemory.getLong(differs, at) | low | high);
        }
    }

    private static void compareViews(
            MemorySegment words,
            MemorySegment groups,
            int count,
            long directory,
            long stride,
            int offset,
            MemorySegment differs) {
        for (int i = 0; i < count; i++) {
            long at = (long) i << 3;
            int group = NativeMemory.getInt(groups, (long) i << 2);
            long row = GroupRows.address(directory, group, stride) + offset;
            if (!StringView.equal(MEMORY, row, words, at << 1)) {
                NativeMemory.setLong(differs, at, 1L);
            }
        }
    }

    /// Tells whether the keys of one position are those of a group.
    boolean isEqual(KeyWords keys, int position, int group) {
        long row = rows.address(group);
        for (int w = 0; w < keys.nulls.length; w++) {
            if (NativeMemory.getLong(MEMORY, row + 8 + 8L * w)
                    != NativeMemory.getLong(keys.nulls[w], (long) position << 3)) {
                return false;
            }
        }
        for (int k = 0; k < layout.keys(); k++) {
            long at = row + layout.wordOffset(k);
            MemorySegment words = keys.words[k];
            long offset = (long) position << (layout.isWide(k) ? 4 : 3);
            boolean equal =
                    layout.isView(k)
                            ? StringView.equal(MEMORY, at, words, offset)
                            : NativeMemory.getLong(MEMORY, at)
                                            == NativeMemory.getLong(words, offset)
                                    && (!layout.isWide(k)
                                            || NativeMemory.getLong(MEMORY, at + 8)
                                                    == NativeMemory.getLong(words, offset + 8));
            if (!equal) {
                return false;
            }
        }
        return true;
    }
}
