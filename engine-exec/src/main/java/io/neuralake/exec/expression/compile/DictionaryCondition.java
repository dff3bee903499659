package io.neuralake.exec.expression.compile;

import io.neuralake.exec.kernel.BitmapKernels;
import io.neuralake.exec.kernel.CodeKernels;
import io.neuralake.exec.kernel.CodeSet;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ConstantColumn;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.DictionaryColumn;
import io.neuralake.spi.batch.FlatColumn;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.simd.WarmingKernels;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/// Evaluates a condition on one input column once per dictionary and looks the codes up in its
/// bitmap, or in a set made of it, which takes less than half the time.
final class DictionaryCondition extends Condition {
    /// Dictionaries of more values, which have few rows each, are looked up in their bitmap.
    private static final int MAX_SET = 1 << 16;

    private static final WarmingKernels<CodeKernels> KERNELS = CodeKernels.warming();

    private final Condition condition;
    private final DictionaryCache cache;

    private final Passing ofTrue = new Passing();
    private final Passing ofFalse = new Passing();

    /// The dictionary's values that give what is wanted.
    private static final class Passing {
        private final CodeSet set = new CodeSet();

        /// What the set is made of; the dictionary of the next batch is mostly the same.
        private @Nullable FlatColumn known;

        private boolean isMade;
    }

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
        DataBuffer validity = column.validity();
        if (validity == null) {
            narrow(frame, column, values, bits, want);
            return;
        }
        int rows = frame.rowCount();
        MemorySegment valid = validity.segment();
        if (!cache.nullGives(frame, column.type(), want)) {
            BitmapKernels.and(bits, valid, rows);
            narrow(frame, column, values, bits, want);
            return;
        }
        DataBuffer nulls = frame.memory().scratch(Bitmap.bytes(rows));
        BitmapKernels.copy(bits, rows, nulls.segment());
        BitmapKernels.andNot(nulls.segment(), valid, rows);
        narrow(frame, column, values, bits, want);
        // A null has a code as well, which says nothing.
        BitmapKernels.and(bits, valid, rows);
        BitmapKernels.or(bits, nulls.segment(), rows);
    }

    /// Narrows to the rows whose code's value is `want`.
    private void narrow(
            Frame frame,
            DictionaryColumn column,
            FlatColumn values,
            MemorySegment bits,
            boolean want) {
        int rows = frame.rowCount();
        MemorySegment codes = column.codes();
        CodeSet set = set(frame, values, want);
        if (set != null) {
            KERNELS.forWork(rows).narrow(codes, rows, set, bits);
            return;
        }
        MemorySegment passing = passing(frame, values, want);
        for (int row = 0, w = 0; row < rows; row += 64, w++) {
            long old = Bitmap.word(bits, w);
            if (old != 0) {
                long found = among(passing, codes, row, Math.min(rows, row + 64));
                Bitmap.setWord(bits, w, old & found);
            }
        }
    }

    /// Makes the set when a dictionary is met for the second time; null if there is none.
    private @Nullable CodeSet set(Frame frame, FlatColumn values, boolean want) {
        Passing passing = want ? ofTrue : ofFalse;
        if (passing.known != values) {
            passing.known = values;
            passing.isMade = false;
            return null;
        }
        int size = values.rowCount();
        if (!passing.isMade && size <= MAX_SET) {
            passing.set.set(passing(frame, values, want), size);
            passing.isMade = true;
        }
        return passing.isMade ? passing.set : null;
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
        ofTrue.known = null;
        ofFalse.known = null;
        cache.close();
        condition.close();
    }
}
