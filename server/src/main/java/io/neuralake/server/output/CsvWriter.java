package io.neuralake.server.output;

import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.types.pojo.Field;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.Writer;
import java.util.List;

/// Writes RFC 4180 CSV with a header line. NULL is an empty field, the empty string is `""`.
public final class CsvWriter implements ResultWriter {
    private final Writer out;

    /// Writes to `out`, which stays the caller's.
    public CsvWriter(Writer out) {
        this.out = out;
    }

    @Override
    public void begin(List<Field> columns) throws IOException {
        boolean first = true;
        for (Field field : columns) {
            if (!first) {
                out.append(',');
            }
            first = false;
            field(field.getName());
        }
        out.append('\n');
    }

    @Override
    public void batch(List<FieldVector> vectors, int rowCount) throws IOException {
        for (int row = 0; row < rowCount; row++) {
            for (int c = 0; c < vectors.size(); c++) {
                if (c > 0) {
                    out.append(',');
                }
                field(ArrowText.of(vectors.get(c), row));
            }
            out.append('\n');
        }
    }

    private void field(@Nullable String text) throws IOException {
        if (text == null) {
            return;
        }
        boolean quote = text.isEmpty();
        for (int i = 0; i < text.length() && !quote; i++) {
            char ch = text.charAt(i);
            quote = ch == ',' || ch == '"' || ch == '\n' || ch == '\r';
        }
        if (quote) {
            out.append('"').append(text.replace("\"", "\"\"")).append('"');
        } else {
            out.append(text);
        }
    }

    @Override
    public void end() throws IOException {
        out.flush();
    }
}
