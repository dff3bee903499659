package io.neuralake.connector.delta.maintenance;

import io.neuralake.connector.delta.log.ActionTypes;
import io.neuralake.connector.delta.log.LogContents;
import io.neuralake.connector.delta.log.LogContents.Entry;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.MapType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;
import io.neuralake.spi.type.StructType;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The rows of a checkpoint: one action each, all other columns null.
final class CheckpointRows {
    private static final MapType TAGS = new MapType(ScalarType.VARCHAR, ScalarType.VARCHAR);
    private static final StructType CHECKPOINT_METADATA =
            new StructType(List.of(Field.of("version", ScalarType.BIGINT), Field.of("tags", TAGS)));
    private static final StructType SIDECAR =
            new StructType(
                    List.of(
                            Field.of("path", ScalarType.VARCHAR),
                            Field.of("sizeInBytes", ScalarType.BIGINT),
                            Field.of("modificationTime", ScalarType.BIGINT),
                            Field.of("tags", TAGS)));

    /// A column: a kind of action.
    private enum Kind {
        TXN("txn"),
        ADD("add"),
        REMOVE("remove"),
        METADATA("metaData"),
        PROTOCOL("protocol"),
        DOMAIN("domainMetadata"),
        CHECKPOINT("checkpointMetadata"),
        SIDECAR("sidecar");

        private final String name;

        Kind(String name) {
            this.name = name;
        }
    }

    private final LogContents contents;
    private final TableProperties properties;
    private final long nowMillis;
    private final StatisticsColumns statistics;

    /// @param nowMillis what is older than its retention then is left out
    CheckpointRows(LogContents contents, TableProperties properties, long nowMillis) {
        this.contents = contents;
        this.properties = properties;
        this.nowMillis = nowMillis;
        this.statistics =
                new StatisticsColumns(
                        contents.state().metadata().schema(), properties.indexedColumns());
    }

    /// Returns the columns of a checkpoint that has all in one file.
    Schema classicSchema() {
        return schema(Kind.TXN, Kind.ADD, Kind.REMOVE, Kind.METADATA, Kind.PROTOCOL, Kind.DOMAIN);
    }

    /// Returns the columns of a checkpoint whose files are in sidecars.
    Schema mainSchema() {
        return schema(Kind.values());
    }

    /// Returns the columns of a sidecar.
    Schema sidecarSchema() {
        return schema(Kind.ADD, Kind.REMOVE);
    }

    private Schema schema(Kind... kinds) {
        List<Field> fields = new ArrayList<>();
        for (Kind kind : kinds) {
            fields.add(
                    Field.of(
                            kind.name,
                            switch (kind) {
                                case ADD -> addType();
                                case CHECKPOINT -> CHECKPOINT_METADATA;
                                case SIDECAR -> SIDECAR;
                                case TXN, REMOVE, METADATA, PROTOCOL, DOMAIN ->
                                        nullable(contents.types().type(kind.name));
                            }));
        }
        return new Schema(fields);
    }

    /// Members that must not be null may be where another action stands in the row.
    private static StructType nullable(StructType type) {
        return new StructType(
                type.fields().stream().map(field -> Field.of(field.name(), field.type())).toList());
    }

    private StructType addType() {
        List<Field> fields = new ArrayList<>(nullable(contents.types().type("add")).fields());
        if (!properties.statisticsAsJson()) {
            fields.removeIf(field -> field.name().equals("stats"));
        }
        if (properties.statisticsAsStruct()) {
            StructType partitions = statistics.partitions();
            if (partitions != null) {
                fields.add(Field.of("partitionValues_parsed", partitions));
            }
            fields.add(Field.of("stats_parsed", statistics.type()));
        }
        return new StructType(fields);
    }

