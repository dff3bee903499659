package io.neuralake.connector.delta.commit;

import io.neuralake.connector.delta.schema.LogField;
import io.neuralake.connector.delta.schema.LogType;
import io.neuralake.connector.delta.schema.SchemaJson;
import io.neuralake.connector.delta.schema.SchemaPath;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Keeps the columns by which a table is clustered: as a domain, by physical names (PROTOCOL.md, "Clustered
/// Table").
final class Clustering {
    private static final String COLUMNS = "clusteringColumns";
    private static final int MAX_COLUMNS = 4;

    private Clustering() {}

    /// Returns the table clustered by columns. Throws COLUMN_NOT_FOUND, UNSUPPORTED, INVALID_PARAMETER.
    ///
    /// @param columns empty for none
    static TableDraft by(TableDraft table, List<String> columns) {
        if (columns.isEmpty()) {
            return table.domains().containsKey(TableDraft.CLUSTERING)
                    ? table.withDomain(TableDraft.CLUSTERING, configuration(List.of()))
                    : table;
        }
        if (!table.metadata().partitionColumns().isEmpty()) {
            throw new NeuralakeException(
                    ErrorCode.UNSUPPORTED, "A partitioned table cannot be clustered as well");
        }
        if (columns.size() > MAX_COLUMNS) {
            throw new NeuralakeException(
                    ErrorCode.INVALID_PARAMETER,
                    "A table can be clustered by "
                            + MAX_COLUMNS
                            + " columns at most: "
                            + String.join(", ", columns));
        }
        LogType.Struct schema = table.schema();
        List<Object> names = new ArrayList<>();
        for (String column : columns) {
            LogField field = new SchemaPath(List.of(column)).find(schema);
            if (!(field.type() instanceof LogType.Primitive type) || !ordered(type)) {
                throw new NeuralakeException(
                        ErrorCode.UNSUPPORTED,
                        "A table cannot be clustered by a column of this type: " + field.name());
            }
            names.add(physicalName(table, field));
        }
        return table.with(schema, table.metadata().properties(), Set.of(Features.CLUSTERING))
                .withDomain(TableDraft.CLUSTERING, configuration(names));
    }

    private static boolean ordered(LogType.Primitive type) {
        return !type.name().equals("binary") && !type.name().equals("boolean");
    }

    private static List<Object> physicalName(TableDraft table, LogField field) {
        return List.of(
                ColumnMapping.isOn(table.metadata().properties())
                        ? field.physicalName()
                        : field.name());
    }

    /// Names are lists: a column's and those of its members.
    private static String configuration(List<Object> names) {
        return SchemaJson.printValue(Map.of(COLUMNS, names));
    }

    /// Returns the logical names of the columns.
    static List<String> columns(TableDraft table) {
        String configuration = table.domains().get(TableDraft.CLUSTERING);
        if (configuration == null
                || !(SchemaJson.parseValue(configuration) instanceof Map<?, ?> map)
                || !(map.get(COLUMNS) instanceof List<?> names)) {
            return List.of();
        }
        List<String> columns = new ArrayList<>();
        for (Object name : names) {
            String physical = first(name);
            for (LogField field : table.schema().fields()) {
                if (physical != null && field.physicalName().equals(physical)) {
                    columns.add(field.name());
                }
            }
        }
        return columns;
    }

    private static @Nullable String first(@Nullable Object name) {
        Object leaf = name instanceof List<?> path && path.size() == 1 ? path.get(0) : name;
        return leaf instanceof String text ? text : null;
    }
}
