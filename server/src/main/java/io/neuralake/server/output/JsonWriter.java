package io.neuralake.server.output;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;

import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.types.pojo.Field;

import java.io.IOException;
import java.io.Writer;
import java.math.BigDecimal;
import java.util.List;

/// Writes one JSON object a line (NDJSON). Numbers are JSON numbers with all their digits, but NaN
/// and infinities, which JSON lacks, are strings.
public final class JsonWriter implements ResultWriter {
    private final Writer out;
    private final JsonGenerator json;
    private boolean empty = true;

    /// Writes to `out`, which stays the caller's.
    public JsonWriter(Writer out) throws IOException {
        this.out = out;
        json = new JsonFactory().createGenerator(out);
        json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
        json.enable(JsonGenerator.Feature.WRITE_BIGDECIMAL_AS_PLAIN);
        json.setPrettyPrinter(new MinimalPrettyPrinter("\n"));
    }

    @Override
    public void begin(List<Field> columns) {}

    @Override
    public void batch(List<FieldVector> vectors, int rowCount) throws IOException {
        for (int row = 0; row < rowCount; row++) {
            object(vectors, row);
        }
        empty &= rowCount == 0;
    }

    private void object(List<FieldVector> vectors, int row) throws IOException {
        json.writeStartObject();
        for (FieldVector vector : vectors) {
            json.writeFieldName(vector.getName());
            value(vector, row);
        }
        json.writeEndObject();
    }

    private void value(FieldVector vector, int row) throws IOException {
        if (vector.isNull(row)) {
            json.writeNull();
            return;
        }
        switch (vector) {
            case MapVector map -> {
                List<FieldVector> members = map.getDataVector().getChildrenFromFields();
                json.writeStartObject();
                for (int i = map.getElementStartIndex(row); i < map.getElementEndIndex(row); i++) {
                    json.writeFieldName(String.valueOf(ArrowText.of(members.get(0), i)));
                    value(members.get(1), i);
                }
                json.writeEndObject();
            }
            case ListVector list -> {
                json.writeStartArray();
                for (int i = list.getElementStartIndex(row);
                        i < list.getElementEndIndex(row);
                        i++) {
                    value(list.getDataVector(), i);
                }
                json.writeEndArray();
            }
            case StructVector struct -> object(struct.getChildrenFromFields(), row);
            default -> scalar(vector, row);
        }
    }

    private void scalar(FieldVector vector, int row) throws IOException {
        switch (vector.getMinorType()) {
            case TINYINT, SMALLINT, INT, BIGINT ->
                    json.writeNumber(((Number) vector.getObject(row)).longValue());
            case FLOAT4, FLOAT8 -> {
                double number = ((Number) vector.getObject(row)).doubleValue();
                if (Double.isFinite(number)) {
                    json.writeNumber(vector.getObject(row).toString());
                } else {
                    json.writeString(Double.toString(number));
                }
            }
            case DECIMAL -> json.writeNumber((BigDecimal) vector.getObject(row));
            case BIT -> json.writeBoolean((Boolean) vector.getObject(row));
            default -> json.writeString(ArrowText.of(vector, row));
        }
    }

    @Override
    public void end() throws IOException {
        json.flush();
        if (!empty) {
            out.append('\n');
        }
        out.flush();
    }
}
