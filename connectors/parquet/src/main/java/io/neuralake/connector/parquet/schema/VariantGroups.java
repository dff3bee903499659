package io.neuralake.connector.parquet.schema;

import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ListType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.StructType;

import org.apache.parquet.format.Type;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Tells which groups are variants.
final class VariantGroups {
    private static final String METADATA = "metadata";
    private static final String VALUE = "value";
    private static final String TYPED_VALUE = "typed_value";

    private VariantGroups() {}

    static ParquetField.@Nullable Variant variant(ParquetField.Struct group) {
        Set<Integer> nanos = new HashSet<>();
        boolean hasMetadata = false;
        boolean hasValue = false;
        for (ParquetField member : group.members()) {
            switch (member.name()) {
                case METADATA -> hasMetadata = isBinary(member);
                case VALUE -> hasValue |= isBinary(member);
                case TYPED_VALUE -> hasValue = true;
                default -> {
                    // Readers leave out what they do not know.
                }
            }
        }
        return hasMetadata && hasValue
                ? new ParquetField.Variant(
                        group.name(), exact(group, nanos), nanos, group.nullable(), group.id())
                : null;
    }

    private static boolean isBinary(ParquetField field) {
        return field instanceof ParquetField.Leaf leaf
                && leaf.column().physical() == Type.BYTE_ARRAY
                && leaf.type() == ScalarType.VARBINARY;
    }

    /// Returns the group with timestamps in nanoseconds as they are stored, and notes which they are.
    private static ParquetField.Struct exact(ParquetField.Struct group, Set<Integer> nanos) {
        List<ParquetField> members = new ArrayList<>();
        List<Field> types = new ArrayList<>();
        for (ParquetField member : group.members()) {
            ParquetField changed = exact(member, nanos);
            members.add(changed);
            types.add(new Field(changed.name(), changed.type(), changed.nullable()));
        }
        return new ParquetField.Struct(
                group.name(),
                new StructType(types),
                members,
                group.definition(),
                group.nullable(),
                group.id());
    }

    private static ParquetField exact(ParquetField field, Set<Integer> nanos) {
        return switch (field) {
            case ParquetField.Struct struct -> exact(struct, nanos);
            case ParquetField.Repeated list when list.type() instanceof ListType -> {
                ParquetField element = exact(list.element(), nanos);
                yield new ParquetField.Repeated(
                        list.name(),
                        new ListType(element.type()),
                        element,
                        list.present(),
                        list.elementDefinition(),
                        list.repetition(),
                        list.nullable(),
                        list.id());
            }
            case ParquetField.Leaf leaf
                    when leaf.column().conversion() == Conversion.NANOS_TO_MICROS -> {
                LeafColumn column = leaf.column();
                nanos.add(column.index());
                yield new ParquetField.Leaf(
                        leaf.name(),
                        new LeafColumn(
                                column.index(),
                                column.path(),
                                column.physical(),
                                column.typeLength(),
                                column.maxDefinition(),
                                column.maxRepetition(),
                                Conversion.NONE,
                                column.type()),
                        leaf.nullable(),
                        leaf.id());
            }
            case ParquetField.Leaf _, ParquetField.Repeated _, ParquetField.Variant _ -> field;
        };
    }
}
