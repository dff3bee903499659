package io.neuralake.connector.delta.commit;

import io.neuralake.connector.delta.schema.LogField;
import io.neuralake.connector.delta.schema.LogType;
import io.neuralake.connector.delta.schema.SchemaPath;
import io.neuralake.spi.change.TableAlteration;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// Changes what a table is. No file is written anew.
final class Alterations {
    private Alterations() {}

    /// Returns the table after an alteration. Throws COLUMN_NOT_FOUND, DUPLICATE_NAME, UNSUPPORTED,
    /// INVALID_PARAMETER.
    ///
    /// @param files whether the table has any
    static TableDraft apply(TableDraft table, TableAlteration alteration, boolean files) {
        return switch (alteration) {
            case TableAlteration.AddColumn add -> ColumnChanges.add(table, add);
            case TableAlteration.DropColumn drop -> ColumnChanges.drop(table, drop);
            case TableAlteration.RenameColumn rename -> ColumnChanges.rename(table, rename);
            case TableAlteration.SetType set -> ColumnChanges.setType(table, set);
            case TableAlteration.SetNullable set -> ColumnChanges.setNullable(table, set);
            case TableAlteration.SetDefault set -> setDefault(table, set);
            case TableAlteration.AddCheck add -> addCheck(table, add);
            case TableAlteration.DropCheck drop -> dropCheck(table, drop);
            case TableAlteration.SetProperties set -> setProperties(table, set, files);
            case TableAlteration.UnsetProperties unset -> unsetProperties(table, unset);
            case TableAlteration.SetComment comment -> setComment(table, comment);
            case TableAlteration.ClusterBy cluster -> Clustering.by(table, cluster.columns());
        };
    }

    /// Returns the name of the operation in the table's history.
    static String operation(TableAlteration alteration) {
        return switch (alteration) {
            case TableAlteration.AddColumn _ -> "ADD COLUMNS";
            case TableAlteration.DropColumn _ -> "DROP COLUMNS";
            case TableAlteration.RenameColumn _ -> "RENAME COLUMN";
            case TableAlteration.SetType _,
                    TableAlteration.SetNullable _,
                    TableAlteration.SetDefault _ ->
                    "CHANGE COLUMN";
            case TableAlteration.AddCheck _ -> "ADD CONSTRAINT";
            case TableAlteration.DropCheck _ -> "DROP CONSTRAINT";
            case TableAlteration.SetProperties _ -> "SET TBLPROPERTIES";
            case TableAlteration.UnsetProperties _ -> "UNSET TBLPROPERTIES";
            case TableAlteration.SetComment comment ->
                    comment.column().isEmpty() ? "SET TBLPROPERTIES" : "CHANGE COLUMN";
            case TableAlteration.ClusterBy _ -> "CLUSTER BY";
        };
    }

    private static TableDraft setDefault(TableDraft table, TableAlteration.SetDefault set) {
        LogType.Struct schema =
                new SchemaPath(set.column())
                        .change(
                                table.schema(),
                                field -> {
                                    if (field.text(LogField.GENERATED) != null) {
                                        throw new NeuralakeException(
                                                ErrorCode.INVALID_PARAMETER,
                                                "A generated column cannot have a default: "
                                                        + field.name());
                                    }
                                    return field.with(LogField.DEFAULT, set.expression());
                                });
        return table.with(schema, table.metadata().properties(), Set.of());
    }

    private static TableDraft addCheck(TableDraft table, TableAlteration.AddCheck add) {
        Map<String, String> properties = new HashMap<>(table.metadata().properties());
        if (properties.putIfAbsent(TableProperties.checkProperty(add.name()), add.expression())
                != null) {
            throw new NeuralakeException(
                    ErrorCode.DUPLICATE_NAME, "Constraint exists: " + add.name());
        }
        return table.with(table.schema(), properties, Set.of());
    }

