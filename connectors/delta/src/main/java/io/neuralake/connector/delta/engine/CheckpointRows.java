package io.neuralake.connector.delta.engine;

import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.data.ColumnarBatch;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.delta.kernel.utils.CloseableIterator;
import io.delta.kernel.utils.FileStatus;
import io.neuralake.connector.delta.log.JsonForm;
import io.neuralake.connector.parquet.ParquetConnector;
import io.neuralake.connector.parquet.ParquetFileReader;
import io.neuralake.connector.parquet.file.FileId;
import io.neuralake.connector.parquet.file.Footer;
import io.neuralake.connector.parquet.schema.FileSchema;
import io.neuralake.connector.parquet.schema.LeafColumn;
import io.neuralake.connector.parquet.schema.ParquetField;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.Schema;
import io.neuralake.spi.type.Type;

import org.apache.parquet.format.ColumnMetaData;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;

/// Reads one Parquet file of a log, a batch at a time. Fields that the file lacks are null.
final class CheckpointRows implements CloseableIterator<ColumnarBatch> {
    private final StructType schema;
    private final Schema read;
    private final @Nullable Type parsedStatistics;
    private final ParquetFileReader reader;
    private @Nullable ColumnarBatch next;
    private boolean closed;

    CheckpointRows(ParquetConnector parquet, FileStatus file, StructType schema) {
        this.schema = schema;
        FileId id = id(file);
        this.parsedStatistics = parsedStatistics(parquet.footer(id), schema);
        this.read = withParsed(DeltaTypes.schema(schema), parsedStatistics);
        this.reader = new ParquetFileReader(parquet, id, read);
    }

    /// Tells checkpoints of one name apart, as a table that was dropped and made anew has them. Sidecars have names of
    /// their own, and the log, which has their time, may be a copy.
    private static FileId id(FileStatus file) {
        String path = file.getPath();
        return path.contains("/_sidecars/") || file.getModificationTime() <= 0
                ? FileId.writtenOnce(path, file.getSize())
                : new FileId(path, file.getSize(), file.getModificationTime());
    }

    /// Returns the type of the statistics that a file has as columns; null when it has them as JSON, or
    /// nobody asks for them.
    private static @Nullable Type parsedStatistics(Footer footer, StructType schema) {
        int add = schema.indexOf("add");
        if (add < 0
                || ((StructType) schema.at(add).getDataType()).indexOf("stats") < 0
                || !(footer.schema().field("add") instanceof ParquetField.Struct struct)) {
            return null;
        }
        LeafColumn json = footer.schema().leaf("add", List.of("stats"));
        for (int group = 0; json != null && group < footer.rowGroups().size(); group++) {
            ColumnMetaData meta = footer.chunk(group, json).getMeta_data();
            if (meta == null
                    || meta.getStatistics() == null
                    || meta.getStatistics().getNull_count() != meta.getNum_values()) {
                return null;
            }
        }
        ParquetField parsed = FileSchema.find(struct.members(), "stats_parsed");
        return parsed == null ? null : parsed.type();
    }

    private static Schema withParsed(Schema schema, @Nullable Type statistics) {
        if (statistics == null) {
            return schema;
        }
        List<Field> fields = new ArrayList<>();
        for (Field field : schema.fields()) {
            if (field.name().equals("add")) {
                List<Field> members =
                        new ArrayList<>(((io.neuralake.spi.type.StructType) field.type()).fields());
                members.add(Field.of("stats_parsed", statistics));
                fields.add(
                        new Field(
                                "add",
                                new io.neuralake.spi.type.StructType(members),
                                field.nullable()));
            } else {
                fields.add(field);
            }
        }
        return new Schema(fields);
    }

    /// Puts statistics that are columns where they would be as JSON.
    private @Nullable Object withJson(@Nullable Object add, StructType type) {
        if (parsedStatistics == null || !(add instanceof List<?> members)) {
            return add;
        }
        List<@Nullable Object> changed = new ArrayList<>(members);
        Object parsed = changed.removeLast();
        if (parsed != null) {
            changed.set(type.indexOf("stats"), JsonForm.text(parsedStatistics, parsed));
        }
        return changed;
    }

    @Override
    public boolean hasNext() {
        if (next == null && !closed) {
            try (Batch batch = reader.read()) {
                next = batch == null ? null : convert(batch);
            }
            if (next == null) {
                close();
            }
        }
        return next != null;
    }

    private ColumnarBatch convert(Batch batch) {
        List<ColumnVector> columns = new ArrayList<>();
        for (int i = 0; i < schema.length(); i++) {
            StructField field = schema.at(i);
            @Nullable Object[] values = new @Nullable Object[batch.rowCount()];
            for (int row = 0; row < values.length; row++) {
                Object value = batch.column(i).value(row);
                values[row] =
                        KernelValues.of(
                                field.getName().equals("add")
                                        ? withJson(value, (StructType) field.getDataType())
                                        : value,
                                field.getDataType());
            }
            columns.add(new ValueVector(field.getDataType(), values));
        }
        return new ValueBatch(schema, batch.rowCount(), columns);
    }

    @Override
    public ColumnarBatch next() {
        ColumnarBatch batch = hasNext() ? next : null;
        if (batch == null) {
            throw new NoSuchElementException();
        }
        next = null;
        return batch;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            reader.close();
        }
    }
}
