package io.neuralake.connector.delta.engine;

import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.data.ColumnarBatch;
import io.delta.kernel.data.MapValue;
import io.delta.kernel.internal.actions.Metadata;
import io.delta.kernel.internal.actions.Protocol;
import io.delta.kernel.types.StructType;
import io.neuralake.connector.delta.log.AddFile;
import io.neuralake.connector.delta.log.DeletionVector;
import io.neuralake.connector.delta.log.FileDetails;
import io.neuralake.connector.delta.log.LogAction;

import org.jspecify.annotations.Nullable;

import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// Reads the actions of batches that have the kernel's schema of actions.
final class ActionReader {
    private static final Set<String> FILES = Set.of("add", "remove", "txn", "domainMetadata");
    private static final Set<String> ALL =
            Set.of(
                    "add",
                    "remove",
                    "cdc",
                    "txn",
                    "protocol",
                    "metaData",
                    "domainMetadata",
                    "commitInfo");

    private ActionReader() {}

    /// Appends what changes files, transactions and domains.
    static void readFiles(ColumnarBatch batch, List<LogAction> into) {
        read(batch, FILES, into);
    }

    /// Appends all actions of a commit.
    static void readAll(ColumnarBatch batch, List<LogAction> into) {
        read(batch, ALL, into);
    }

    private static void read(ColumnarBatch batch, Set<String> kinds, List<LogAction> into) {
        StructType schema = batch.getSchema();
        for (int i = 0; i < schema.length(); i++) {
            ColumnVector vector = batch.getColumnVector(i);
            String kind = schema.at(i).getName();
            for (int row = 0; kinds.contains(kind) && row < batch.getSize(); row++) {
                LogAction action = vector.isNullAt(row) ? null : action(kind, vector, row);
                if (action != null) {
                    into.add(action);
                }
            }
        }
    }

    private static @Nullable LogAction action(String kind, ColumnVector vector, int row) {
        return switch (kind) {
            case "add" -> add(vector, row);
            case "remove" -> remove(vector, row);
            case "cdc" ->
                    new LogAction.AddCdcFile(
                            text(vector, "path", row),
                            texts(child(vector, "partitionValues").getMap(row)),
                            number(vector, "size", row, 0));
            case "txn" ->
                    new LogAction.SetTransaction(
                            text(vector, "appId", row),
                            number(vector, "version", row, 0),
                            optional(vector, "lastUpdated", row));
            case "domainMetadata" ->
                    new LogAction.SetDomain(
                            text(vector, "domain", row),
                            text(vector, "configuration", row),
                            flag(vector, "removed", row, false));
            case "protocol" ->
                    new LogAction.SetProtocol(
                            KernelSchemas.protocol(
                                    Objects.requireNonNull(
                                            Protocol.fromColumnVector(vector, row))));
            case "metaData" ->
                    new LogAction.SetMetadata(
                            KernelSchemas.metadata(
                                    Objects.requireNonNull(
                                            Metadata.fromColumnVector(vector, row))));
            case "commitInfo" ->
                    new LogAction.CommitInfo(
                            optional(vector, "inCommitTimestamp", row),
                            child(vector, "txnId").isNullAt(row)
                                    ? null
                                    : text(vector, "txnId", row),
                            child(vector, "operation").isNullAt(row)
                                    ? null
                                    : text(vector, "operation", row),
                            flag(vector, "isBlindAppend", row, false));
            default -> null;
        };
    }

    private static AddFile add(ColumnVector add, int row) {
        ColumnVector statistics = child(add, "stats");
        return new AddFile(
                text(add, "path", row),
                texts(child(add, "partitionValues").getMap(row)),
                number(add, "size", row, 0),
                number(add, "modificationTime", row, 0),
                statistics.isNullAt(row) ? null : statistics.getString(row),
                deletionVector(child(add, "deletionVector"), row),
                details(add, row));
    }

    private static LogAction.RemoveFile remove(ColumnVector remove, int row) {
        ColumnVector values = child(remove, "partitionValues");
        return new LogAction.RemoveFile(
                text(remove, "path", row),
                deletionVector(child(remove, "deletionVector"), row),
                number(remove, "deletionTimestamp", row, 0),
                values.isNullAt(row) ? null : texts(values.getMap(row)),
                number(remove, "size", row, -1),
                details(remove, row));
    }

    private static FileDetails details(ColumnVector action, int row) {
        ColumnVector tags = child(action, "tags");
        ColumnVector provider = childOrNull(action, "clusteringProvider");
        boolean dataChange = flag(action, "dataChange", row, true);
        Map<String, @Nullable String> tagged =
                tags.isNullAt(row) ? Map.of() : texts(tags.getMap(row));
        Long base = optional(action, "baseRowId", row);
        Long version = optional(action, "defaultRowCommitVersion", row);
        String clustering =
                provider == null || provider.isNullAt(row) ? null : provider.getString(row);
        // Most files have nothing to say: one object for all of them saves memory.
        return dataChange
                        && tagged.isEmpty()
                        && base == null
                        && version == null
                        && clustering == null
                ? FileDetails.DATA
                : new FileDetails(dataChange, tagged, base, version, clustering);
    }

    private static Map<String, @Nullable String> texts(@Nullable MapValue map) {
        if (map == null || map.getSize() == 0) {
            return Map.of();
        }
        Map<String, @Nullable String> values = new HashMap<>();
        for (int i = 0; i < map.getSize(); i++) {
            values.put(
                    map.getKeys().getString(i),
                    map.getValues().isNullAt(i) ? null : map.getValues().getString(i));
        }
        return Collections.unmodifiableMap(values);
    }

    private static @Nullable DeletionVector deletionVector(ColumnVector vector, int row) {
        if (vector.isNullAt(row)) {
            return null;
        }
        ColumnVector offset = child(vector, "offset");
        return new DeletionVector(
                text(vector, "storageType", row),
                text(vector, "pathOrInlineDv", row),
                offset.isNullAt(row) ? null : offset.getInt(row),
                child(vector, "sizeInBytes").getInt(row),
                number(vector, "cardinality", row, 0));
    }

    private static String text(ColumnVector struct, String member, int row) {
        return Objects.requireNonNull(child(struct, member).getString(row), member);
    }

    private static long number(ColumnVector struct, String member, int row, long absent) {
        ColumnVector child = child(struct, member);
        return child.isNullAt(row) ? absent : child.getLong(row);
    }

    private static @Nullable Long optional(ColumnVector struct, String member, int row) {
        ColumnVector child = child(struct, member);
        return child.isNullAt(row) ? null : child.getLong(row);
    }

    private static boolean flag(ColumnVector struct, String member, int row, boolean absent) {
        ColumnVector child = child(struct, member);
        return child.isNullAt(row) ? absent : child.getBoolean(row);
    }

    private static @Nullable ColumnVector childOrNull(ColumnVector struct, String member) {
        int at = ((StructType) struct.getDataType()).indexOf(member);
        return at < 0 ? null : struct.getChild(at);
    }

    private static ColumnVector child(ColumnVector struct, String member) {
        return struct.getChild(((StructType) struct.getDataType()).indexOf(member));
    }
}
