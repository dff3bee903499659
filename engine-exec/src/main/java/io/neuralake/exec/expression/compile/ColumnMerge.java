package io.neuralake.exec.expression.compile;

import io.neuralake.exec.function.EvaluationMemory;
import io.neuralake.exec.kernel.BitmapKernels;
import io.neuralake.exec.row.ColumnConcat;
import io.neuralake.exec.row.ColumnGather;
import io.neuralake.exec.row.ConstantColumns;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ConstantColumn;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.FlatColumn;
import io.neuralake.spi.batch.ViewColumn;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.type.PhysicalType;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Puts a column together from rows of several columns: branches of CASE, values of COALESCE. Rows
/// that no part gives are null. Used for one batch.
final class ColumnMerge {

    private final Frame frame;
    private final Type type;
    private final List<Column> columns = new ArrayList<>();
    private final List<MemorySegment> rows = new ArrayList<>();

    ColumnMerge(Frame frame, Type type) {
        this.frame = frame;
        this.type = type;
    }

    /// Takes the rows set in `taken` from `column`. Both are lent until [#finish].
    void add(Column column, MemorySegment taken) {
        columns.add(column);
        rows.add(taken);
    }

    /// Lends the result.
    Column finish() {
        int rowCount = frame.rowCount();
        if (columns.size() == 1 && covers(rows.get(0))) {
            return columns.get(0);
        }
        if (columns.isEmpty()) {
            return frame.memory().keep(ConstantColumns.nulls(type, rowCount, frame.memory()));
        }
        PhysicalType physical = type.physical();
        if (physical == PhysicalType.LIST || physical == PhysicalType.STRUCT) {
            return nested();
        }
        EvaluationMemory memory = frame.memory();
        DataBuffer validity = memory.scratchZeroed(Bitmap.bytes(rowCount));
        long bytes =
                physical == PhysicalType.BIT
                        ? Bitmap.bytes(rowCount)
                        : (long) rowCount * physical.width();
        DataBuffer values = memory.scratchZeroed(bytes);
        List<DataBuffer> heaps = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            Column part = memory.flatten(columns.get(i));
            MemorySegment taken = rows.get(i);
            addValidity(part, taken, validity.segment());
            Column source = part instanceof ConstantColumn c ? c.single() : part;
            int mask = part instanceof ConstantColumn ? 0 : -1;
            if (part instanceof ConstantColumn c && c.isNull()) {
                continue;
            }
            copy(source, mask, taken, values.segment());
            DataBuffer heap = source instanceof ViewColumn v ? v.heap() : null;
            if (heap != null && !heaps.contains(heap)) {
                heaps.add(heap);
            }
        }
        DataBuffer kept = allValid(validity.segment()) ? null : validity;
        if (physical != PhysicalType.VIEW) {
            return memory.flat(type, rowCount, values, kept);
        }
        if (kept != null) {
            clearNullViews(values.segment(), kept.segment());
        }
        return memory.keep(
                new ViewColumn(
                        type,
                        rowCount,
                        values.retain(),
                        heapOf(heaps),
                        EvaluationMemory.retain(kept)));
    }

    private static @Nullable DataBuffer heapOf(List<DataBuffer> heaps) {
        if (heaps.isEmpty()) {
            return null;
        }
        if (heaps.size() == 1) {
            return heaps.get(0).retain();
        }
        heaps.forEach(DataBuffer::retain);
        return DataBuffer.bundle(heaps);
    }

    private boolean covers(MemorySegment taken) {
        MemorySegment active = frame.active();
        int words = BitmapKernels.words(frame.rowCount());
        long missing = 0;
        for (int w = 0; w < words; w++) {
            long needed =
                    active != null
                            ? Bitmap.word(active, w)
                            : w == words - 1 ? Bitmap.tailMask(frame.rowCount()) : -1L;
            missing |= needed & ~Bitmap.word(taken, w);
        }
        return missing == 0;
    }

    private boolean allValid(MemorySegment validity) {
        return covers(validity);
    }

    private void addValidity(Column part, MemorySegment taken, MemorySegment validity) {
        if (part instanceof ConstantColumn constant) {
            if (!constant.isNull()) {
                BitmapKernels.or(validity, taken, frame.rowCount());
            }
            return;
        }
        DataBuffer own = part.validity();
        for (int w = 0; w < BitmapKernels.words(frame.rowCount()); w++) {
            long valid = own == null ? -1L : Bitmap.word(own.segment(), w);
            Bitmap.setWord(validity, w, Bitmap.word(validity, w) | Bitmap.word(taken, w) & valid);
        }
    }

    private void copy(Column source, int mask, MemorySegment taken, MemorySegment to) {
        if (source instanceof ViewColumn view) {
            copyRows(view.views(), mask, taken, 16, to);
            return;
        }
        MemorySegment from = ((FlatColumn) source).values();
        if (type.physical() != PhysicalType.BIT) {
            copyRows(from, mask, taken, type.physical().width(), to);
            return;
        }
        long constant = mask == 0 && Bitmap.get(from, 0) ? -1 : 0;
        for (int w = 0; w < BitmapKernels.words(frame.rowCount()); w++) {
            long bits = mask == 0 ? constant : Bitmap.word(from, w);
            Bitmap.setWord(to, w, Bitmap.word(to, w) | bits & Bitmap.word(taken, w));
        }
    }

    private void copyRows(
            MemorySegment from, int mask, MemorySegment taken, int width, MemorySegment to) {
        for (int w = 0; w < BitmapKernels.words(frame.rowCount()); w++) {
            long word = Bitmap.word(taken, w);
            int base = w << 6;
            if (word == -1 && mask == -1) {
                long at = (long) base * width;
                MemorySegment.copy(from, at, to, at, 64L * width);
                continue;
            }
            while (word != 0) {
                int row = base + Long.numberOfTrailingZeros(word);
                word &= word - 1;
                copyRow(from, row & mask, width, to, row);
            }
        }
    }

    private static void copyRow(MemorySegment from, int at, int width, MemorySegment to, int row) {
        switch (width) {
            case 1 -> NativeMemory.setByte(to, row, NativeMemory.getByte(from, at));
            case 2 -> NativeMemory.setShort(to, 2L * row, NativeMemory.getShort(from, 2L * at));
            case 4 -> NativeMemory.setInt(to, 4L * row, NativeMemory.getInt(from, 4L * at));
            case 8 -> NativeMemory.setLong(to, 8L * row, NativeMemory.getLong(from, 8L * at));
            default -> {
                NativeMemory.setLong(to, 16L * row, NativeMemory.getLong(from, 16L * at));
                NativeMemory.setLong(to, 16L * row + 8, NativeMemory.getLong(from, 16L * at + 8));
            }
        }
    }

    /// Zeroes the views under null rows, as the form demands.
    private void clearNullViews(MemorySegment views, MemorySegment validity) {
        for (int row = 0; row < frame.rowCount(); row++) {
            if (!Bitmap.get(validity, row)) {
                NativeMemory.setLong(views, 16L * row, 0);
                NativeMemory.setLong(views, 16L * row + 8, 0);
            }
        }
    }

    /// Lists and structs: one column behind the other, then each row from its part.
    private Column nested() {
        EvaluationMemory memory = frame.memory();
        int rowCount = frame.rowCount();
        MemorySegment indexes = memory.scratch(4L * rowCount).segment();
        for (int i = 0; i < rowCount; i++) {
            NativeMemory.setInt(indexes, 4L * i, -1);
        }
        List<Column> parts = new ArrayList<>();
        int base = 0;
        for (int p = 0; p < columns.size(); p++) {
            Column part = memory.flatten(columns.get(p));
            boolean constant = part instanceof ConstantColumn;
            Column source = part instanceof ConstantColumn c ? c.single() : part;
            MemorySegment taken = rows.get(p);
            for (int row = BitmapKernels.next(taken, 0, rowCount);
                    row >= 0;
                    row = BitmapKernels.next(taken, row + 1, rowCount)) {
                if (!part.isNull(row)) {
                    NativeMemory.setInt(indexes, 4L * row, base + (constant ? 0 : row));
                }
            }
            if (source.type().equals(type)) {
                parts.add(source);
                base += source.rowCount();
            }
        }
        Column all = memory.keep(ColumnConcat.concat(type, parts, memory));
        return memory.keep(ColumnGather.gatherNullable(all, indexes, rowCount, memory));
    }
}
