package io.neuralake.exec.function;

import io.neuralake.exec.kernel.BitmapKernels;
import io.neuralake.exec.kernel.Comparison;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.StringView;
import io.neuralake.spi.memory.NativeMemory;

import java.lang.foreign.MemorySegment;

/// Compares views. Equality looks at the first eight bytes (length and prefix) of all rows without
/// branches and at the rest only of rows that agree in them.
final class ViewComparison {

    private ViewComparison() {}

    static void narrow(
            Comparison comparison,
            MemorySegment left,
            MemorySegment right,
            int mask,
            int rows,
            MemorySegment bits) {
        switch (comparison) {
            case EQUAL -> equal(left, right, mask, rows, bits, 0);
            case NOT_EQUAL -> equal(left, right, mask, rows, bits, -1);
            default -> order(comparison, left, right, mask, rows, bits);
        }
    }

    private static void equal(
            MemorySegment left,
            MemorySegment right,
            int mask,
            int rows,
            MemorySegment bits,
            long flip) {
        for (int row = 0, w = 0; row < rows; row += 64, w++) {
            long old = Bitmap.word(bits, w);
            if (old == 0) {
                continue;
            }
            int end = Math.min(rows, row + 64);
            long head = 0;
            long tail = 0;
            for (int i = row; i < end; i++) {
                long l = (long) i << 4;
                long r = (long) (i & mask) << 4;
                head |=
                        (NativeMemory.getLong(left, l) == NativeMemory.getLong(right, r) ? 1L : 0L)
                                << i;
                tail |=
                        (NativeMemory.getLong(left, l + 8) == NativeMemory.getLong(right, r + 8)
                                        ? 1L
                                        : 0L)
                                << i;
            }
            long found = head & tail;
            long open = head & ~tail & old;
            while (open != 0) {
                int i = row + Long.numberOfTrailingZeros(open);
                if (StringView.equal(left, (long) i << 4, right, (long) (i & mask) << 4)) {
                    found |= open & -open;
                }
                open &= open - 1;
            }
            Bitmap.setWord(bits, w, old & (found ^ flip));
        }
    }

    private static void order(
            Comparison comparison,
            MemorySegment left,
            MemorySegment right,
            int mask,
            int rows,
            MemorySegment bits) {
        for (int i = BitmapKernels.next(bits, 0, rows);
                i >= 0;
                i = BitmapKernels.next(bits, i + 1, rows)) {
            int compared = StringView.compare(left, (long) i << 4, right, (long) (i & mask) << 4);
            if (!comparison.test(compared)) {
                Bitmap.set(bits, i, false);
            }
        }
    }
}