    /// Returns the rows without files: of a checkpoint with sidecars, and of a classic one.
    List<List<@Nullable Object>> others(Schema schema) {
        List<List<@Nullable Object>> rows = new ArrayList<>();
        rows.add(row(schema, Kind.PROTOCOL, contents.protocol()));
        rows.add(row(schema, Kind.METADATA, contents.metadata()));
        Duration retention = properties.transactionRetention();
        for (List<@Nullable Object> transaction : contents.transactions()) {
            Object updated = contents.types().member("txn", transaction, "lastUpdated");
            boolean expired =
                    retention != null
                            && updated instanceof Long millis
                            && millis <= nowMillis - retention.toMillis();
            if (!expired) {
                rows.add(row(schema, Kind.TXN, transaction));
            }
        }
        for (List<@Nullable Object> domain : contents.domains()) {
            rows.add(row(schema, Kind.DOMAIN, domain));
        }
        return rows;
    }

    /// Returns the rows that only checkpoints with sidecars have.
    List<List<@Nullable Object>> sidecars(Schema schema, List<LogContents.Sidecar> sidecars) {
        List<List<@Nullable Object>> rows = new ArrayList<>();
        List<@Nullable Object> checkpoint = new ArrayList<>();
        checkpoint.add(contents.version());
        checkpoint.add(List.of());
        rows.add(row(schema, Kind.CHECKPOINT, checkpoint));
        for (LogContents.Sidecar sidecar : sidecars) {
            rows.add(
                    row(
                            schema,
                            Kind.SIDECAR,
                            Arrays.asList(
                                    sidecar.name(),
                                    sidecar.bytes(),
                                    sidecar.modifiedMillis(),
                                    List.of())));
        }
        return rows;
    }

    private static List<@Nullable Object> row(
            Schema schema, Kind kind, List<@Nullable Object> action) {
        @Nullable Object[] row = new @Nullable Object[schema.size()];
        for (int i = 0; i < row.length; i++) {
            if (schema.field(i).name().equals(kind.name)) {
                row[i] = action;
            }
        }
        return Arrays.asList(row);
    }

    /// Returns the row of a file.
    List<@Nullable Object> add(Schema schema, Entry file) {
        ActionTypes types = contents.types();
        StructType type = types.type("add");
        List<@Nullable Object> members = new ArrayList<>(file.row());
        members.set(ActionTypes.position(type, "dataChange"), false);
        String json = (String) types.member("add", file.row(), "stats");
        if (!properties.statisticsAsJson()) {
            members.remove(ActionTypes.position(type, "stats"));
        }
        if (properties.statisticsAsStruct()) {
            if (statistics.partitions() != null) {
                members.add(statistics.partitionValues(partitionValues(file.row())));
            }
            members.add(statistics.parse(json));
        }
        return row(schema, Kind.ADD, members);
    }

    private Map<String, @Nullable String> partitionValues(List<@Nullable Object> add) {
        Map<String, @Nullable String> texts = new HashMap<>();
        if (contents.types().member("add", add, "partitionValues") instanceof List<?> entries) {
            for (Object entry : entries) {
                List<?> pair = (List<?>) entry;
                texts.put(String.valueOf(pair.get(0)), (String) pair.get(1));
            }
        }
        return texts;
    }

    /// Returns the row of a tombstone.
    List<@Nullable Object> remove(Schema schema, Entry tombstone) {
        StructType type = contents.types().type("remove");
        List<@Nullable Object> members = new ArrayList<>(tombstone.row());
        members.set(ActionTypes.position(type, "dataChange"), false);
        for (String unused : List.of("stats", "tags")) {
            members.set(ActionTypes.position(type, unused), null);
        }
        return row(schema, Kind.REMOVE, members);
    }

    /// Returns the tombstones that are younger than their retention.
    List<Entry> tombstones() {
        long oldest = nowMillis - properties.deletedFileRetention().toMillis();
        return contents.tombstones().stream()
                .filter(
                        entry ->
                                contents.types().member("remove", entry.row(), "deletionTimestamp")
                                                instanceof Long millis
                                        && millis > oldest)
                .toList();
    }
}
