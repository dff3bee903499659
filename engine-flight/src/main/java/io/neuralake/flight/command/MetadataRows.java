package io.neuralake.flight.command;

import io.neuralake.flight.error.FlightErrors;

import org.apache.arrow.flight.FlightProducer.ServerStreamListener;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.UInt1Vector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.impl.UnionListWriter;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Supplier;

/// Sends small tables of metadata in the schemas of the Flight SQL specification.
final class MetadataRows {
    private MetadataRows() {}

    /// Sends rows whose values are String, Integer, Boolean, `byte[]`, `List<String>` or null.
    static void send(
            Schema schema,
            Supplier<List<List<@Nullable Object>>> rows,
            BufferAllocator allocator,
            ServerStreamListener client) {
        try (VectorSchemaRoot root = VectorSchemaRoot.create(schema, allocator)) {
            List<List<@Nullable Object>> values = rows.get();
            root.allocateNew();
            for (int row = 0; row < values.size(); row++) {
                for (int c = 0; c < values.get(row).size(); c++) {
                    set(root.getVector(c), row, values.get(row).get(c));
                }
            }
            root.setRowCount(values.size());
            client.start(root);
            client.putNext();
            client.completed();
        } catch (RuntimeException | Error e) {
            client.error(FlightErrors.toFlight(e));
        }
    }

    private static void set(FieldVector vector, int row, @Nullable Object value) {
        if (value == null) {
            return;
        }
        switch (vector) {
            case VarCharVector v ->
                    v.setSafe(row, ((String) value).getBytes(StandardCharsets.UTF_8));
            case VarBinaryVector v -> v.setSafe(row, (byte[]) value);
            case IntVector v -> v.setSafe(row, (Integer) value);
            case UInt1Vector v -> v.setSafe(row, (Integer) value);
            case BitVector v -> v.setSafe(row, (Boolean) value ? 1 : 0);
            case ListVector v -> list(v, row, (List<?>) value);
            default -> throw new IllegalStateException("Not a metadata type: " + vector.getField());
        }
    }

    private static void list(ListVector vector, int row, List<?> values) {
        UnionListWriter writer = vector.getWriter();
        writer.setPosition(row);
        writer.startList();
        for (Object value : values) {
            writer.writeVarChar((String) value);
        }
        writer.endList();
    }
}
