package io.neuralake.exec.expression.compile;

import io.neuralake.exec.kernel.BitmapKernels;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ConstantColumn;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.DictionaryColumn;
import io.neuralake.spi.batch.FlatColumn;
import io.neuralake.spi.memory.NativeMemory;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/// Evaluates a condition on one input column once per dictionary and looks the codes up in its
/// bitmap, or in bytes made of it, which takes half the time.
final class DictionaryCondition extends Condition {
    /// Dictionaries of more values, which have few rows each, are looked up in their bitmap.
    private static final int MAX_TABLE = 1 << 16;

    private final Condition condition;
    private final DictionaryCache cache;

    /// What the table was made of; the dictionary of the next batch is mostly the same.
    private @Nullable FlatColumn tabled;

    private boolean tabledWant;
    private boolean tableMade;

    /// A byte a dictionary value: 1 if it passes.
    private byte[] table = {};

    DictionaryCondition(int input, Condition condition) {
        this.condition = condition;
        this.cache = new DictionaryCache(input, condition);
    }

    @Override
    Column evaluate(Frame frame) {
        Column column = cache.column(frame);
        if (!(column instanceof DictionaryColumn || column instanceof ConstantColumn)) {
            return condition.evaluate(frame);
        }
        DataBuffer trueBits = frame.activeBits();
        select(frame, trueBits.segment(), true);
        DataBuffer known = frame.activeBits();
        select(frame, known.segment(), false);
        BitmapKernels.or(known.segment(), trueBits.segment(), frame.rowCount());
        return BooleanColumns.of(frame, trueBits, known);
    }

    @Override
    void select(Frame frame, MemorySegment bits, boolean want) {
        Column column = cache.column(frame);
        int rows = frame.rowCount();
        if (column instanceof ConstantColumn constant) {
            if (BitmapKernels.isEmpty(bits, rows)) {
                return;
            }
            Object value = condition.evaluate(cache.over(frame, constant.single())).value(0);
            if (!Boolean.valueOf(want).equals(value)) {
                BitmapKernels.clear(bits, rows);
            }
            return;
        }
        if (column instanceof DictionaryColumn dictionary) {
            Column values = cache.values(frame, dictionary);
            if (values != null) {
                lookUp(frame, dictionary, (FlatColumn) values, bits, want);
                return;
            }
        }
        condition.select(frame, bits, want);
    }

    private void lookUp(
            Frame frame,
            DictionaryColumn column,
            FlatColumn values,
            MemorySegment bits,
            boolean want) {
        int rows = frame.rowCount();
        DataBuffer outer = column.validity();
        boolean nullPasses = outer != null && cache.nullGives(frame, column.type(), want);
        MemorySegment codes = column.codes();
        boolean useTable = isTabled(frame, values, want);
        MemorySegment passing = useTable ? MemorySegment.NULL : passing(frame, values, want);
        for (int row = 0, w = 0; row < rows; row += 64, w++) {
            long old = Bitmap.word(bits, w);
            if (old == 0) {
                continue;
            }
            int end = Math.min(rows, row + 64);
            long found = useTable ? inTable(codes, row, end) : among(passing, codes, row, end);
            if (outer != null) {
                long valid = Bitmap.word(outer.segment(), w);
                found = found & valid | (nullPasses ? ~valid : 0);
            }
            Bitmap.setWord(bits, w, old & found);
        }
    }

    /// Makes the table when a dictionary is met for the second time; tells whether there is one.
    private boolean isTabled(Frame frame, FlatColumn values, boolean want) {
        if (tabled != values || tabledWant != want) {
            tabled = values;
            tabledWant = want;
            tableMade = false;
            return false;
        }
        int rows = values.rowCount();
        if (!tableMade && rows <= MAX_TABLE) {
            MemorySegment passing = passing(frame, values, want);
            if (table.length < rows) {
                table = new byte[Math.max(rows, 2 * table.length)];
            }
            for (int i = 0; i < rows; i++) {
                table[i] = (byte) (Bitmap.get(passing, i) ? 1 : 0);
            }
            tableMade = true;
        }
        return tableMade;
    }

    private long inTable(MemorySegment codes, int from, int to) {
        byte[] passing = table;
        long found = 0;
        int i = from;
        for (; i + 8 <= to; i += 8) {
            long at = (long) i << 2;
            int eight =
                    passing[NativeMemory.getInt(codes, at)]
                            | passing[NativeMemory.getInt(codes, at + 4)] << 1
                            | passing[NativeMemory.getInt(codes, at + 8)] << 2
                            | passing[NativeMemory.getInt(codes, at + 12)] << 3
                            | passing[NativeMemory.getInt(codes, at + 16)] << 4
                            | passing[NativeMemory.getInt(codes, at + 20)] << 5
                            | passing[NativeMemory.getInt(codes, at + 24)] << 6
                            | passing[NativeMemory.getInt(codes, at + 28)] << 7;
            found |= (long) eight << i;
        }
        for (; i < to; i++) {
            found |= (long) passing[NativeMemory.getInt(codes, (long) i << 2)] << i;
        }
        return found;
    }

    private static long among(MemorySegment passing, MemorySegment codes, int from, int to) {
        long found = 0;
        for (int i = from; i < to; i++) {
            int code = NativeMemory.getInt(codes, (long) i << 2);
            int bit = NativeMemory.getByte(passing, code >>> 3) >>> (code & 7) & 1;
            found |= (long) bit << i;
        }
        return found;
    }

    /// Lends the bitmap of dictionary rows whose value is `want`.
    private static MemorySegment passing(Frame frame, FlatColumn values, boolean want) {
        if (want && values.validity() == null) {
            return values.values();
        }
        int rows = values.rowCount();
        DataBuffer bits = frame.memory().scratch(Bitmap.bytes(rows));
        Bitmap.fill(bits.segment(), rows);
        BooleanColumns.narrow(frame, values, bits.segment(), want, rows);
        return bits.segment();
    }

    @Override
    public void close() {
        tabled = null;
        cache.close();
        condition.close();
    }
}
