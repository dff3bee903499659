package io.neuralake.connector.delta.schema;

import io.neuralake.connector.parquet.schema.LeafColumn;
import io.neuralake.connector.parquet.schema.ParquetField;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ListType;
import io.neuralake.spi.type.MapType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.StructType;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Gives the fields of a file the names and, where only the annotation differs, the types that the
/// table has for them.
final class FileColumns {
    private static final List<ScalarType> INTEGERS =
            List.of(ScalarType.TINYINT, ScalarType.SMALLINT, ScalarType.INTEGER, ScalarType.BIGINT);

    private final boolean byId;

    /// @param byId whether fields are found by identifier before name
    FileColumns(boolean byId) {
        this.byId = byId;
    }

    /// Renames a field and what is below it.
    ParquetField rename(ParquetField field, ColumnNames names, String name, Type type) {
        return switch (field) {
            case ParquetField.Leaf leaf ->
                    new ParquetField.Leaf(
                            name, retype(leaf.column(), type), leaf.nullable(), leaf.id());
            case ParquetField.Struct struct ->
                    type instanceof StructType wanted
                            ? struct(struct, names, name, wanted)
                            : variant(struct, names, name);
            case ParquetField.Repeated repeated -> repeated(repeated, names, name, type);
            case ParquetField.Variant variant -> variant.withName(name);
        };
    }

    /// Takes a group for a variant where the table has one: not all writers annotate it in their files.
    private static ParquetField variant(
            ParquetField.Struct struct, ColumnNames names, String name) {
        ParquetField.Variant variant =
                names.form() == ColumnForm.VARIANT ? ParquetField.Variant.of(struct) : null;
        return variant == null ? struct : variant.withName(name);
    }

    private ParquetField struct(
            ParquetField.Struct struct, ColumnNames names, String name, StructType type) {
        List<ParquetField> members = new ArrayList<>();
        Set<ParquetField> taken = new HashSet<>();
        for (int i = 0; i < type.fields().size(); i++) {
            ColumnNames member = names.below().get(i);
            ParquetField found =
                    member.form() == ColumnForm.VOID ? null : member.find(struct.members(), byId);
            if (found != null) {
                taken.add(found);
                Field field = type.fields().get(i);
                members.add(rename(found, member, field.name(), field.type()));
            }
        }
        for (ParquetField other : struct.members()) {
            if (!taken.contains(other)) {
                members.add(hidden(other));
            }
        }
        return new ParquetField.Struct(
                name, type(members), members, struct.definition(), struct.nullable(), struct.id());
    }

    /// Keeps a member that the table lacks, since its levels may be needed, under a name that no
    /// column has.
    private static ParquetField hidden(ParquetField field) {
        String name = "\0" + field.name();
        return switch (field) {
            case ParquetField.Leaf leaf ->
                    new ParquetField.Leaf(name, leaf.column(), leaf.nullable(), leaf.id());
            case ParquetField.Struct s ->
                    new ParquetField.Struct(
                            name, s.type(), s.members(), s.definition(), s.nullable(), s.id());
            case ParquetField.Repeated r ->
                    new ParquetField.Repeated(
                            name,
                            r.type(),
                            r.element(),
                            r.present(),
                            r.elementDefinition(),
                            r.repetition(),
                            r.nullable(),
                            r.id());
            case ParquetField.Variant variant -> variant.withName(name);
        };
    }

    private static StructType type(List<ParquetField> members) {
        List<Field> fields = new ArrayList<>();
        for (ParquetField member : members) {
            fields.add(new Field(member.name(), member.type(), member.nullable()));
        }
        return new StructType(fields);
    }

    private ParquetField repeated(
            ParquetField.Repeated field, ColumnNames names, String name, Type type) {
        ParquetField element;
        Type changed;
        if (type instanceof ListType list) {
            element = rename(field.element(), names.below().get(0), "element", list.element());
            changed = new ListType(element.type());
        } else if (type instanceof MapType map
                && field.element() instanceof ParquetField.Struct entry
                && entry.members().size() == 2) {
            ParquetField key =
                    rename(entry.members().get(0), names.below().get(0), "key", map.key());
            ParquetField value =
                    rename(entry.members().get(1), names.below().get(1), "value", map.value());
            changed = new MapType(key.type(), value.type());
            element =
                    new ParquetField.Struct(
                            entry.name(),
                            ((MapType) changed).entry(),
                            List.of(key, value),
                            entry.definition(),
                            entry.nullable(),
                            entry.id());
        } else {
            return field;
        }
        return new ParquetField.Repeated(
                name,
                changed,
                element,
                field.present(),
                field.elementDefinition(),
                field.repetition(),
                field.nullable(),
                field.id());
    }

    /// Takes the table's type where the stored values are the same: timestamps of either kind, and
    /// texts that the file calls binary.
    private static LeafColumn retype(LeafColumn leaf, Type type) {
        boolean same = timestamp(leaf.type()) && timestamp(type) || text(leaf.type()) && text(type);
        return same && !leaf.type().equals(type)
                ? new LeafColumn(
                        leaf.index(),
                        leaf.path(),
                        leaf.physical(),
                        leaf.typeLength(),
                        leaf.maxDefinition(),
                        leaf.maxRepetition(),
                        leaf.conversion(),
                        type)
                : leaf;
    }

    private static boolean timestamp(Type type) {
        return type == ScalarType.TIMESTAMP || type == ScalarType.TIMESTAMP_TZ;
    }

    private static boolean text(Type type) {
        return type == ScalarType.VARCHAR || type == ScalarType.VARBINARY;
    }

    /// Tells whether stored bounds of a column can be compared with values of the table's type.
    static boolean comparable(Type stored, Type type) {
        return stored.equals(type)
                || integer(stored) && integer(type)
                || floating(stored) && floating(type)
                || stored instanceof DecimalType && type instanceof DecimalType;
    }

    private static boolean integer(Type type) {
        return type instanceof ScalarType scalar && INTEGERS.contains(scalar);
    }

    private static boolean floating(@Nullable Type type) {
        return type == ScalarType.REAL || type == ScalarType.DOUBLE;
    }
}
