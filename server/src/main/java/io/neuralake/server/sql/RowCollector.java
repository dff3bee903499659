package io.neuralake.server.sql;

import io.neuralake.server.output.ResultWriter;

import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Schema;

import java.util.ArrayList;
import java.util.List;

/// Collects rows as text.
final class RowCollector implements ResultWriter {
    private final List<List<String>> rows = new ArrayList<>();

    @Override
    public void begin(Schema schema) {}

    @Override
    public void batch(VectorSchemaRoot root) {
        for (int row = 0; row < root.getRowCount(); row++) {
            List<String> values = new ArrayList<>();
            for (FieldVector vector : root.getFieldVectors()) {
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
