package io.neuralake.exec.operator.aggregate;

import io.neuralake.exec.function.aggregate.BatchScratch;
import io.neuralake.exec.function.aggregate.GroupTable;
import io.neuralake.exec.function.aggregate.RowSet;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DictionaryColumn;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.memory.MemoryReservation;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.type.Type;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Stands in front of a hash table of groups while every key is a dictionary code or an integer of a
/// small range: the keys' ids make up an index into an array of groups, and only a combination not seen
/// before is looked up in the table.
final class DirectGroups implements AutoCloseable {
    /// 1.5 MB, so that most of them stay in the second-level cache.
    private static final int MAX_CELLS = 3 << 17;

    private final GroupTable table;
    private final MemoryReservation reservation;
    private final List<Type> types;
    private final MemoryAllocator allocator;
    private List<KeyIds> keys = List.of();

    /// How many ids each key has room for.
    private final int[] capacities;

    private int[] cells = new int[0];
    private boolean given;

    DirectGroups(GroupTable table, List<Type> types, MemoryAllocator allocator) {
        this.table = table;
        this.reservation = allocator.reservation("aggregation");
        this.types = types;
        this.allocator = allocator;
        this.capacities = new int[types.size()];
    }

    /// Chooses by the form of the first batch how the keys' values get their ids.
    private List<KeyIds> choose(Column[] columns) {
        List<KeyIds> chosen = new ArrayList<>();
        for (int k = 0; k < columns.length; k++) {
            // one integer alone is found by itself in the table
            boolean range =
                    columns.length > 1
                            && RangeIds.isFor(types.get(k))
                            && !(columns[k] instanceof DictionaryColumn);
            chosen.add(range ? new RangeIds() : new ValueIds(types.get(k), allocator));
        }
        return chosen;
    }

    /// Finds or makes the group of each position.
    void assign(Column[] columns, RowSet rows, MemorySegment groups, BatchScratch scratch) {
        if (rows.count() == 0) {
            return;
        }
        if (given || !prepare(columns, rows, scratch)) {
            table.assign(columns, rows, groups, scratch);
            return;
        }
        int count = rows.count();
        MemorySegment cell = scratch.ints(count);
        int stride = 1;
        for (int k = 0; k < columns.length; k++) {
            keys.get(k).addIds(columns[k], rows, stride, k == 0, cell);
            stride *= capacities[k];
        }
        MemorySegment missing = scratch.ints(count);
        int missingCount = 0;
        for (int i = 0; i < count; i++) {
            int group = cells[NativeMemory.getInt(cell, (long) i << 2)] - 1;
            NativeMemory.setInt(groups, (long) i << 2, group);
            NativeMemory.setInt(missing, (long) missingCount << 2, i);
            missingCount += group >>> 31;
        }
        if (missingCount > 0) {
            resolve(columns, rows, groups, cell, missing, missingCount, scratch);
        }
    }

    private void resolve(
            Column[] columns,
            RowSet rows,
            MemorySegment groups,
            MemorySegment cell,
            MemorySegment missing,
            int missingCount,
            BatchScratch scratch) {
        // one position per cell is enough
        MemorySegment picked = scratch.ints(missingCount);
        MemorySegment pickedRows = scratch.ints(missingCount);
        int pickedCount = 0;
        for (int j = 0; j < missingCount; j++) {
            int i = NativeMemory.getInt(missing, (long) j << 2);
            int at = NativeMemory.getInt(cell, (long) i << 2);
            if (cells[at] == 0) {
                cells[at] = -1;
                MemorySegment batchRows = rows.rows();
                int row = batchRows == null ? i : NativeMemory.getInt(batchRows, (long) i << 2);
                NativeMemory.setInt(picked, (long) pickedCount << 2, i);
                NativeMemory.setInt(pickedRows, (long) pickedCount << 2, row);
                pickedCount++;
            }
        }
        MemorySegment made = scratch.ints(pickedCount);
        table.assign(columns, new RowSet(pickedCount, pickedRows, null), made, scratch);
        for (int j = 0; j < pickedCount; j++) {
            int i = NativeMemory.getInt(picked, (long) j << 2);
            cells[NativeMemory.getInt(cell, (long) i << 2)] =
                    NativeMemory.getInt(made, (long) j << 2) + 1;
        }
        for (int j = 0; j < missingCount; j++) {
            int i = NativeMemory.getInt(missing, (long) j << 2);
            NativeMemory.setInt(
                    groups, (long) i << 2, cells[NativeMemory.getInt(cell, (long) i << 2)] - 1);
        }
    }

    /// Learns the batch's values; false when the keys are not small.
    private boolean prepare(Column[] columns, RowSet rows, BatchScratch scratch) {
        if (keys.isEmpty()) {
            keys = choose(columns);
        }
        for (int k = 0; k < columns.length; k++) {
            if (!keys.get(k).mayHaveFew(columns[k])) {
                return false;
            }
        }
        boolean stay = cells.length > 0;
        for (int k = 0; k < columns.length; k++) {
            stay &= keys.get(k).learn(columns[k], rows, scratch);
            stay &= keys.get(k).ids() <= capacities[k];
        }
        if (stay) {
            return true;
        }
        long product = 1;
        for (int k = 0; k < keys.size(); k++) {
            int ids = keys.get(k).ids();
            capacities[k] = Math.max(4, ids + ids / 8);
            product = Math.min(product * capacities[k], Integer.MAX_VALUE);
        }
        if (product > MAX_CELLS) {
            giveUp();
            return false;
        }
        reservation.grow(4L * (product - cells.length));
        cells = new int[(int) product];
        return true;
    }

    private void giveUp() {
        given = true;
        close();
    }

    @Override
    public void close() {
        given = true;
        cells = new int[0];
        for (KeyIds key : keys) {
            key.close();
        }
        reservation.close();
    }
}
