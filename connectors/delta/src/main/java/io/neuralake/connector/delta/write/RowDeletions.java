package io.neuralake.connector.delta.write;

import io.neuralake.connector.delta.scan.RowBitmap;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;

import org.roaringbitmap.RoaringBitmap;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Rows that a change deletes, by number of their file. For one thread.
public final class RowDeletions {
    private static final int MAX_HIGH = 1 << 20;

    private final SortedMap<Integer, List<RoaringBitmap>> files = new TreeMap<>();
    private long count;

    /// Makes an empty set.
    public RowDeletions() {}

    /// Adds a row.
    ///
    /// @param file number of its file
    /// @param row position in the file
    /// @return 1 if the row was in the set already, else 0
    public long add(int file, long row) {
        int high = (int) (row >>> Integer.SIZE);
        if (row < 0 || high > MAX_HIGH) {
            throw new IllegalArgumentException("Not a row's position: " + row);
        }
        List<RoaringBitmap> bitmaps = files.computeIfAbsent(file, unseen -> new ArrayList<>());
        while (bitmaps.size() <= high) {
            bitmaps.add(new RoaringBitmap());
        }
        if (bitmaps.get(high).checkedAdd((int) row)) {
            count++;
            return 0;
        }
        return 1;
    }

    /// Adds the selected rows of a batch, which stays the caller's.
    ///
    /// @param addresses first the files, INTEGER, then the rows, BIGINT; rows whose file is null are left
    ///     out
    /// @return how many were in the set already
    public long add(Batch addresses) {
        DataBuffer selection = addresses.selection();
        Column numbers = addresses.column(0);
        Column rows = addresses.column(1);
        long again = 0;
        for (int i = 0; i < addresses.rowCount(); i++) {
            if ((selection == null || Bitmap.get(selection.segment(), i)) && !numbers.isNull(i)) {
                again += add((int) RowAddresses.value(numbers, i), RowAddresses.value(rows, i));
            }
        }
        return again;
    }

    /// Tells whether there are no rows.
    public boolean isEmpty() {
        return count == 0;
    }

    /// Returns the number of rows.
    public long count() {
        return count;
    }

    /// Returns the numbers of the files that have some of the rows.
    public SortedSet<Integer> files() {
        return new TreeSet<>(files.keySet());
    }

    /// Adds the rows of another set.
    public void addAll(RowDeletions others) {
        others.files.forEach(
                (file, bitmaps) -> {
                    List<RoaringBitmap> own = files.computeIfAbsent(file, _ -> new ArrayList<>());
                    for (int i = 0; i < bitmaps.size(); i++) {
                        if (i == own.size()) {
                            own.add(new RoaringBitmap());
                        }
                        count -= own.get(i).getLongCardinality();
                        own.get(i).or(bitmaps.get(i));
                        count += own.get(i).getLongCardinality();
                    }
                });
    }

    /// Tells whether a row is one of them.
    public boolean contains(int file, long row) {
        List<RoaringBitmap> bitmaps = files.get(file);
        int high = (int) (row >>> Integer.SIZE);
        return bitmaps != null && high < bitmaps.size() && bitmaps.get(high).contains((int) row);
    }

    /// Returns the rows of a file, as a copy.
    public RowBitmap of(int file) {
        List<RoaringBitmap> copies = new ArrayList<>();
        for (RoaringBitmap bitmap : files.getOrDefault(file, List.of())) {
            copies.add(bitmap.clone());
        }
        return RowBitmap.of(copies);
    }
}
