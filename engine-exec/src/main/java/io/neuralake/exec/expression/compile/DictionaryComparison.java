package io.neuralake.exec.expression.compile;

import io.neuralake.exec.kernel.CodeKernels;
import io.neuralake.exec.kernel.Comparison;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DictionaryColumn;
import io.neuralake.spi.batch.FlatColumn;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.simd.WarmingKernels;
import io.neuralake.spi.type.PhysicalType;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/// Compares two columns of codes by copies of their dictionaries, and spares the columns of their values. For
/// int32, as dates are. Belongs to one worker.
final class DictionaryComparison {
    private static final WarmingKernels<CodeKernels> KERNELS = CodeKernels.warming();

    /// Larger dictionaries do not stay in the first caches.
    private static final int MAX_VALUES = 1 << 16;

    /// A dictionary is copied when it has at most so many values a row.
    private static final int WORTHWHILE = 4;

    private final Copy left = new Copy();
    private final Copy right = new Copy();

    /// The values of the dictionary that was met last; the one of the next batch is mostly the same.
    private static final class Copy {
        private @Nullable Column of;
        private int[] values = {};

        private int[] values(FlatColumn dictionary) {
            if (of != dictionary) {
                int size = dictionary.rowCount();
                if (values.length < size) {
                    values = new int[Math.max(size, 2 * values.length)];
                }
                MemorySegment from = dictionary.values();
                for (int i = 0; i < size; i++) {
                    values[i] = NativeMemory.getInt(from, 4L * i);
                }
                of = dictionary;
            }
            return values;
        }
    }

    /// Narrows to the rows for which the comparison holds. Rows that are null are compared as they lie.
    ///
    /// @return false if the columns are not such that it can; nothing has happened then
    boolean narrow(Comparison comparison, Column l, Column r, MemorySegment bits) {
        int rows = l.rowCount();
        if (!(l instanceof DictionaryColumn a) || !(r instanceof DictionaryColumn b)) {
            return false;
        }
        if (!isCopied(a.dictionary(), rows) || !isCopied(b.dictionary(), rows)) {
            return false;
        }
        KERNELS.forWork(2L * rows)
                .compare(
                        comparison,
                        a.codes(),
                        left.values((FlatColumn) a.dictionary()),
                        b.codes(),
                        right.values((FlatColumn) b.dictionary()),
                        rows,
                        bits);
        return true;
    }

    private static boolean isCopied(Column dictionary, int rows) {
        return dictionary instanceof FlatColumn
                && dictionary.type().physical() == PhysicalType.INT32
                && dictionary.rowCount() <= Math.min(MAX_VALUES, WORTHWHILE * rows);
    }
}
