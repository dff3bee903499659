package io.neuralake.connector.parquet.page;

import org.apache.parquet.format.OffsetIndex;
import org.apache.parquet.format.PageLocation;
import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.List;

/// Where the data pages of a chunk lie, by its offset index.
///
/// @param offsets of each page in the file
/// @param sizes of each page with its header
/// @param firstRows first row of each page, and the row count at the end
public record PageLocations(long[] offsets, int[] sizes, long[] firstRows) {
    /// Reads an index; null for one that contradicts itself or the chunk.
    ///
    /// @param start where the chunk begins
    /// @param end where it ends
    /// @param rows of the row group
    public static @Nullable PageLocations of(OffsetIndex index, long start, long end, long rows) {
        @Nullable List<PageLocation> pages = index.getPage_locations();
        if (pages == null || pages.isEmpty()) {
            return null;
        }
        int count = pages.size();
        long[] offsets = new long[count];
        int[] sizes = new int[count];
        long[] firstRows = new long[count + 1];
        long at = start;
        for (int i = 0; i < count; i++) {
            PageLocation page = pages.get(i);
            offsets[i] = page.getOffset();
            sizes[i] = page.getCompressed_page_size();
            firstRows[i] = page.getFirst_row_index();
            boolean fits =
                    offsets[i] >= at
                            && sizes[i] > 0
                            && sizes[i] <= end - offsets[i]
                            && (i == 0 ? firstRows[0] == 0 : firstRows[i] > firstRows[i - 1])
                            && firstRows[i] < rows;
            if (!fits) {
                return null;
            }
            at = offsets[i] + sizes[i];
        }
        firstRows[count] = rows;
        return new PageLocations(offsets, sizes, firstRows);
    }

    /// Returns the number of pages.
    public int count() {
        return offsets.length;
    }

    /// Returns the rows of a page.
    int rows(int page) {
        return Math.toIntExact(firstRows[page + 1] - firstRows[page]);
    }

    /// Returns the page that begins with a row.
    int beginningAt(long row) {
        int page = Arrays.binarySearch(firstRows, row);
        if (page < 0 || page >= count()) {
            throw new IllegalStateException("No page begins with row " + row);
        }
        return page;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PageLocations locations
                && Arrays.equals(offsets, locations.offsets)
                && Arrays.equals(sizes, locations.sizes)
                && Arrays.equals(firstRows, locations.firstRows);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(offsets);
    }

    @Override
    public String toString() {
        return "pages at " + Arrays.toString(offsets);
    }
}
