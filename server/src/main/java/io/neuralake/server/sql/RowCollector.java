package io.neuralake.server.sql;

import io.neuralake.server.output.ResultWriter;

import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.types.pojo.Field;

import java.util.ArrayList;
import java.util.List;

/// Collects rows as text.
final class RowCollector implements ResultWriter {
    private final List<List<String>> rows = new ArrayList<>();

    @Override
    public void begin(List<Field> columns) {}

    @Override
    public void batch(List<FieldVector> vectors, int rowCount) {
        for (int row = 0; row < rowCount; row++) {
            List<String> values = new ArrayList<>();
            for (FieldVector vector : vectors) {
                values.add(String.valueOf(vector.getObject(row)));
            }
            rows.add(values);
        }
    }

    @Override
    public void end() {}

    List<List<String>> rows() {
        return rows;
    }
}
