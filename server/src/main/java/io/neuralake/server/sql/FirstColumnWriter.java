package io.neuralake.server.sql;

import io.neuralake.server.output.ResultWriter;

import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Schema;

import java.util.ArrayList;
import java.util.List;

/// Collects the first column as text.
final class FirstColumnWriter implements ResultWriter {
    private final List<String> values = new ArrayList<>();

    @Override
    public void begin(Schema schema) {}

    @Override
    public void batch(VectorSchemaRoot root) {
        for (int row = 0; row < root.getRowCount(); row++) {
            values.add(String.valueOf(root.getVector(0).getObject(row)));
        }
    }

    @Override
    public void end() {}

    List<String> values() {
        return values;
    }
}
