package io.neuralake.exec.operator.join;

import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.memory.NativeMemory;

import java.lang.foreign.MemorySegment;
import java.util.List;

/// Looks up the keys of a batch: encodes all, reads all slots, then compares keys where the code is
/// only a hash. Belongs to one worker.
final class ProbeLookup implements AutoCloseable {

    private final BuildKeys keys;
    private final JoinTable table;
    private final MemoryAllocator allocator;
    private final Scratch codes;
    private final Scratch moreCodes;
    private final Scratch rows;
    private final Scratch moreRows;
    private final Scratch equal;

    ProbeLookup(BuildKeys keys, JoinTable table, MemoryAllocator allocator) {
        this.keys = keys;
        this.table = table;
        this.allocator = allocator;
        codes = new Scratch(allocator);
        moreCodes = new Scratch(allocator);
        rows = new Scratch(allocator);
        moreRows = new Scratch(allocator);
        equal = new Scratch(allocator);
    }

    /// Finds the last build row of each selected row's key.
    ///
    /// @param heads receives an int32 a physical row, -1 where there is none
    /// @param matched receives the bitmap of rows that have one
    /// @return the number of bits set
    int find(Batch input, List<Column> probe, MemorySegment heads, MemorySegment matched) {
        int count = input.rowCount();
        Rows.copySelection(input.selection(), count, matched);
        boolean all = input.selection() == null;
        for (int k = 0; k < probe.size(); k++) {
            if (!keys.nullsEqual().get(k) && KeyNulls.mayHaveNulls(probe.get(k))) {
                KeyNulls.andNotNull(probe.get(k), matched);
                all = false;
            }
        }
        MemorySegment code = codes.get(8L * count);
        keys.encode(probe, count, code, moreCodes.get(8L * count), allocator);
        if (all) {
            table.lookup(code, count, heads);
        } else if (Bitmap.count(matched, count) * 2 < count) {
            lookupFew(code, count, heads, matched);
        } else {
            table.lookup(code, count, heads);
            Rows.keep(heads, count, matched);
        }
        int found = Rows.present(heads, count, matched);
        if (found > 0 && !table.isExact()) {
            verify(probe, count, found, heads, matched);
            found = Rows.present(heads, count, matched);
        }
        return found;
    }

    private void lookupFew(
            MemorySegment code, int count, MemorySegment heads, MemorySegment participating) {
        MemorySegment few = rows.get(4L * count);
        int n = Bitmap.toIndexes(participating, count, few);
        MemorySegment fewCodes = moreCodes.get(8L * count);
        for (int i = 0; i < n; i++) {
            NativeMemory.setLong(
                    fewCodes,
                    (long) i << 3,
                    NativeMemory.getLong(code, (long) Rows.get(few, i) << 3));
        }
        MemorySegment fewHeads = moreRows.get(4L * count);
        table.lookup(fewCodes, n, fewHeads);
        heads.asSlice(0, (long) count << 2).fill((byte) -1);
        for (int i = 0; i < n; i++) {
            Rows.set(heads, Rows.get(few, i), Rows.get(fewHeads, i));
        }
    }

    /// Compares the keys of all candidates by column; those that differ are collisions of 64-bit
    /// hashes, so few that each is looked up alone.
    private void verify(
            List<Column> probe, int count, int found, MemorySegment heads, MemorySegment matched) {
        MemorySegment probeRows = rows.get(4L * count);
        MemorySegment buildRows = moreRows.get(4L * count);
        MemorySegment same = equal.get(count);
        Bitmap.toIndexes(matched, count, probeRows);
        for (int i = 0; i < found; i++) {
            Rows.set(buildRows, i, Rows.get(heads, Rows.get(probeRows, i)));
        }
        same.asSlice(0, found).fill((byte) 1);
        for (int k = 0; k < probe.size(); k++) {
            KeyEquality.and(probe.get(k), probeRows, keys.columns().get(k), buildRows, found, same);
        }
        MemorySegment code = codes.get(8L * count);
        for (int i = 0; i < found; i++) {
            if (NativeMemory.getByte(same, i) == 0) {
                int row = Rows.get(probeRows, i);
                Rows.set(
                        heads,
                        row,
                        table.find(probe, row, NativeMemory.getLong(code, (long) row << 3)));
            }
        }
    }

    @Override
    public void close() {
        codes.close();
        moreCodes.close();
        rows.close();
        moreRows.close();
        equal.close();
    }
}
