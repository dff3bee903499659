package io.neuralake.connector.files;

import io.neuralake.spi.catalog.QualifiedName;
import io.neuralake.spi.catalog.TableFormat;
import io.neuralake.spi.catalog.TableSnapshot;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.Schema;
import io.neuralake.storage.FileGlob;
import io.neuralake.storage.ObjectStore;
import io.neuralake.storage.StoredEntry;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Opens text files as tables. The inferred schema of a file is kept as long as its size and time do
/// not change.
public final class TextTableFormat implements TableFormat {
    private static final int CACHED_SCHEMAS = 1000;

    private final String name;
    private final TextFormat format;
    private final ObjectStore store;
    private final TextConnector connector = new TextConnector();
    private final Map<StoredEntry, Schema> schemas =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<StoredEntry, Schema> eldest) {
                    return size() > CACHED_SCHEMAS;
                }
            };

    private TextTableFormat(String name, TextFormat format, ObjectStore store) {
        this.name = name;
        this.format = format;
        this.store = store;
    }

    /// Returns the format of comma-separated values; semicolon, tab and bar are detected, too.
    public static TextTableFormat csv(ObjectStore store) {
        return new TextTableFormat("csv", new CsvFormat(store), store);
    }

    /// Returns the format of JSON: one object a line, or an array of objects.
    public static TextTableFormat json(ObjectStore store) {
        return new TextTableFormat("json", new JsonFormat(store), store);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public TableSnapshot open(QualifiedName table, String location) {
        List<StoredEntry> files = FileGlob.files(store, location);
        if (files.isEmpty()) {
            throw new NeuralakeException(ErrorCode.FILE_NOT_FOUND, "File not found: " + location);
        }
        Schema schema = schema(files.get(0));
        for (StoredEntry file : files.subList(1, files.size())) {
            if (!schema(file).equals(schema)) {
                throw new NeuralakeException(
                        ErrorCode.TYPE_MISMATCH,
                        "Files of one table have different columns: "
                                + files.get(0).path()
                                + ", "
                                + file.path());
            }
        }
        return new TextTable(table, files, schema, format, connector);
    }

    private Schema schema(StoredEntry file) {
        synchronized (schemas) {
            Schema known = schemas.get(file);
            if (known != null) {
                return known;
            }
        }
        Schema inferred = format.infer(file);
        synchronized (schemas) {
            schemas.put(file, inferred);
        }
        return inferred;
    }
}
