package io.neuralake.exec.expression.compile;

import io.neuralake.exec.kernel.BitmapKernels;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ConstantColumn;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.DictionaryColumn;
import io.neuralake.spi.batch.FlatColumn;
import io.neuralake.spi.memory.NativeMemory;

import java.lang.foreign.MemorySegment;

/// Evaluates a condition on one input column once per dictionary and looks the codes up in its
/// bitmap.
final class DictionaryCondition extends Condition {

    private final Condition condition;
    private final DictionaryCache cache;

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
        MemorySegment passing = passing(frame, values, want);
        MemorySegment codes = column.codes();
        boolean few = values.rowCount() <= Long.SIZE;
        long passingWord = few ? Bitmap.word(passing, 0) : 0;
        for (int row = 0, w = 0; row < rows; row += 64, w++) {
            long old = Bitmap.word(bits, w);
            if (old == 0) {
                continue;
            }
            int end = Math.min(rows, row + 64);
            long found =
                    few ? among(passingWord, codes, row, end) : among(passing, codes, row, end);
            if (outer != null) {
                long valid = Bitmap.word(outer.segment(), w);
                found = found & valid | (nullPasses ? ~valid : 0);
            }
            Bitmap.setWord(bits, w, old & found);
        }
    }

    /// Looks codes below 64 up in one word.
    private static long among(long passing, MemorySegment codes, int from, int to) {
        long found = 0;
        for (int i = from; i < to; i++) {
            found |= (passing >>> NativeMemory.getInt(codes, (long) i << 2) & 1) << i;
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
        cache.close();
        condition.close();
    }
}
