package io.neuralake.spi.statistics;

import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.type.Field;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Counts rows, and nulls and distinct values of columns whose type [ValueHash] knows. For one
/// thread.
public final class ColumnSketches {
    /// 2048 registers: 1 KiB a column, and a standard error of 2.3 %, where estimates of plans forgive
    /// 400 %. What halves the error takes four times the room in every file.
    public static final int PRECISION = 11;

    private final Map<Integer, Counted> columns = new LinkedHashMap<>();
    private long[] hashes = new long[0];
    private long rowCount;

    /// What was counted of a column.
    private static final class Counted {
        private final String name;
        private final DistinctSketch sketch = new DistinctSketch(PRECISION);
        private long nulls;

        Counted(String name) {
            this.name = name;
        }
    }

    /// Counts columns.
    ///
    /// @param fields those of the batches that will be added; others than hashed ones are left out
    public ColumnSketches(List<Field> fields) {
        for (int i = 0; i < fields.size(); i++) {
            if (ValueHash.isHashed(fields.get(i).type())) {
                columns.put(i, new Counted(fields.get(i).name()));
            }
        }
    }

    /// Adds the selected rows of a batch, which stays the caller's.
    public void add(Batch batch) {
        int rows = batch.rowCount();
        if (hashes.length < rows) {
            hashes = new long[rows];
        }
        DataBuffer selection = batch.selection();
        for (Map.Entry<Integer, Counted> column : columns.entrySet()) {
            ValueHash.hash(batch.column(column.getKey()), rows, hashes);
            add(column.getValue(), rows, selection);
        }
        for (int i = 0; i < rows; i++) {
            rowCount += isSelected(selection, i) ? 1 : 0;
        }
    }

    private void add(Counted column, int rows, @Nullable DataBuffer selection) {
        DistinctSketch sketch = column.sketch;
        for (int i = 0; i < rows; i++) {
            if (isSelected(selection, i)) {
                if (hashes[i] == ValueHash.NULL) {
                    column.nulls++;
                } else {
                    sketch.add(hashes[i]);
                }
            }
        }
    }

    private static boolean isSelected(@Nullable DataBuffer selection, int row) {
        return selection == null || Bitmap.get(selection.segment(), row);
    }

    /// Returns the number of rows.
    public long rowCount() {
        return rowCount;
    }

    /// Returns the names of the columns that are counted.
    public List<String> names() {
        return columns.values().stream().map(column -> column.name).toList();
    }

    /// Returns the sketches by the columns' names.
    public Map<String, DistinctSketch> sketches() {
        Map<String, DistinctSketch> named = new LinkedHashMap<>();
        columns.values().forEach(column -> named.put(column.name, column.sketch));
        return named;
    }

    /// Returns the numbers of nulls by the columns' names.
    public Map<String, Long> nulls() {
        Map<String, Long> named = new LinkedHashMap<>();
        columns.values().forEach(column -> named.put(column.name, column.nulls));
        return named;
    }
}
