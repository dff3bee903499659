package io.neuralake.exec.operator.join;

import io.neuralake.exec.row.Ownership;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.expression.ScanPredicate.Operator;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.memory.NativeMemory;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.Stream;

/// Holds the rows of each key sorted by value. A key is known by the row that the [JoinTable] answers
/// for it, its head; heads have a range of the sorted rows. Rows with a null key or value are left
/// out. Integer values lie sorted beside the rows, so that searching stays in few cache lines.
final class AsofIndex implements AutoCloseable {

    private final Column values;
    private final DataBuffer sorted;
    private final DataBuffer starts;
    private final DataBuffer ends;
    private final @Nullable DataBuffer integers;

    /// Sorts.
    static AsofIndex of(BuildSide build, int valuePosition, MemoryAllocator allocator) {
        Batch rows = build.rows();
        Column values = rows.column(valuePosition);
        int rowCount = rows.rowCount();
        try (Ownership owned = new Ownership()) {
            DataBuffer heads = allocator.allocate(4L * rowCount);
            DataBuffer sorted = owned.hold(allocator.allocate(4L * rowCount));
            int count;
            try {
                count = findHeads(build, values, heads, sorted, allocator);
                DataBuffer scratch = allocator.allocate(4L * rowCount);
                try {
                    new RowSort(heads.segment(), values, sorted.segment(), scratch.segment())
                            .sort(0, count);
                } finally {
                    scratch.release();
                }
                DataBuffer starts = owned.hold(allocator.allocateZeroed(4L * rowCount));
                DataBuffer ends = owned.hold(allocator.allocateZeroed(4L * rowCount));
                ranges(heads.segment(), sorted.segment(), count, starts, ends);
                DataBuffer integers = null;
                if (IntegerKeys.isInteger(values.type())) {
                    integers = owned.hold(sortedIntegers(values, sorted, count, allocator));
                }
                owned.transfer();
                return new AsofIndex(values, sorted, starts, ends, integers);
            } finally {
                heads.release();
            }
        }
    }

    /// Lists the rows that can match, and for each the head of its key.
    private static int findHeads(
            BuildSide build,
            Column values,
            DataBuffer heads,
            DataBuffer listed,
            MemoryAllocator allocator) {
        Batch rows = build.rows();
        int rowCount = rows.rowCount();
        if (rowCount == 0) {
            return 0;
        }
        DataBuffer matched = allocator.allocate(Bitmap.bytes(rowCount));
        try (ProbeLookup lookup = new ProbeLookup(build.keys(), build.table(), allocator)) {
            lookup.find(rows, build.keys().columns(), heads.segment(), matched.segment());
            KeyNulls.andNotNull(values, matched.segment());
            return Bitmap.toIndexes(matched.segment(), rowCount, listed.segment());
        } finally {
            matched.release();
        }
    }

    private static void ranges(
            MemorySegment heads,
            MemorySegment sorted,
            int count,
            DataBuffer starts,
            DataBuffer ends) {
        for (int i = 0; i < count; ) {
            int head = Rows.get(heads, Rows.get(sorted, i));
            Rows.set(starts.segment(), head, i);
            while (i < count && Rows.get(heads, Rows.get(sorted, i)) == head) {
                i++;
            }
            Rows.set(ends.segment(), head, i);
        }
    }

    private static DataBuffer sortedIntegers(
            Column values, DataBuffer sorted, int count, MemoryAllocator allocator) {
        int rowCount = values.rowCount();
        DataBuffer result = allocator.allocate(8L * count);
        DataBuffer all;
        try {
            all = allocator.allocate(8L * rowCount);
        } catch (RuntimeException | Error e) {
            result.release();
            throw e;
        }
        if (rowCount > 0) {
            IntegerKeys.read(values, 0, rowCount, all.segment());
        }
        for (int i = 0; i < count; i++) {
            int row = Rows.get(sorted.segment(), i);
            NativeMemory.setLong(
                    result.segment(),
                    (long) i << 3,
                    NativeMemory.getLong(all.segment(), (long) row << 3));
        }
        all.release();
        return result;
    }

    private AsofIndex(
            Column values,
            DataBuffer sorted,
            DataBuffer starts,
            DataBuffer ends,
            @Nullable DataBuffer integers) {
        this.values = values;
        this.sorted = sorted;
        this.starts = starts;
        this.ends = ends;
        this.integers = integers;
    }

