package io.neuralake.connector.delta.commit;

import io.neuralake.connector.delta.schema.LogField;
import io.neuralake.connector.delta.schema.LogType;
import io.neuralake.connector.delta.schema.SchemaJson;
import io.neuralake.spi.change.ColumnDefinition;
import io.neuralake.spi.change.TableDefinition;
import io.neuralake.spi.type.Schema;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Reads a table's definition out of its log.
final class DefinitionReader {
    private static final String INVARIANT_PREFIX = "invariant_";

    private DefinitionReader() {}

    static TableDefinition read(TableDraft table) {
        List<LogField> fields = table.schema().fields();
        Schema schema = table.metadata().schema().schema();
        List<ColumnDefinition> columns = new ArrayList<>();
        Map<String, String> checks = new HashMap<>();
        for (int i = 0; i < fields.size(); i++) {
            LogField field = fields.get(i);
            String comment = field.text(LogField.COMMENT);
            columns.add(
                    new ColumnDefinition(
                            schema.field(i),
                            field.text(LogField.DEFAULT),
                            field.text(LogField.GENERATED),
                            field.metadata().containsKey(LogField.IDENTITY_STEP),
                            comment == null ? "" : comment));
        }
        invariants("", table.schema(), checks);
        Map<String, String> properties = new HashMap<>();
        table.metadata()
                .properties()
                .forEach(
                        (name, value) -> {
                            if (TableProperties.isCheck(name)) {
                                checks.put(TableProperties.checkName(name), value);
                            } else if (!TableProperties.isInternal(name)) {
                                properties.put(name, value);
                            }
                        });
        return new TableDefinition(
                columns,
                table.metadata().partitionColumns(),
                Clustering.columns(table),
                checks,
                properties,
                table.metadata().description());
    }

    /// Conditions that old tables keep with a column are checks as others.
    private static void invariants(
            String prefix, LogType.Struct struct, Map<String, String> checks) {
        for (LogField field : struct.fields()) {
            String expression = invariant(field.text(LogField.INVARIANT));
            if (expression != null) {
                checks.put(INVARIANT_PREFIX + prefix + field.name(), expression);
            }
            if (field.type() instanceof LogType.Struct members) {
                invariants(prefix + field.name() + ".", members, checks);
            }
        }
    }

    private static @Nullable String invariant(@Nullable String json) {
        return json != null
                        && SchemaJson.parseValue(json) instanceof Map<?, ?> outer
                        && outer.get("expression") instanceof Map<?, ?> inner
                        && inner.get("expression") instanceof String expression
                ? expression
                : null;
    }
}
