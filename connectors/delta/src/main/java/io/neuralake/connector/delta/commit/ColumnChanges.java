package io.neuralake.connector.delta.commit;

import io.neuralake.connector.delta.schema.LogField;
import io.neuralake.connector.delta.schema.LogType;
import io.neuralake.connector.delta.schema.LogTypes;
import io.neuralake.connector.delta.schema.SchemaPath;
import io.neuralake.spi.change.TableAlteration;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// Changes the columns of a table.
final class ColumnChanges {
    private ColumnChanges() {}

    static TableDraft add(TableDraft table, TableAlteration.AddColumn add) {
        String name = add.column().field().name();
        if (!add.column().field().nullable()) {
            throw new NeuralakeException(
                    ErrorCode.UNSUPPORTED, "A column that rows lack cannot be NOT NULL: " + name);
        }
        if (add.column().generatedAs() != null) {
            throw new NeuralakeException(
                    ErrorCode.UNSUPPORTED, "A column that rows lack cannot be generated: " + name);
        }
        if (add.column().defaultValue() != null) {
            throw new NeuralakeException(
                    ErrorCode.UNSUPPORTED,
                    "A column is added without default, since rows that are there would not have"
                            + " it: "
                            + name
                            + "; set it afterwards by ALTER TABLE ... ALTER COLUMN ... SET"
                            + " DEFAULT");
        }
        LogField field = DefinitionWriter.field(add.column());
        LogType.Struct schema;
        if (add.parent().isEmpty()) {
            schema = insert(table.schema(), field, add.after());
        } else {
            schema =
                    new SchemaPath(add.parent())
                            .change(
                                    table.schema(),
                                    parent -> {
                                        if (parent.type() instanceof LogType.Struct struct) {
                                            return parent.withType(
                                                    insert(struct, field, add.after()));
                                        }
                                        throw new NeuralakeException(
                                                ErrorCode.TYPE_MISMATCH,
                                                "Not a struct: " + parent.name());
                                    });
        }
        DefinitionWriter.distinct(schema);
        Map<String, String> properties = new HashMap<>(table.metadata().properties());
        if (ColumnMapping.isOn(properties)) {
            schema = ColumnMapping.assign(schema, properties);
        } else {
            DefinitionWriter.plainNames(schema);
        }
        return table.with(schema, properties, Set.of());
    }

    private static LogType.Struct insert(
            LogType.Struct struct, LogField field, @Nullable String after) {
        List<LogField> fields = new ArrayList<>(struct.fields());
        int at = after == null ? fields.size() : 0;
        if (after != null && !after.isEmpty()) {
            at = indexOf(struct, after) + 1;
        }
        fields.add(at, field);
        return new LogType.Struct(fields);
    }

    private static int indexOf(LogType.Struct struct, String name) {
        for (int i = 0; i < struct.fields().size(); i++) {
            if (struct.fields().get(i).name().equalsIgnoreCase(name)) {
                return i;
            }
        }
        throw new NeuralakeException(ErrorCode.COLUMN_NOT_FOUND, "Column not found: " + name);
    }

    static TableDraft drop(TableDraft table, TableAlteration.DropColumn drop) {
        SchemaPath path = new SchemaPath(drop.column());
        LogField field = path.find(table.schema());
        mapped(table, "dropped", path);
        unused(table, path, field, "dropped");
        LogType.Struct schema = path.change(table.schema(), unneeded -> null);
        if (schema.fields().isEmpty() || LogTypes.any(schema, ColumnChanges::isEmptyStruct)) {
            throw new NeuralakeException(
                    ErrorCode.UNSUPPORTED, "The last column cannot be dropped: " + path.text());
        }
        if (table.metadata().partitionColumns().size() == schema.fields().size()) {
            throw new NeuralakeException(
                    ErrorCode.UNSUPPORTED,
                    "Not all columns can be partition columns: " + path.text());
        }
        return table.with(schema, table.metadata().properties(), Set.of());
    }

    private static boolean isEmptyStruct(LogField field) {
        return field.type() instanceof LogType.Struct struct && struct.fields().isEmpty();
    }

    static TableDraft rename(TableDraft table, TableAlteration.RenameColumn rename) {
        SchemaPath path = new SchemaPath(rename.column());
        LogField field = path.find(table.schema());
        mapped(table, "renamed", path);
        boolean top = rename.column().size() == 1;
        unusedByExpressions(table, path, field, "renamed");
        LogType.Struct schema = path.change(table.schema(), found -> found.withName(rename.name()));
        DefinitionWriter.distinct(schema);
        List<String> partitions = new ArrayList<>();
        for (String partition : table.metadata().partitionColumns()) {
            partitions.add(top && partition.equals(field.name()) ? rename.name() : partition);
        }
        return table.with(schema, partitions, table.metadata().properties(), Set.of());
    }

