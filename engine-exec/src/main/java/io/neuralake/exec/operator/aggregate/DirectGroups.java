package io.neuralake.exec.operator.aggregate;

import io.neuralake.exec.function.aggregate.BatchScratch;
import io.neuralake.exec.function.aggregate.GroupTable;
import io.neuralake.exec.function.aggregate.RowSet;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ConstantColumn;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.DictionaryColumn;
import io.neuralake.spi.batch.FlatColumn;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.memory.MemoryReservation;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.type.PhysicalType;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.List;

/// Stands in front of a hash table of groups while every key is a dictionary code or a small
/// integer: the keys' ids make up an index into an array of groups, and only a combination not seen
/// before is looked up in the table. The values of a dictionary get ids that hold for all
/// dictionaries of the worker, once per dictionary.
final class DirectGroups implements AutoCloseable {
    private static final int MAX_CELLS = 1 << 20;
    private static final int MAX_DICTIONARY_ROWS = 1 << 16;

    private final GroupTable table;
    private final MemoryAllocator allocator;
    private final MemoryReservation reservation;
    private final KeyIds[] keys;
    private int[] cells = new int[0];
    private boolean given;

    DirectGroups(GroupTable table, List<Type> types, MemoryAllocator allocator) {
        this.table = table;
        this.allocator = allocator;
        this.reservation = allocator.reservation("aggregation");
        this.keys = new KeyIds[types.size()];
        for (int k = 0; k < keys.length; k++) {
            keys[k] = new KeyIds(types.get(k));
        }
    }

