package io.neuralake.planner.write;

import io.neuralake.spi.catalog.QualifiedName;
import io.neuralake.spi.change.ColumnDefinition;
import io.neuralake.spi.change.TableDefinition;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Writes the statement that makes a table like one that is there.
final class CreateText {
    private CreateText() {}

    static String of(QualifiedName name, TableDefinition definition) {
        List<String> elements = new ArrayList<>();
        for (ColumnDefinition column : definition.columns()) {
            elements.add("  " + column(column));
        }
        new TreeMap<>(definition.checks())
                .forEach(
                        (check, condition) ->
                                elements.add(
                                        "  CONSTRAINT "
                                                + quoted(check)
                                                + " CHECK ("
                                                + SparkExpression.toOurs(condition)
                                                + ")"));
        StringBuilder text =
                new StringBuilder("CREATE TABLE ")
                        .append(quoted(name.schema()))
                        .append('.')
                        .append(quoted(name.table()))
                        .append(" (\n")
                        .append(String.join(",\n", elements))
                        .append("\n)\nUSING DELTA");
        names(text, "\nPARTITIONED BY (", definition.partitionColumns());
        names(text, "\nCLUSTER BY (", definition.clusterColumns());
        if (!definition.comment().isEmpty()) {
            text.append("\nCOMMENT ").append(text(definition.comment()));
        }
        if (!definition.properties().isEmpty()) {
            List<String> properties = new ArrayList<>();
            for (Map.Entry<String, String> e : new TreeMap<>(definition.properties()).entrySet()) {
                properties.add("  " + text(e.getKey()) + " = " + text(e.getValue()));
            }
            text.append("\nTBLPROPERTIES (\n").append(String.join(",\n", properties)).append("\n)");
        }
        return text.toString();
    }

    private static String column(ColumnDefinition column) {
        StringBuilder text =
                new StringBuilder(quoted(column.field().name()))
                        .append(' ')
                        .append(column.field().type().sql());
        if (!column.field().nullable()) {
            text.append(" NOT NULL");
        }
        if (column.defaultValue() != null) {
            text.append(" DEFAULT ").append(SparkExpression.toOurs(column.defaultValue()));
        }
        if (column.generatedAs() != null) {
            text.append(" GENERATED ALWAYS AS (")
                    .append(SparkExpression.toOurs(column.generatedAs()))
                    .append(')');
        }
        if (!column.comment().isEmpty()) {
            text.append(" COMMENT ").append(text(column.comment()));
        }
        return text.toString();
    }

    private static void names(StringBuilder text, String before, List<String> names) {
        if (!names.isEmpty()) {
            text.append(before)
                    .append(String.join(", ", names.stream().map(CreateText::quoted).toList()))
                    .append(')');
        }
    }

    private static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    private static String text(String value) {
        return "'" + value.replace("'", "''") + "'";
    }
}