    private static void mapped(TableDraft table, String action, SchemaPath path) {
        if (!ColumnMapping.isOn(table.metadata().properties())) {
            throw new NeuralakeException(
                    ErrorCode.UNSUPPORTED,
                    "Without column mapping a column cannot be "
                            + action
                            + ": "
                            + path.text()
                            + "; turn it on by ALTER TABLE ... SET TBLPROPERTIES"
                            + " ('delta.columnMapping.mode' = 'name')");
        }
    }

    private static void unused(TableDraft table, SchemaPath path, LogField field, String action) {
        if (path.names().size() == 1) {
            if (table.metadata().partitionColumns().contains(field.name())) {
                throw new NeuralakeException(
                        ErrorCode.UNSUPPORTED,
                        "A partition column cannot be " + action + ": " + field.name());
            }
            if (Clustering.columns(table).contains(field.name())) {
                throw new NeuralakeException(
                        ErrorCode.UNSUPPORTED,
                        "A column by which the table is clustered cannot be "
                                + action
                                + ": "
                                + field.name());
            }
        }
        unusedByExpressions(table, path, field, action);
    }

    /// Conditions and generated columns name others as they are called now. A name that only looks like the column's, in a
    /// text or as a function, counts too: better to refuse than to make a table that cannot be written.
    private static void unusedByExpressions(
            TableDraft table, SchemaPath path, LogField field, String action) {
        Pattern name =
                Pattern.compile(
                        "(?<![\\w])" + Pattern.quote(field.name()) + "(?![\\w])",
                        Pattern.CASE_INSENSITIVE);
        table.metadata()
                .properties()
                .forEach(
                        (property, expression) -> {
                            if (TableProperties.isCheck(property)
                                    && name.matcher(expression).find()) {
                                throw new NeuralakeException(
                                        ErrorCode.UNSUPPORTED,
                                        "A column that a constraint names cannot be "
                                                + action
                                                + ": "
                                                + path.text()
                                                + ", constraint "
                                                + TableProperties.checkName(property));
                            }
                        });
        for (LogField other : table.schema().fields()) {
            String expression = other.text(LogField.GENERATED);
            if (expression != null && name.matcher(expression).find()) {
                throw new NeuralakeException(
                        ErrorCode.UNSUPPORTED,
                        "A column of which another is generated cannot be "
                                + action
                                + ": "
                                + path.text()
                                + ", generated "
                                + other.name());
            }
        }
    }

    static TableDraft setType(TableDraft table, TableAlteration.SetType set) {
        SchemaPath path = new SchemaPath(set.column());
        LogType wanted = LogTypes.of(path.text(), set.type());
        LogType old = path.find(table.schema()).type();
        if (old.equals(wanted)) {
            return table;
        }
        String from = TypeWidening.name(old);
        String to = TypeWidening.name(wanted);
        if (!TypeWidening.allowed(from, to)) {
            throw new NeuralakeException(
                    ErrorCode.UNSUPPORTED,
                    "The type of a column can only become wider: "
                            + path.text()
                            + " from "
                            + (old instanceof LogType.Primitive primitive
                                    ? LogTypes.sql(primitive)
                                    : "a nested type")
                            + " to "
                            + set.type().sql());
        }
        if (!table.metadata().enabled(TableProperties.TYPE_WIDENING)) {
            throw new NeuralakeException(
                    ErrorCode.UNSUPPORTED,
                    "The type of a column cannot be changed: "
                            + path.text()
                            + "; allow it by ALTER TABLE ... SET TBLPROPERTIES"
                            + " ('delta.enableTypeWidening' = 'true')");
        }
        int parts = trailingParts(table.schema(), set.column());
        LogType.Struct schema = path.change(table.schema(), field -> field.withType(wanted));
        int owner = set.column().size() - parts;
        String below =
                parts == 0
                        ? null
                        : String.join(".", set.column().subList(owner, set.column().size()))
                                .toLowerCase(Locale.ROOT);
        schema =
                new SchemaPath(set.column().subList(0, owner))
                        .change(schema, field -> TypeWidening.noted(field, from, to, below));
        return table.with(schema, table.metadata().properties(), Set.of());
    }

    /// Counts the names at the end of a path that are parts of lists and maps, and no members of structs.
    private static int trailingParts(LogType.Struct schema, List<String> names) {
        int parts = 0;
        while (parts < names.size() - 1) {
            List<String> above = names.subList(0, names.size() - parts - 1);
            if (new SchemaPath(above).find(schema).type() instanceof LogType.Struct) {
                break;
            }
            parts++;
        }
        return parts;
    }

    static TableDraft setNullable(TableDraft table, TableAlteration.SetNullable set) {
        LogType.Struct schema =
                new SchemaPath(set.column())
                        .change(table.schema(), field -> field.withNullable(set.nullable()));
        return table.with(schema, table.metadata().properties(), Set.of());
    }
}
