package io.neuralake.connector.delta.write;

import io.neuralake.connector.delta.schema.ColumnNames;
import io.neuralake.connector.delta.schema.TableSchema;
import io.neuralake.connector.parquet.schema.ParquetField;
import io.neuralake.connector.parquet.write.FileLayout;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ListType;
import io.neuralake.spi.type.MapType;
import io.neuralake.spi.type.Schema;
import io.neuralake.spi.type.StructType;
import io.neuralake.spi.type.Type;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// How a table's columns are stored in its files: under physical names, with the identifiers of column mapping,
/// and without the partition columns. All fields have levels for nulls, as with other writers of Delta tables.
final class PhysicalLayout {
    private final Map<List<String>, Integer> ids = new HashMap<>();
    private final List<Integer> ordinals = new ArrayList<>();
    private final FileLayout layout;

    /// Stores a table's columns, and perhaps more.
    ///
    /// @param more columns behind those of the table
    PhysicalLayout(TableSchema schema, Field... more) {
        List<Field> fields = new ArrayList<>();
        for (int i = 0; i < schema.schema().size(); i++) {
            if (!schema.isPartition(i)) {
                ordinals.add(i);
                fields.add(field(List.of(), schema.names(i), schema.schema().field(i)));
            }
        }
        for (int i = 0; i < more.length; i++) {
            ordinals.add(schema.schema().size() + i);
            fields.add(more[i]);
        }
        layout =
                new FileLayout(
                        new Schema(fields),
                        path -> ids.getOrDefault(path, ParquetField.NO_ID),
                        true);
    }

    /// Returns the layout.
    FileLayout layout() {
        return layout;
    }

    /// Returns the positions in the table of the columns that files have.
    List<Integer> ordinals() {
        return ordinals;
    }

    private Field field(List<String> above, ColumnNames names, Field field) {
        List<String> path = below(above, names.physicalName());
        if (names.id() != ParquetField.NO_ID) {
            ids.put(path, names.id());
        }
        return new Field(names.physicalName(), type(path, names, field.type()), field.nullable());
    }

    private Type type(List<String> path, ColumnNames names, Type type) {
        return switch (type) {
            case StructType struct -> {
                List<Field> members = new ArrayList<>();
                for (int i = 0; i < struct.fields().size(); i++) {
                    members.add(field(path, names.below().get(i), struct.fields().get(i)));
                }
                yield new StructType(members);
            }
            case ListType list ->
                    new ListType(
                            type(below(path, "element"), names.below().get(0), list.element()));
            case MapType map ->
                    new MapType(
                            type(below(path, "key"), names.below().get(0), map.key()),
                            type(below(path, "value"), names.below().get(1), map.value()));
            default -> type;
        };
    }

    private static List<String> below(List<String> path, String name) {
        List<String> below = new ArrayList<>(path);
        below.add(name);
        return below;
    }
}
