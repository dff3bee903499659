package io.neuralake.connector.delta.engine;

import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.data.ColumnarBatch;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// A batch of vectors, for the kernel. Immutable.
record ValueBatch(StructType schema, int rowCount, List<ColumnVector> columns)
        implements ColumnarBatch {
    ValueBatch {
        columns = List.copyOf(columns);
    }

    /// Makes a batch of rows, each an array with one element a field of the schema.
    static ValueBatch ofRows(StructType schema, List<@Nullable Object[]> rows) {
        List<ColumnVector> columns = new ArrayList<>();
        for (int i = 0; i < schema.length(); i++) {
            @Nullable Object[] values = new @Nullable Object[rows.size()];
            for (int row = 0; row < values.length; row++) {
                values[row] = rows.get(row)[i];
            }
            columns.add(new ValueVector(schema.at(i).getDataType(), values));
        }
        return new ValueBatch(schema, rows.size(), columns);
    }

    @Override
    public StructType getSchema() {
        return schema;
    }

    @Override
    public ColumnVector getColumnVector(int ordinal) {
        return columns.get(ordinal);
    }

    @Override
    public int getSize() {
        return rowCount;
    }

    @Override
    public ColumnarBatch withNewColumn(int ordinal, StructField field, ColumnVector vector) {
        List<StructField> fields = new ArrayList<>(schema.fields());
        fields.add(ordinal, field);
        List<ColumnVector> changed = new ArrayList<>(columns);
        changed.add(ordinal, vector);
        return new ValueBatch(new StructType(fields), rowCount, changed);
    }

    @Override
    public ColumnarBatch withDeletedColumnAt(int ordinal) {
        List<StructField> fields = new ArrayList<>(schema.fields());
        fields.remove(ordinal);
        List<ColumnVector> changed = new ArrayList<>(columns);
        changed.remove(ordinal);
        return new ValueBatch(new StructType(fields), rowCount, changed);
    }

    @Override
    public ColumnarBatch withNewSchema(StructType changed) {
        return new ValueBatch(changed, rowCount, columns);
    }
}
