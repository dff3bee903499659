package io.neuralake.server.output;

import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.types.pojo.Field;

import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/// The forms in which results are printed.
public enum ResultFormat {
    TABLE,
    CSV,
    JSON,
    ARROW,
    PARQUET,
    NONE;

    /// Makes a writer of this form.
    ///
    /// @param out stays the caller's
    /// @param layout of tables
    public ResultWriter writer(OutputStream out, TableLayout layout) throws IOException {
        return switch (this) {
            case TABLE -> new TableWriter(text(out), layout);
            case CSV -> new CsvWriter(text(out));
            case JSON -> new JsonWriter(text(out));
            case ARROW -> new ArrowStreamOutput(out);
            case PARQUET -> new ParquetOutput(out);
            case NONE -> new Discard();
        };
    }

    private static Writer text(OutputStream out) {
        return new OutputStreamWriter(out, StandardCharsets.UTF_8);
    }

    /// Tells whether the form is made of bytes that a terminal cannot show, and holds one result.
    public boolean isBinary() {
        return this == ARROW || this == PARQUET;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// Reads the result to its end and prints nothing.
    private static final class Discard implements ResultWriter {
        @Override
        public void begin(List<Field> columns) {}

        @Override
        public void batch(List<FieldVector> vectors, int rowCount) {}

        @Override
        public void end() {}
    }
}