    private static TableDraft dropCheck(TableDraft table, TableAlteration.DropCheck drop) {
        Map<String, String> properties = new HashMap<>(table.metadata().properties());
        String wanted = TableProperties.checkProperty(drop.name());
        boolean dropped =
                properties
                        .keySet()
                        .removeIf(
                                name ->
                                        TableProperties.isCheck(name)
                                                && name.equalsIgnoreCase(wanted));
        if (!dropped && drop.mustExist()) {
            throw new NeuralakeException(
                    ErrorCode.INVALID_PARAMETER, "Constraint not found: " + drop.name());
        }
        return dropped ? table.with(table.schema(), properties, Set.of()) : table;
    }

    private static TableDraft setProperties(
            TableDraft table, TableAlteration.SetProperties set, boolean files) {
        TableProperties.Asked asked = TableProperties.check(set.properties());
        Map<String, String> old = table.metadata().properties();
        Map<String, String> properties = new HashMap<>(old);
        properties.putAll(asked.properties());
        LogType.Struct schema = table.schema();
        String before = mode(old);
        String after = mode(properties);
        if (before.equals("none") && after.equals("name")) {
            schema = ColumnMapping.assignLogical(schema, properties);
        } else if (!before.equals(after)) {
            throw new NeuralakeException(
                    ErrorCode.UNSUPPORTED,
                    "Column mapping cannot be changed from '"
                            + before
                            + "' to '"
                            + after
                            + "', only from 'none' to 'name'");
        }
        if (on(properties, TableProperties.ROW_TRACKING)
                && !on(old, TableProperties.ROW_TRACKING)) {
            trackRows(files);
        }
        if (on(old, TableProperties.IN_COMMIT_TIMESTAMPS)
                && !on(properties, TableProperties.IN_COMMIT_TIMESTAMPS)) {
            properties.remove(TableProperties.ENABLEMENT_VERSION);
            properties.remove(TableProperties.ENABLEMENT_TIME);
        }
        return table.with(schema, properties, asked.features());
    }

    private static void trackRows(boolean files) {
        throw new NeuralakeException(
                ErrorCode.UNSUPPORTED,
                "Row tracking can only be asked for when a table is made"
                        + (files ? ", since its files would need identifiers" : ""));
    }

    private static String mode(Map<String, String> properties) {
        return properties.getOrDefault(ColumnMapping.MODE, "none").toLowerCase(Locale.ROOT);
    }

    private static boolean on(Map<String, String> properties, String name) {
        return Boolean.parseBoolean(properties.get(name));
    }

    private static TableDraft unsetProperties(
            TableDraft table, TableAlteration.UnsetProperties unset) {
        Map<String, String> properties = new HashMap<>(table.metadata().properties());
        for (String asked : unset.names()) {
            String name = TableProperties.removable(asked);
            if (name.equals(ColumnMapping.MODE) && ColumnMapping.isOn(properties)) {
                throw new NeuralakeException(
                        ErrorCode.UNSUPPORTED,
                        "Column mapping cannot be turned off: files have other names than columns");
            }
            if (properties.remove(name) == null && unset.mustExist()) {
                throw new NeuralakeException(
                        ErrorCode.INVALID_PARAMETER, "Property not set: " + asked);
            }
            if (name.equals(TableProperties.IN_COMMIT_TIMESTAMPS)) {
                properties.remove(TableProperties.ENABLEMENT_VERSION);
                properties.remove(TableProperties.ENABLEMENT_TIME);
            }
        }
        return table.with(table.schema(), properties, Set.of());
    }

    private static TableDraft setComment(TableDraft table, TableAlteration.SetComment comment) {
        List<String> column = comment.column();
        if (column.isEmpty()) {
            return table.withDescription(comment.comment());
        }
        LogType.Struct schema =
                new SchemaPath(column)
                        .change(
                                table.schema(),
                                field ->
                                        field.with(
                                                LogField.COMMENT,
                                                comment.comment().isEmpty()
                                                        ? null
                                                        : comment.comment()));
        return table.with(schema, table.metadata().properties(), Set.of());
    }
}
