package io.neuralake.connector.delta.commit;

import io.neuralake.connector.delta.engine.KernelSchemas;
import io.neuralake.connector.delta.log.TableMetadata;
import io.neuralake.connector.delta.schema.LogField;
import io.neuralake.connector.delta.schema.LogType;
import io.neuralake.connector.delta.schema.LogTypes;
import io.neuralake.connector.delta.schema.SchemaJson;
import io.neuralake.connector.delta.schema.SchemaPath;
import io.neuralake.spi.change.ColumnDefinition;
import io.neuralake.spi.change.TableDefinition;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/// Turns the definition of a new table into what its log says of it.
final class DefinitionWriter {
    /// What new tables have unless their user says otherwise: times in commits, deletion vectors, columns that can be
    /// renamed, and checkpoints that are not too many for small commits.
    private static final Map<String, String> DEFAULTS =
            Map.of(
                    TableProperties.IN_COMMIT_TIMESTAMPS, "true",
                    TableProperties.DELETION_VECTORS, "true",
                    ColumnMapping.MODE, "name",
                    TableProperties.CHECKPOINT_POLICY, "v2",
                    TableProperties.CHECKPOINT_INTERVAL, "100");

    private static final Set<String> OF_CHANGES =
            Set.of("_change_type", "_commit_version", "_commit_timestamp");

    private DefinitionWriter() {}

    /// Returns a new table. Throws UNSUPPORTED, INVALID_PARAMETER, DUPLICATE_NAME, COLUMN_NOT_FOUND.
    ///
    /// @param replaced what is replaced, which keeps its identifier; null for none
    /// @param nowMillis since 1970-01-01 UTC
    static TableDraft write(
            TableDefinition definition, @Nullable TableDraft replaced, long nowMillis) {
        TableProperties.Asked asked = TableProperties.check(definition.properties());
        Map<String, String> properties = new HashMap<>(DEFAULTS);
        properties.putAll(asked.properties());
        definition
                .checks()
                .forEach(
                        (name, check) ->
                                properties.put(TableProperties.checkProperty(name), check));
        if (replaced != null) {
            keepTimes(replaced, properties);
        }
        LogType.Struct schema = schema(definition);
        unlikeChanges(schema, properties);
        if (ColumnMapping.isOn(properties)) {
            keepCount(replaced, properties);
            schema = ColumnMapping.assign(schema, properties);
        } else {
            plainNames(schema);
        }
        if (Boolean.parseBoolean(properties.get(TableProperties.ROW_TRACKING))) {
            properties.put(TableProperties.ROW_ID_COLUMN, "_row-id-col-" + UUID.randomUUID());
            properties.put(
                    TableProperties.ROW_VERSION_COLUMN,
                    "_row-commit-version-col-" + UUID.randomUUID());
        }
        List<String> partitions = partitions(definition, schema);
        String json = SchemaJson.print(schema);
        TableMetadata metadata =
                new TableMetadata(
                        replaced == null ? UUID.randomUUID().toString() : replaced.metadata().id(),
                        null,
                        definition.comment(),
                        json,
                        partitions,
                        properties,
                        nowMillis,
                        KernelSchemas.schema(json, partitions, properties));
        TableDraft draft =
                new TableDraft(
                        replaced == null
                                ? ProtocolChoice.first(schema, properties, asked.features())
                                : ProtocolChoice.upgrade(
                                        replaced.protocol(), schema, properties, asked.features()),
                        metadata,
                        replaced == null ? Map.of() : replaced.domains());
        return Clustering.by(draft, definition.clusterColumns());
    }

    /// A replaced table's older versions stay readable: its times stay where they are, and names in files
    /// are not used again.
    private static void keepTimes(TableDraft replaced, Map<String, String> properties) {
        Map<String, String> old = replaced.metadata().properties();
        if (replaced.metadata().inCommitTimestamps()
                && Boolean.parseBoolean(properties.get(TableProperties.IN_COMMIT_TIMESTAMPS))) {
            for (String name :
                    List.of(TableProperties.ENABLEMENT_VERSION, TableProperties.ENABLEMENT_TIME)) {
                if (old.containsKey(name)) {
                    properties.put(name, old.get(name));
                }
            }
        }
    }

    private static void keepCount(@Nullable TableDraft replaced, Map<String, String> properties) {
        if (replaced != null) {
            String count = replaced.metadata().properties().get(ColumnMapping.MAX_ID);
            if (count != null) {
                properties.put(ColumnMapping.MAX_ID, count);
            }
        }
    }

