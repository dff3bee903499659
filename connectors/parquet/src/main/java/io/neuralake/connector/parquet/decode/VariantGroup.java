package io.neuralake.connector.parquet.decode;

import io.neuralake.connector.parquet.file.CorruptFile;
import io.neuralake.connector.parquet.schema.ParquetField;
import io.neuralake.spi.batch.StructColumn;
import io.neuralake.spi.type.ListType;
import io.neuralake.spi.type.PhysicalType;

import org.jspecify.annotations.Nullable;

/// One value of a shredded variant, in the fields `value` and `typed_value` of a group, of which either may be missing
/// (parquet-format's VariantShredding.md). For one thread.
final class VariantGroup {
    private final VariantParts parts;
    private @Nullable ViewCursor value;
    private int valueMember;
    private @Nullable VariantTyped typed;
    private int typedMember;

    VariantGroup(ParquetField.Struct group, VariantParts parts) {
        this.parts = parts;
        for (int i = 0; i < group.members().size(); i++) {
            ParquetField member = group.members().get(i);
            if (member.name().equals("value")) {
                CorruptFile.check(
                        member instanceof ParquetField.Leaf
                                && member.type().physical() == PhysicalType.VIEW,
                        "the value of a variant is not binary");
                value = new ViewCursor(parts.reservation());
                valueMember = i;
            } else if (member.name().equals("typed_value")) {
                typed = typed(member, parts);
                typedMember = i;
            }
        }
    }

    private static VariantTyped typed(ParquetField field, VariantParts parts) {
        return switch (field) {
            case ParquetField.Leaf leaf -> new VariantScalar(leaf, parts);
            case ParquetField.Struct object -> new VariantObject(object, parts);
            case ParquetField.Repeated list
                    when list.type() instanceof ListType
                            && list.element() instanceof ParquetField.Struct element ->
                    new VariantList(new VariantGroup(element, parts), parts.out());
            case ParquetField.Repeated _, ParquetField.Variant _ ->
                    throw new CorruptFile(
                            "variants are shredded as " + field.type().sql() + ", which cannot be");
        };
    }

    /// Turns to other columns, which are lent until the next ones.
    void bind(StructColumn group) {
        if (value != null) {
            value.bind(group.children().get(valueMember));
        }
        if (typed != null) {
            typed.bind(group.children().get(typedMember));
        }
    }

    /// Tells whether a row has neither of both.
    boolean isMissing(int row) {
        return (value == null || value.isNull(row)) && (typed == null || typed.isNull(row));
    }

    /// Writes a row's value; a missing one is null.
    void write(int row) {
        ViewCursor rest = value == null || value.isNull(row) ? null : value;
        if (rest != null) {
            rest.load(row);
        }
        if (typed != null && !typed.isNull(row)) {
            typed.write(row, rest);
        } else if (rest != null) {
            parts.printer().print(rest.bytes(), rest.length());
        } else {
            parts.out().raw("null");
        }
    }
}
