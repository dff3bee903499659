package io.neuralake.connector.delta.write;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;

import io.neuralake.connector.delta.WrittenTable;
import io.neuralake.connector.delta.log.AddFile;
import io.neuralake.connector.delta.log.DeletionVector;
import io.neuralake.connector.delta.scan.DeltaTable;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ColumnBuilder;
import io.neuralake.spi.type.Schema;
import io.neuralake.storage.LocalStore;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A table that a test changes by the writers, with commits of its own.
final class ChangedTable implements AutoCloseable {
    private static final String FEATURES =
            "{\"protocol\":{\"minReaderVersion\":3,\"minWriterVersion\":7,"
                + "\"readerFeatures\":[\"deletionVectors\",\"columnMapping\",\"timestampNtz\"],"
                + "\"writerFeatures\":[\"deletionVectors\",\"columnMapping\",\"timestampNtz\"]}}";

    final WrittenTable table;
    private long version;

    /// Makes a table by its schema's fields, partition columns and properties, each as JSON.
    ChangedTable(Path folder, String fields, String partitions, String properties) {
        table = new WrittenTable(folder);
        table.commit(0, FEATURES, WrittenTable.metadata(fields, partitions, properties));
    }

    DeltaTable open() {
        return (DeltaTable) table.open();
    }

    WriteTarget target(long fileBytes) {
        return new WriteTarget(
                new LocalStore(), table.folder().toString(), open().state().metadata(), fileBytes);
    }

    /// Makes a batch, which the caller closes.
    Batch batch(List<? extends List<? extends @Nullable Object>> rows) {
        Schema schema = open().schema();
        Column[] columns = new Column[schema.size()];
        for (int i = 0; i < columns.length; i++) {
            List<@Nullable Object> values = new ArrayList<>();
            for (List<? extends @Nullable Object> row : rows) {
                values.add(row.get(i));
            }
            columns[i] = ColumnBuilder.of(table.allocator(), schema.field(i).type(), values);
        }
        return Batch.of(rows.size(), columns);
    }

    /// Writes rows and commits them.
    List<AddFile> append(long fileBytes, List<? extends List<? extends @Nullable Object>> rows) {
        try (DataFileWriter writer = new DataFileWriter(target(fileBytes));
                Batch batch = batch(rows)) {
            writer.append(batch);
            List<AddFile> files = writer.finish();
            commit(List.of(), files);
            return files;
        }
    }

    void commit(List<AddFile> removed, List<AddFile> added) {
        List<String> actions = new ArrayList<>();
        removed.forEach(file -> actions.add(json("remove", file)));
        added.forEach(file -> actions.add(json("add", file)));
        table.commit(++version, actions.toArray(String[]::new));
    }

    private static String json(String action, AddFile file) {
        StringWriter text = new StringWriter();
        try (JsonGenerator to = new JsonFactory().createGenerator(text)) {
            to.writeStartObject();
            to.writeObjectFieldStart(action);
            to.writeStringField("path", file.path());
            to.writeBooleanField("dataChange", true);
            to.writeNumberField("size", file.size());
            if (action.equals("add")) {
                to.writeNumberField("modificationTime", file.modifiedMillis());
                to.writeStringField("stats", file.statistics());
            } else {
                to.writeNumberField("deletionTimestamp", 1);
                to.writeBooleanField("extendedFileMetadata", true);
            }
            to.writeObjectFieldStart("partitionValues");
            for (Map.Entry<String, @Nullable String> value : file.partitionValues().entrySet()) {
                to.writeStringField(value.getKey(), value.getValue());
            }
            to.writeEndObject();
            vector(to, file.deletionVector());
            to.writeEndObject();
            to.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private static void vector(JsonGenerator to, @Nullable DeletionVector vector)
            throws IOException {
        if (vector != null) {
            to.writeObjectFieldStart("deletionVector");
            to.writeStringField("storageType", vector.storageType());
            to.writeStringField("pathOrInlineDv", vector.pathOrInline());
            if (vector.offset() != null) {
                to.writeNumberField("offset", vector.offset());
            }
            to.writeNumberField("sizeInBytes", vector.bytes());
            to.writeNumberField("cardinality", vector.cardinality());
            to.writeEndObject();
        }
    }

    @Override
    public void close() {
        table.close();
    }
}