    private static LogType.Struct schema(TableDefinition definition) {
        if (definition.columns().isEmpty()) {
            throw new NeuralakeException(
                    ErrorCode.INVALID_PARAMETER, "A Delta table needs a column");
        }
        List<LogField> fields = new ArrayList<>();
        for (ColumnDefinition column : definition.columns()) {
            fields.add(field(column));
        }
        LogType.Struct schema = new LogType.Struct(fields);
        distinct(schema);
        return schema;
    }

    /// Throws INVALID_PARAMETER for columns that are called as those of a followed table's changes.
    static void unlikeChanges(LogType.Struct schema, Map<String, String> properties) {
        if (!Boolean.parseBoolean(properties.get(TableProperties.CHANGE_DATA_FEED))) {
            return;
        }
        for (LogField field : schema.fields()) {
            if (OF_CHANGES.contains(field.name().toLowerCase(Locale.ROOT))) {
                throw new NeuralakeException(
                        ErrorCode.INVALID_PARAMETER,
                        "With '"
                                + TableProperties.CHANGE_DATA_FEED
                                + "' a column cannot be called as one of the table's changes: "
                                + field.name());
            }
        }
    }

    /// Turns a column's definition into that of the log.
    static LogField field(ColumnDefinition column) {
        String name = column.field().name();
        if (column.identity()) {
            throw new NeuralakeException(
                    ErrorCode.UNSUPPORTED, "Identity columns are not supported: " + name);
        }
        if (column.generatedAs() != null && column.defaultValue() != null) {
            throw new NeuralakeException(
                    ErrorCode.INVALID_PARAMETER,
                    "A generated column cannot have a default as well: " + name);
        }
        if (name.isEmpty()) {
            throw new NeuralakeException(
                    ErrorCode.INVALID_PARAMETER, "A column's name must not be empty");
        }
        return new LogField(
                        name,
                        LogTypes.of(name, column.field().type()),
                        column.field().nullable(),
                        Map.of())
                .with(LogField.COMMENT, column.comment().isEmpty() ? null : column.comment())
                .with(LogField.DEFAULT, column.defaultValue())
                .with(LogField.GENERATED, column.generatedAs());
    }

    /// Throws DUPLICATE_NAME for two fields whose names differ at most in case.
    static void distinct(LogType type) {
        switch (type) {
            case LogType.Primitive _ -> {}
            case LogType.Array array -> distinct(array.element());
            case LogType.Mapping map -> {
                distinct(map.key());
                distinct(map.value());
            }
            case LogType.Struct struct -> {
                Set<String> names = new HashSet<>();
                for (LogField field : struct.fields()) {
                    if (!names.add(field.name().toLowerCase(Locale.ROOT))) {
                        throw new NeuralakeException(
                                ErrorCode.DUPLICATE_NAME, "Column exists: " + field.name());
                    }
                    distinct(field.type());
                }
            }
        }
    }

    /// Without column mapping other programs refuse names with characters that older Parquet could not
    /// have.
    static void plainNames(LogType.Struct schema) {
        boolean unused =
                LogTypes.any(
                        schema,
                        field -> {
                            if (field.name().matches(".*[ ,;{}()\\n\\t=].*")) {
                                throw new NeuralakeException(
                                        ErrorCode.INVALID_PARAMETER,
                                        "Without column mapping a name has none of ' ,;{}()=': "
                                                + field.name());
                            }
                            return false;
                        });
    }

    private static List<String> partitions(TableDefinition definition, LogType.Struct schema) {
        List<String> partitions = new ArrayList<>();
        for (String column : definition.partitionColumns()) {
            LogField field = new SchemaPath(List.of(column)).find(schema);
            if (!(field.type() instanceof LogType.Primitive)) {
                throw new NeuralakeException(
                        ErrorCode.UNSUPPORTED,
                        "A column of this type cannot be a partition column: " + field.name());
            }
            if (partitions.contains(field.name())) {
                throw new NeuralakeException(
                        ErrorCode.DUPLICATE_NAME, "Partition column given twice: " + field.name());
            }
            partitions.add(field.name());
        }
        if (partitions.size() == schema.fields().size()) {
            throw new NeuralakeException(
                    ErrorCode.INVALID_PARAMETER,
                    "Not all columns can be partition columns: " + String.join(", ", partitions));
        }
        return partitions;
    }
}