    /// Replaces each head by the nearest row of its key, or -1.
    ///
    /// @param heads as [ProbeLookup#find] gave them
    /// @param probe values, null ones already without head
    /// @param scratch room for `count` int64
    void search(
            Operator operator,
            Column probe,
            int count,
            MemorySegment heads,
            MemorySegment scratch) {
        boolean fast = integers != null && IntegerKeys.isInteger(probe.type());
        if (fast) {
            IntegerKeys.read(probe, 0, count, scratch);
        }
        boolean greatest = operator == Operator.GREATER || operator == Operator.GREATER_OR_EQUAL;
        // the first row that is greater, or not less, than the probe value
        boolean orEqual = operator == Operator.GREATER_OR_EQUAL || operator == Operator.LESS;
        for (int i = 0; i < count; i++) {
            int head = Rows.get(heads, i);
            if (head >= 0) {
                int low = Rows.get(starts.segment(), head);
                int high = Rows.get(ends.segment(), head);
                int start = low;
                int end = high;
                if (high > low) {
                    low =
                            fast
                                    ? bound(
                                            NativeMemory.getLong(scratch, (long) i << 3),
                                            orEqual,
                                            low,
                                            high)
                                    : bound(probe, i, orEqual, low, high);
                }
                int at = greatest ? low - 1 : low;
                boolean found = at >= start && at < end && end > 0;
                Rows.set(heads, i, found ? Rows.get(sorted.segment(), at) : -1);
            }
        }
    }

    private int bound(long value, boolean orEqual, int from, int to) {
        if (integers == null) {
            throw new IllegalStateException("Not integers");
        }
        MemorySegment sortedValues = integers.segment();
        int low = from;
        int high = to;
        while (low < high) {
            int middle = low + high >>> 1;
            long other = NativeMemory.getLong(sortedValues, (long) middle << 3);
            if (other < value || orEqual && other == value) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private int bound(Column probe, int row, boolean orEqual, int from, int to) {
        int low = from;
        int high = to;
        while (low < high) {
            int middle = low + high >>> 1;
            int order = ValueOrder.compare(values, Rows.get(sorted.segment(), middle), probe, row);
            if (order < 0 || orEqual && order == 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    @Override
    public void close() {
        sorted.release();
        starts.release();
        ends.release();
        if (integers != null) {
            integers.release();
        }
    }

    /// Sorts rows by head, then value: a stable merge sort over int32 rows off-heap.
    private record RowSort(
            MemorySegment heads, Column values, MemorySegment rows, MemorySegment scratch) {
        private static final int INSERTION_ROWS = 16;

        private void sort(int from, int to) {
            if (to - from <= INSERTION_ROWS) {
                insertionSort(from, to);
                return;
            }
            int middle = from + to >>> 1;
            sort(from, middle);
            sort(middle, to);
            if (compare(Rows.get(rows, middle - 1), Rows.get(rows, middle)) > 0) {
                merge(from, middle, to);
            }
        }

        private void insertionSort(int from, int to) {
            for (int i = from + 1; i < to; i++) {
                int row = Rows.get(rows, i);
                int at = i;
                while (at > from && compare(Rows.get(rows, at - 1), row) > 0) {
                    Rows.set(rows, at, Rows.get(rows, at - 1));
                    at--;
                }
                Rows.set(rows, at, row);
            }
        }

        private void merge(int from, int middle, int to) {
            MemorySegment.copy(
                    rows, (long) from << 2, scratch, (long) from << 2, (long) (middle - from) << 2);
            int left = from;
            int right = middle;
            int at = from;
            while (left < middle && right < to) {
                int l = Rows.get(scratch, left);
                int r = Rows.get(rows, right);
                boolean first = compare(l, r) <= 0;
                Rows.set(rows, at++, first ? l : r);
                left += first ? 1 : 0;
                right += first ? 0 : 1;
            }
            while (left < middle) {
                Rows.set(rows, at++, Rows.get(scratch, left++));
            }
        }

        private int compare(int left, int right) {
            int order = Integer.compare(Rows.get(heads, left), Rows.get(heads, right));
            return order != 0 ? order : ValueOrder.compare(values, left, values, right);
        }
    }

    /// Returns the key columns' positions and behind them the value's.
    static List<Integer> withValue(List<Integer> keys, int value) {
        return Stream.concat(keys.stream(), Stream.of(value)).toList();
    }
}
