package io.neuralake.connector.parquet.filter;

import io.neuralake.connector.parquet.file.CorruptFile;
import io.neuralake.connector.parquet.schema.LeafColumn;
import io.neuralake.spi.expression.ColumnPath;
import io.neuralake.spi.expression.ScanPredicate;

import org.apache.parquet.format.ColumnIndex;
import org.apache.parquet.format.OffsetIndex;
import org.apache.parquet.format.PageLocation;
import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Function;

/// Finds the rows in which predicates may hold, page by page.
public final class PageIndex {
    /// Bounds of a column's pages.
    ///
    /// @param firstRows first row of each page, and the row count at the end
    /// @param bounds what is known of each page
    public record Pages(long[] firstRows, List<ValueBounds> bounds) {}

    private PageIndex() {}

    /// Reads the indexes of a chunk without lists; null when they do not fit together.
    public static @Nullable Pages pages(
            LeafColumn leaf, ColumnIndex column, OffsetIndex offsets, long rows, boolean ordered) {
        List<PageLocation> locations =
                CorruptFile.required(offsets.getPage_locations(), "the page locations");
        int count = locations.size();
        if (count == 0
                || column.getNull_pagesSize() != count
                || column.getMin_valuesSize() != count
                || column.getMax_valuesSize() != count
                || !(ordered || Values.signedOrder(leaf))) {
            return null;
        }
        long[] firstRows = new long[count + 1];
        firstRows[count] = rows;
        for (int i = 0; i < count; i++) {
            firstRows[i] = locations.get(i).getFirst_row_index();
            if (firstRows[i] < 0
                    || firstRows[i] > rows
                    || i > 0 && firstRows[i] < firstRows[i - 1]) {
                return null;
            }
        }
        if (firstRows[0] != 0) {
            return null;
        }
        ValueBounds[] bounds = new ValueBounds[count];
        for (int i = 0; i < count; i++) {
            bounds[i] = bounds(leaf, column, i, firstRows[i + 1] - firstRows[i]);
        }
        return new Pages(firstRows, List.of(bounds));
    }

    private static ValueBounds bounds(LeafColumn leaf, ColumnIndex column, int page, long rows) {
        boolean floating = Values.floating(leaf.type());
        if (CorruptFile.required(column.getNull_pages(), "the null pages").get(page)) {
            return new ValueBounds(null, null, rows, rows, false);
        }
        long nulls = count(column.getNull_counts(), page);
        boolean nan = floating && count(column.getNan_counts(), page) != 0;
        Object minimum = Values.bound(leaf, bytes(column.getMin_values(), page));
        Object maximum = Values.bound(leaf, bytes(column.getMax_values(), page));
        if (floating && (minimum == null || maximum == null)) {
            return new ValueBounds(null, null, nulls, rows, true);
        }
        return new ValueBounds(minimum, maximum, nulls, rows, nan);
    }

    private static long count(@Nullable List<Long> counts, int page) {
        return counts != null && counts.size() > page ? counts.get(page) : -1;
    }

    private static byte[] bytes(@Nullable List<ByteBuffer> bounds, int page) {
        ByteBuffer buffer = CorruptFile.required(bounds, "the bounds").get(page);
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    /// Returns the rows in which all predicates may hold.
    ///
    /// @param pages returns the page bounds of a column, or null
    public static RowRanges ranges(
            List<ScanPredicate> predicates,
            long rows,
            Function<ColumnPath, @Nullable Pages> pages) {
        RowRanges result = RowRanges.of(0, rows);
        for (ScanPredicate predicate : predicates) {
            result = result.and(ranges(predicate, rows, pages));
        }
        return result;
    }

    private static RowRanges ranges(
            ScanPredicate predicate, long rows, Function<ColumnPath, @Nullable Pages> pages) {
        return switch (predicate) {
            case ScanPredicate.And and -> ranges(and.parts(), rows, pages);
            case ScanPredicate.Or or -> {
                RowRanges result = RowRanges.EMPTY;
                for (ScanPredicate part : or.parts()) {
                    result = result.or(ranges(part, rows, pages));
                }
                yield result;
            }
            case ScanPredicate.Comparison c -> leaf(c, rows, pages.apply(c.column()));
            case ScanPredicate.In in -> leaf(in, rows, pages.apply(in.column()));
            case ScanPredicate.NullTest n -> leaf(n, rows, pages.apply(n.column()));
            case ScanPredicate.Prefix p -> leaf(p, rows, pages.apply(p.column()));
        };
    }

    private static RowRanges leaf(ScanPredicate predicate, long rows, @Nullable Pages pages) {
        if (pages == null) {
            return RowRanges.of(0, rows);
        }
        RowRanges result = RowRanges.EMPTY;
        for (int i = 0; i < pages.bounds().size(); i++) {
            if (Pruner.leafMayMatch(predicate, pages.bounds().get(i))) {
                result = result.or(RowRanges.of(pages.firstRows()[i], pages.firstRows()[i + 1]));
            }
        }
        return result;
    }
}
