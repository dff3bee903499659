package io.neuralake.connector.parquet.schema;

import io.neuralake.connector.parquet.file.CorruptFile;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ListType;
import io.neuralake.spi.type.MapType;
import io.neuralake.spi.type.StructType;

import org.apache.parquet.format.ConvertedType;
import org.apache.parquet.format.FieldRepetitionType;
import org.apache.parquet.format.LogicalType;
import org.apache.parquet.format.SchemaElement;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// Builds the tree of fields, by parquet-format's rules for lists and maps and their legacy forms.
final class SchemaBuilder {
    private static final int MAX_DEPTH = 60;

    private record Node(SchemaElement element, List<Node> children) {
        boolean repeated() {
            return element.getRepetition_type() == FieldRepetitionType.REPEATED;
        }

        int id() {
            return element.isSetField_id() ? element.getField_id() : ParquetField.NO_ID;
        }

        String name() {
            return CorruptFile.required(element.getName(), "a column's name");
        }

        boolean primitive() {
            return element.isSetType();
        }

        boolean isList() {
            LogicalType logical = element.getLogicalType();
            return logical != null
                    ? logical.isSetLIST()
                    : element.getConverted_type() == ConvertedType.LIST;
        }

        boolean isMap() {
            LogicalType logical = element.getLogicalType();
            return logical != null
                    ? logical.isSetMAP()
                    : element.getConverted_type() == ConvertedType.MAP
                            || element.getConverted_type() == ConvertedType.MAP_KEY_VALUE;
        }

        boolean isVariant() {
            LogicalType logical = element.getLogicalType();
            return logical != null && logical.isSetVARIANT();
        }
    }

    private final List<SchemaElement> elements;
    private final List<LeafColumn> leaves = new ArrayList<>();
    private final List<String> path = new ArrayList<>();
    private int next;

    SchemaBuilder(List<SchemaElement> elements) {
        this.elements = elements;
    }

    FileSchema build() {
        CorruptFile.check(!elements.isEmpty(), "the schema is empty");
        Node root = node(0);
        CorruptFile.check(
                next == elements.size() && !root.primitive(), "the schema is not one tree");
        List<ParquetField> fields = new ArrayList<>();
        for (Node child : root.children) {
            ParquetField field = field(child, 0, 0);
            if (field != null) {
                fields.add(field);
            }
        }
        return new FileSchema(fields, leaves);
    }

