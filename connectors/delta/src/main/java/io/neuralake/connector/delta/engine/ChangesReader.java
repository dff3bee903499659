package io.neuralake.connector.delta.engine;

import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.data.ColumnarBatch;
import io.delta.kernel.internal.actions.Metadata;
import io.delta.kernel.internal.actions.RemoveFile;
import io.delta.kernel.types.BooleanType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.MapType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.neuralake.connector.delta.log.ActionTypes;
import io.neuralake.connector.delta.log.CommitChanges;
import io.neuralake.connector.delta.log.CommitChanges.FileChange;
import io.neuralake.connector.delta.log.CommitChanges.Kind;
import io.neuralake.connector.delta.log.TableMetadata;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Reads what a commit changes.
final class ChangesReader {
    private static final MapType TEXTS = new MapType(StringType.STRING, StringType.STRING, true);
    private static final StructType FILE =
            new StructType()
                    .add("path", StringType.STRING)
                    .add("partitionValues", TEXTS)
                    .add("size", LongType.LONG)
                    .add("dataChange", BooleanType.BOOLEAN)
                    .add(
                            "deletionVector",
                            RemoveFile.FULL_SCHEMA.get("deletionVector").getDataType());
    private static final StructType COMMIT =
            new StructType()
                    .add("add", FILE)
                    .add("remove", FILE)
                    .add("cdc", FILE)
                    .add("metaData", Metadata.FULL_SCHEMA)
                    .add("commitInfo", new StructType().add("inCommitTimestamp", LongType.LONG));
    private static final ActionTypes TYPES = types();

    private ChangesReader() {}

    private static ActionTypes types() {
        Map<String, io.neuralake.spi.type.StructType> types = new LinkedHashMap<>();
        for (StructField field : COMMIT.fields()) {
            types.put(
                    field.getName(),
                    (io.neuralake.spi.type.StructType) DeltaTypes.type(field.getDataType()));
        }
        return new ActionTypes(types);
    }

    static CommitChanges read(KernelEngine engine, String path) {
        ColumnarBatch batch = engine.json().read(path, COMMIT);
        Long millis = null;
        TableMetadata metadata = null;
        List<FileChange> files = new ArrayList<>();
        for (int i = 0; i < COMMIT.length(); i++) {
            String kind = COMMIT.at(i).getName();
            ColumnVector vector = batch.getColumnVector(i);
            for (int row = 0; row < batch.getSize(); row++) {
                if (vector.isNullAt(row)) {
                    continue;
                }
                switch (kind) {
                    case "add" -> files.add(file(Kind.ADD, kind, vector, row));
                    case "remove" -> files.add(file(Kind.REMOVE, kind, vector, row));
                    case "cdc" -> files.add(file(Kind.CHANGES, kind, vector, row));
                    case "metaData" ->
                            metadata =
                                    KernelSchemas.metadata(
                                            Objects.requireNonNull(
                                                    Metadata.fromColumnVector(vector, row)));
                    default ->
                            millis =
                                    vector.getChild(0).isNullAt(row)
                                            ? null
                                            : vector.getChild(0).getLong(row);
                }
            }
        }
        return new CommitChanges(millis, files, metadata);
    }

    private static FileChange file(Kind kind, String name, ColumnVector vector, int row) {
        List<@Nullable Object> members = new ArrayList<>();
        for (int i = 0; i < FILE.length(); i++) {
            members.add(KernelValues.java(vector.getChild(i), row));
        }
        Object size = members.get(2);
        return new FileChange(
                kind,
                (String) Objects.requireNonNull(members.getFirst()),
                texts(members.get(1)),
                size == null ? -1 : (Long) size,
                TYPES.deletionVector(name, members),
                !Boolean.FALSE.equals(members.get(3)));
    }

    private static @Nullable Map<String, @Nullable String> texts(@Nullable Object entries) {
        if (!(entries instanceof List<?> list)) {
            return null;
        }
        Map<String, @Nullable String> texts = new HashMap<>();
        for (Object entry : list) {
            List<?> pair = (List<?>) entry;
            texts.put((String) Objects.requireNonNull(pair.get(0)), (String) pair.get(1));
        }
        return texts;
    }
}
