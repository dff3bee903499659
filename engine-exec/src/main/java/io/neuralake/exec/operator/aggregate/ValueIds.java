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
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.type.PhysicalType;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.List;

/// Ids of the values of dictionaries, which hold for all dictionaries of the worker and are found once
/// per dictionary, and of numbers of one byte, which all have one.
final class ValueIds implements KeyIds {
    private static final int MAX_DICTIONARY_ROWS = 1 << 16;

    private final Type type;
    private final MemoryAllocator allocator;
    private @Nullable GroupTable values;
    private @Nullable Column dictionary;
    private @Nullable DataBuffer idOfCode;
    private int constantId;

    ValueIds(Type type, MemoryAllocator allocator) {
        this.type = type;
        this.allocator = allocator;
    }

    @Override
    public boolean mayHaveFew(Column column) {
        return switch (column) {
            case ConstantColumn _ -> true;
            case DictionaryColumn coded -> coded.dictionary().rowCount() <= MAX_DICTIONARY_ROWS;
            case FlatColumn flat ->
                    flat.type().physical() == PhysicalType.BIT
                            || flat.type().physical() == PhysicalType.INT8;
            default -> false;
        };
    }

    private GroupTable values() {
        GroupTable table = values;
        if (table == null) {
            table = new GroupTable(allocator, List.of(type), new boolean[] {true}, new byte[0]);
            values = table;
        }
        return table;
    }

    @Override
    public int ids() {
        return values == null ? 1 : values.groupCount() + 1;
    }

    @Override
    public boolean learn(Column column, RowSet rows, BatchScratch scratch) {
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
        return true;
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

    @Override
    public void addIds(Column column, RowSet rows, int stride, boolean first, MemorySegment cell) {
        int count = rows.count();
        MemorySegment r = rows.rows();
        if (column instanceof ConstantColumn) {
            int add = constantId * stride;
            for (int i = 0; i < count; i++) {
                long at = (long) i << 2;
                NativeMemory.setInt(cell, at, first ? add : NativeMemory.getInt(cell, at) + add);
            }
            return;
        }
        MemorySegment ids = java.util.Objects.requireNonNull(idOfCode).segment();
        if (column instanceof DictionaryColumn coded) {
            MemorySegment codes = coded.codes();
            if (r == null && first && stride == 1) {
                for (int i = 0; i < count; i++) {
                    long code = NativeMemory.getInt(codes, (long) i << 2);
                    NativeMemory.setInt(cell, (long) i << 2, NativeMemory.getInt(ids, code << 2));
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
            long code = bits ? (Bitmap.get(v, row) ? 1 : 0) : NativeMemory.getByte(v, row) & 0xFF;
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