    private Node node(int depth) {
        CorruptFile.check(depth <= MAX_DEPTH, "the schema is nested too deeply");
        CorruptFile.check(next < elements.size(), "the schema misses elements");
        SchemaElement element = elements.get(next++);
        CorruptFile.check(element.getName() != null, "a column has no name");
        int count = element.isSetNum_children() ? element.getNum_children() : 0;
        CorruptFile.check(
                count >= 0
                        && count <= elements.size() - next
                        && !(element.isSetType() && count > 0),
                "the schema's element counts are wrong");
        if (element.isSetType()
                && element.getType() == org.apache.parquet.format.Type.FIXED_LEN_BYTE_ARRAY) {
            CorruptFile.check(
                    element.getType_length() > 0 && element.getType_length() <= 1 << 20,
                    "a fixed length is out of range");
        }
        List<Node> children = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            children.add(node(depth + 1));
        }
        return new Node(element, children);
    }

    /// Maps a node; null for a group without any stored column.
    private @Nullable ParquetField field(Node node, int definition, int repetition) {
        if (node.repeated()) {
            // A repeated field without list annotation: a required list of required elements.
            ParquetField element = value(node, definition + 1, repetition + 1, false);
            return element == null ? null : list(node, element, definition, repetition + 1, false);
        }
        boolean nullable = node.element.getRepetition_type() != FieldRepetitionType.REQUIRED;
        return value(node, nullable ? definition + 1 : definition, repetition, nullable);
    }

    /// Maps a node whose own repetition is counted in the levels already.
    private @Nullable ParquetField value(
            Node node, int definition, int repetition, boolean nullable) {
        path.add(node.name());
        try {
            if (node.primitive()) {
                return leaf(node, definition, repetition, nullable);
            }
            if (node.children.size() == 1 && node.children.getFirst().repeated()) {
                Node repeated = node.children.getFirst();
                if (node.isList()) {
                    return listOf(node, repeated, definition, repetition + 1, nullable);
                }
                if (node.isMap() && !repeated.primitive() && repeated.children.size() == 2) {
                    return map(node, repeated, definition, repetition + 1, nullable);
                }
            }
            return struct(node, definition, repetition, nullable);
        } finally {
            path.removeLast();
        }
    }

    private ParquetField leaf(Node node, int definition, int repetition, boolean nullable) {
        CorruptFile.check(definition < 127 && repetition < 127, "levels are out of range");
        LeafTypes.Mapping mapping = LeafTypes.of(node.element);
        LeafColumn column =
                new LeafColumn(
                        leaves.size(),
                        path,
                        CorruptFile.required(node.element.getType(), "a column's type"),
                        node.element.getType_length(),
                        definition,
                        repetition,
                        mapping.conversion(),
                        mapping.type());
        leaves.add(column);
        return new ParquetField.Leaf(node.name(), column, nullable, node.id());
    }

    private @Nullable ParquetField struct(
            Node node, int definition, int repetition, boolean nullable) {
        List<ParquetField> members = new ArrayList<>();
        List<Field> types = new ArrayList<>();
        for (Node child : node.children) {
            ParquetField member = field(child, definition, repetition);
            if (member != null) {
                members.add(member);
                types.add(new Field(member.name(), member.type(), member.nullable()));
            }
        }
        if (members.isEmpty()) {
            return null;
        }
        ParquetField.Struct struct =
                new ParquetField.Struct(
                        node.name(),
                        new StructType(types),
                        members,
                        definition,
                        nullable,
                        node.id());
        ParquetField.Variant variant = node.isVariant() ? ParquetField.Variant.of(struct) : null;
        return variant != null ? variant : struct;
    }

    private @Nullable ParquetField listOf(
            Node node, Node repeated, int definition, int repetition, boolean nullable) {
        ParquetField element;
        if (isElement(node, repeated)) {
            element = value(repeated, definition + 1, repetition, false);
        } else {
            path.add(repeated.name());
            element = field(repeated.children.getFirst(), definition + 1, repetition);
            path.removeLast();
        }
        return element == null ? null : list(node, element, definition, repetition, nullable);
    }

    /// Tells whether the repeated node is the element itself (two levels) or only wraps it.
    private static boolean isElement(Node list, Node repeated) {
        String name = repeated.name();
        return repeated.primitive()
                || repeated.children.size() != 1
                || repeated.children.getFirst().repeated()
                || repeated.isList()
                || repeated.isMap()
                || name.equals("array")
                || name.equals(list.name() + "_tuple");
    }

    private static ParquetField list(
            Node node, ParquetField element, int present, int repetition, boolean nullable) {
        return new ParquetField.Repeated(
                node.name(),
                new ListType(element.type()),
                element,
                present,
                present + 1,
                repetition,
                nullable,
                node.id());
    }

    private @Nullable ParquetField map(
            Node node, Node repeated, int definition, int repetition, boolean nullable) {
        ParquetField entry = value(repeatedStruct(repeated), definition + 1, repetition, false);
        if (!(entry instanceof ParquetField.Struct struct) || struct.members().size() != 2) {
            return entry == null ? null : list(node, entry, definition, repetition, nullable);
        }
        MapType type = new MapType(struct.members().get(0).type(), struct.members().get(1).type());
        ParquetField typed =
                new ParquetField.Struct(
                        struct.name(),
                        type.entry(),
                        struct.members(),
                        struct.definition(),
                        false,
                        struct.id());
        return new ParquetField.Repeated(
                node.name(),
                type,
                typed,
                definition,
                definition + 1,
                repetition,
                nullable,
                node.id());
    }

    /// Drops the legacy MAP_KEY_VALUE annotation, so that the entry is read as a struct.
    private static Node repeatedStruct(Node repeated) {
        SchemaElement plain = new SchemaElement(repeated.element);
        plain.unsetConverted_type();
        plain.unsetLogicalType();
        return new Node(plain, repeated.children);
    }
}
