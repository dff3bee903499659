package io.neuralake.connector.parquet.schema;

import io.neuralake.connector.parquet.file.CorruptFile;

import org.apache.parquet.format.SchemaElement;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// The schema of one file: its columns and the stored leaves below them.
///
/// @param fields the top-level columns
/// @param leaves all stored columns in order of their chunks
public record FileSchema(List<ParquetField> fields, List<LeafColumn> leaves) {
    /// Copies the lists.
    public FileSchema {
        fields = List.copyOf(fields);
        leaves = List.copyOf(leaves);
    }

    /// Maps the footer's flat list of schema elements. Throws [CorruptFile] when it is no tree.
    public static FileSchema of(List<SchemaElement> elements) {
        return new SchemaBuilder(elements).build();
    }

    /// Finds a top-level column by name, exactly or else ignoring case.
    public @Nullable ParquetField field(String name) {
        return find(fields, name);
    }

    /// Finds a field by name, exactly or else ignoring case.
    public static @Nullable ParquetField find(List<ParquetField> fields, String name) {
        for (ParquetField field : fields) {
            if (field.name().equals(name)) {
                return field;
            }
        }
        for (ParquetField field : fields) {
            if (field.name().equalsIgnoreCase(name)) {
                return field;
            }
        }
        return null;
    }

    /// Finds a leaf that is reached through structs only, or null.
    public @Nullable LeafColumn leaf(String column, List<String> members) {
        ParquetField field = field(column);
        for (String member : members) {
            field = field instanceof ParquetField.Struct s ? find(s.members(), member) : null;
        }
        return field instanceof ParquetField.Leaf leaf ? leaf.column() : null;
    }

    /// Lists the leaves below a field.
    public static List<LeafColumn> leavesOf(ParquetField field) {
        List<LeafColumn> leaves = new ArrayList<>();
        collect(field, leaves);
        return leaves;
    }

    private static void collect(ParquetField field, List<LeafColumn> into) {
        switch (field) {
            case ParquetField.Leaf leaf -> into.add(leaf.column());
            case ParquetField.Struct struct -> struct.members().forEach(m -> collect(m, into));
            case ParquetField.Repeated repeated -> collect(repeated.element(), into);
            case ParquetField.Variant variant -> collect(variant.group(), into);
        }
    }
}
