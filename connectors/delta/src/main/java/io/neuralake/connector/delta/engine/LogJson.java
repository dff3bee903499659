package io.neuralake.connector.delta.engine;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;

import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.data.ColumnarBatch;
import io.delta.kernel.data.Row;
import io.delta.kernel.engine.JsonHandler;
import io.delta.kernel.exceptions.KernelEngineException;
import io.delta.kernel.expressions.Predicate;
import io.delta.kernel.types.StructType;
import io.delta.kernel.utils.CloseableIterator;
import io.delta.kernel.utils.FileStatus;
import io.neuralake.connector.delta.log.JsonForm;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.storage.ObjectStore;

import org.jspecify.annotations.Nullable;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Reads the JSON files of a log, one batch a file, and writes them.
final class LogJson implements JsonHandler {
    static final JsonFactory FACTORY = new JsonFactory();

    private final ObjectStore store;
    private final Set<String> hidden;

    /// @param hidden paths of files that are not there for the kernel
    LogJson(ObjectStore store, Set<String> hidden) {
        this.store = store;
        this.hidden = hidden;
    }

    @Override
    public ColumnarBatch parseJson(
            ColumnVector texts, StructType schema, Optional<ColumnVector> selection) {
        JsonValues values = new JsonValues();
        List<@Nullable Object[]> rows = new ArrayList<>(texts.getSize());
        for (int i = 0; i < texts.getSize(); i++) {
            boolean selected =
                    !texts.isNullAt(i)
                            && (selection.isEmpty()
                                    || !selection.get().isNullAt(i)
                                            && selection.get().getBoolean(i));
            rows.add(
                    selected
                            ? parse(values, texts.getString(i), schema)
                            : new @Nullable Object[schema.length()]);
        }
        return ValueBatch.ofRows(schema, rows);
    }

    private static @Nullable Object[] parse(JsonValues values, String text, StructType schema) {
        try (JsonParser parser = FACTORY.createParser(text)) {
            parser.nextToken();
            return values.struct(parser, schema);
        } catch (IOException | RuntimeException e) {
            throw new NeuralakeException(
                    ErrorCode.CORRUPT_FILE, "JSON in the Delta log cannot be parsed: " + e, e);
        }
    }

    @Override
    public CloseableIterator<ColumnarBatch> readJsonFiles(
            CloseableIterator<FileStatus> files, StructType schema, Optional<Predicate> predicate) {
        return files.map(file -> readExpected(file.getPath(), schema));
    }

    /// Reads a file; where it is absent, as `_last_checkpoint` may be, in the way that the kernel knows.
    private ColumnarBatch readExpected(String path, StructType schema) {
        if (hidden.contains(path)) {
            throw new KernelEngineException(
                    "Cannot read a file of the log: " + path, new FileNotFoundException(path));
        }
        try {
            return read(path, schema);
        } catch (NeuralakeException e) {
            if (e.code() != ErrorCode.FILE_NOT_FOUND) {
                throw e;
            }
            FileNotFoundException absent = new FileNotFoundException(path);
            absent.initCause(e);
            throw new KernelEngineException("Cannot read a file of the log: " + path, absent);
        }
    }

    /// Reads a file of one JSON object a line. Throws CORRUPT_FILE with the line.
    ColumnarBatch read(String path, StructType schema) {
        JsonValues values = new JsonValues();
        List<@Nullable Object[]> rows = new ArrayList<>();
        try (JsonParser parser = FACTORY.createParser(store.read(path))) {
            while (parser.nextToken() != null) {
                rows.add(values.struct(parser, schema));
            }
        } catch (NeuralakeException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw new NeuralakeException(
                    ErrorCode.CORRUPT_FILE,
                    "Delta log file cannot be parsed: "
                            + path
                            + ", line "
                            + (rows.size() + 1)
                            + ": "
                            + e.getMessage(),
                    e);
        }
        return ValueBatch.ofRows(schema, rows);
    }

    @Override
    public void writeJsonFileAtomically(String path, CloseableIterator<Row> rows, boolean overwrite)
            throws IOException {
        StringBuilder lines = new StringBuilder();
        try (rows) {
            while (rows.hasNext()) {
                Row row = rows.next();
                lines.append(
                                JsonForm.text(
                                        DeltaTypes.type(row.getSchema()), KernelValues.java(row)))
                        .append('\n');
            }
        }
        LogFiles.write(store, path, lines.toString().getBytes(StandardCharsets.UTF_8), overwrite);
    }
}