    /// Finds or makes the group of each position.
    void assign(Column[] columns, RowSet rows, MemorySegment groups, BatchScratch scratch) {
        if (rows.count() == 0) {
            return;
        }
        if (given || !prepare(columns, scratch)) {
            table.assign(columns, rows, groups, scratch);
            return;
        }
        int count = rows.count();
        MemorySegment cell = scratch.ints(count);
        int stride = 1;
        for (int k = 0; k < columns.length; k++) {
            keys[k].addIds(columns[k], rows, stride, k == 0, cell);
            stride *= keys[k].capacity;
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

    /// Learns the batch's dictionaries; false when the keys are not small.
    private boolean prepare(Column[] columns, BatchScratch scratch) {
        for (Column column : columns) {
            if (!isSmall(column)) {
                return false;
            }
        }
        boolean fits = true;
        for (int k = 0; k < columns.length; k++) {
            keys[k].learn(columns[k], scratch);
            fits &= keys[k].ids() <= keys[k].capacity;
        }
        if (fits && cells.length > 0) {
            return true;
        }
        long product = 1;
        int[] capacities = new int[keys.length];
        for (int k = 0; k < keys.length; k++) {
            int needed = Math.max(keys[k].ids(), 4);
            capacities[k] = Integer.highestOneBit(needed - 1) << 1;
            product = Math.min(product * capacities[k], Integer.MAX_VALUE);
        }
        if (product > MAX_CELLS) {
            giveUp();
            return false;
        }
        reservation.grow(4L * (product - cells.length));
        cells = new int[(int) product];
        for (int k = 0; k < keys.length; k++) {
            keys[k].capacity = capacities[k];
        }
        return true;
    }

    private static boolean isSmall(Column column) {
        return switch (column) {
            case ConstantColumn _ -> true;
            case DictionaryColumn dictionary ->
                    dictionary.dictionary().rowCount() <= MAX_DICTIONARY_ROWS;
            case FlatColumn flat ->
                    flat.type().physical() == PhysicalType.BIT
                            || flat.type().physical() == PhysicalType.INT8;
            default -> false;
        };
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

    /// The ids of one key's values: 0 is null.
    private final class KeyIds implements AutoCloseable {
        private final Type type;
        private @Nullable GroupTable values;
        private @Nullable Column dictionary;
        private @Nullable DataBuffer idOfCode;
        private int capacity;
        private int constantId;

        private KeyIds(Type type) {
            this.type = type;
        }

        private GroupTable values() {
            GroupTable table = values;
            if (table == null) {
                table = new GroupTable(allocator, List.of(type), new boolean[] {true}, new byte[0]);
                values = table;
            }
            return table;
        }

        private int ids() {
            return values == null ? 1 : values.groupCount() + 1;
        }

        private void learn(Column column, BatchScratch scratch) {
            long mark = scratch.mark();
            switch (column) {
                case DictionaryColumn coded -> {
                    if (coded.dictionary() != dictionary) {
                        learnDictionary(coded.dictionary(), scratch);
                    }
                }
                case ConstantColumn constant -> {
                    MemorySegment id = scratch.ints(1);
                    values().assign(
                                    new Column[] {constant.single()},
                                    new RowSet(1, null, null),
                                    id,
                                    scratch);
                    constantId = constant.isNull() ? 0 : NativeMemory.getInt(id, 0) + 1;
                }
                default -> learnAll(scratch);
            }
            scratch.release(mark);
        }

        private void learnDictionary(Column values, BatchScratch scratch) {
            int count = values.rowCount();
            forget();
            DataBuffer ids = allocator.allocate(4L * count);
            idOfCode = ids;
            dictionary = values.retain();
            MemorySegment id = ids.segment();
            values().assign(new Column[] {values}, new RowSet(count, null, null), id, scratch);
            for (int code = 0; code < count; code++) {
                boolean isNull = values.validity() != null && values.isNull(code);
                NativeMemory.setInt(
                        id,
                        (long) code << 2,
                        isNull ? 0 : NativeMemory.getInt(id, (long) code << 2) + 1);
            }
        }

        /// Numbers all values of a one-byte type in order, so that no batch has to be looked at.
        private void learnAll(BatchScratch scratch) {
            if (idOfCode != null && dictionary == null) {
                return;
            }
            forget();
            boolean bits = type.physical() == PhysicalType.BIT;
            int count = bits ? 2 : 256;
            DataBuffer all = allocator.allocateZeroed(256);
            Column column = new FlatColumn(type, count, all, null);
            try {
                if (bits) {
                    Bitmap.set(all.segment(), 1, true);
                } else {
                    for (int i = 0; i < count; i++) {
                        NativeMemory.setByte(all.segment(), i, (byte) i);
                    }
                }
                learnDictionary(column, scratch);
            } finally {
                column.release();
            }
            if (dictionary != null) {
                dictionary.release();
                dictionary = null;
            }
        }

        private void addIds(
                Column column, RowSet rows, int stride, boolean first, MemorySegment cell) {
            int count = rows.count();
            MemorySegment r = rows.rows();
            if (column instanceof ConstantColumn) {
                int add = constantId * stride;
                for (int i = 0; i < count; i++) {
                    long at = (long) i << 2;
                    NativeMemory.setInt(
                            cell, at, first ? add : NativeMemory.getInt(cell, at) + add);
                }
                return;
            }
            MemorySegment ids = java.util.Objects.requireNonNull(idOfCode).segment();
            if (column instanceof DictionaryColumn coded) {
                MemorySegment codes = coded.codes();
                if (r == null && first && stride == 1) {
                    for (int i = 0; i < count; i++) {
                        long code = NativeMemory.getInt(codes, (long) i << 2);
                        NativeMemory.setInt(
                                cell, (long) i << 2, NativeMemory.getInt(ids, code << 2));
                    }
                } else {
                    for (int i = 0; i < count; i++) {
                        long at = (long) i << 2;
                        long row = r == null ? i : NativeMemory.getInt(r, at);
                        long code = NativeMemory.getInt(codes, row << 2);
                        int add = NativeMemory.getInt(ids, code << 2) * stride;
                        NativeMemory.setInt(
                                cell, at, first ? add : NativeMemory.getInt(cell, at) + add);
                    }
                }
            } else {
                addFlatIds((FlatColumn) column, rows, stride, first, cell, ids);
            }
            if (column.validity() != null) {
                clearNulls(column, rows, stride, cell, ids);
            }
        }

        private void addFlatIds(
                FlatColumn column,
                RowSet rows,
                int stride,
                boolean first,
                MemorySegment cell,
                MemorySegment ids) {
            MemorySegment r = rows.rows();
            boolean bits = type.physical() == PhysicalType.BIT;
            MemorySegment v = column.values();
            for (int i = 0; i < rows.count(); i++) {
                long at = (long) i << 2;
                int row = r == null ? i : NativeMemory.getInt(r, at);
                long code =
                        bits ? (Bitmap.get(v, row) ? 1 : 0) : NativeMemory.getByte(v, row) & 0xFF;
                int add = NativeMemory.getInt(ids, code << 2) * stride;
                NativeMemory.setInt(cell, at, first ? add : NativeMemory.getInt(cell, at) + add);
            }
        }

        private void clearNulls(
                Column column, RowSet rows, int stride, MemorySegment cell, MemorySegment ids) {
            MemorySegment bits = java.util.Objects.requireNonNull(column.validity()).segment();
            MemorySegment r = rows.rows();
            for (int i = 0; i < rows.count(); i++) {
                long at = (long) i << 2;
                int row = r == null ? i : NativeMemory.getInt(r, at);
                if (!Bitmap.get(bits, row)) {
                    int add = NativeMemory.getInt(ids, code(column, row) << 2) * stride;
                    NativeMemory.setInt(cell, at, NativeMemory.getInt(cell, at) - add);
                }
            }
        }

        private long code(Column column, int row) {
            if (column instanceof DictionaryColumn coded) {
                return NativeMemory.getInt(coded.codes(), (long) row << 2);
            }
            MemorySegment v = ((FlatColumn) column).values();
            return type.physical() == PhysicalType.BIT
                    ? (Bitmap.get(v, row) ? 1 : 0)
                    : NativeMemory.getByte(v, row) & 0xFF;
        }

        private void forget() {
            if (dictionary != null) {
                dictionary.release();
                dictionary = null;
            }
            if (idOfCode != null) {
                idOfCode.release();
                idOfCode = null;
            }
        }

        @Override
        public void close() {
            forget();
            if (values != null) {
                values.close();
                values = null;
            }
        }
    }
}
