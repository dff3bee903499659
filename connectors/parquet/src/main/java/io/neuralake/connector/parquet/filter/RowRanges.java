package io.neuralake.connector.parquet.filter;

import java.util.Arrays;

/// Rows of a row group as ascending, disjoint, not adjacent ranges.
///
/// @param bounds begin and end of each range in turn; ends are exclusive
public record RowRanges(long[] bounds) {
    /// No rows.
    public static final RowRanges EMPTY = new RowRanges(new long[0]);

    /// Returns all rows from `from` to `to`.
    public static RowRanges of(long from, long to) {
        return from < to ? new RowRanges(new long[] {from, to}) : EMPTY;
    }

    /// Returns the number of ranges.
    public int size() {
        return bounds.length / 2;
    }

    /// Returns where range `index` begins.
    public long from(int index) {
        return bounds[2 * index];
    }

    /// Returns where range `index` ends.
    public long to(int index) {
        return bounds[2 * index + 1];
    }

    /// Returns the number of rows.
    public long rowCount() {
        long count = 0;
        for (int i = 0; i < size(); i++) {
            count += to(i) - from(i);
        }
        return count;
    }

    /// Returns the rows in both.
    public RowRanges and(RowRanges other) {
        long[] result = new long[bounds.length + other.bounds.length];
        int count = 0;
        int left = 0;
        int right = 0;
        while (left < size() && right < other.size()) {
            long from = Math.max(from(left), other.from(right));
            long to = Math.min(to(left), other.to(right));
            if (from < to) {
                result[count++] = from;
                result[count++] = to;
            }
            if (to(left) < other.to(right)) {
                left++;
            } else {
                right++;
            }
        }
        return new RowRanges(Arrays.copyOf(result, count));
    }

    /// Returns the rows in one or both.
    public RowRanges or(RowRanges other) {
        long[] result = new long[bounds.length + other.bounds.length];
        int count = 0;
        int left = 0;
        int right = 0;
        while (left < size() || right < other.size()) {
            boolean takeLeft =
                    right == other.size() || left < size() && from(left) <= other.from(right);
            long from = takeLeft ? from(left) : other.from(right);
            long to = takeLeft ? to(left++) : other.to(right++);
            if (count > 0 && from <= result[count - 1]) {
                result[count - 1] = Math.max(result[count - 1], to);
            } else {
                result[count++] = from;
                result[count++] = to;
            }
        }
        return new RowRanges(Arrays.copyOf(result, count));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RowRanges ranges && Arrays.equals(bounds, ranges.bounds);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bounds);
    }

    @Override
    public String toString() {
        return Arrays.toString(bounds);
    }
}
