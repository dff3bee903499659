package io.neuralake.connector.parquet.schema;

import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.StructType;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Set;

/// A node of a file's schema with its SQL type. Levels count from the root, as in Dremel.
public sealed interface ParquetField {
    /// Returns the field's name.
    String name();

    /// Returns the SQL type.
    Type type();

    /// Tells whether values may be null.
    boolean nullable();

    /// Returns the identifier that the file gives the field; [#NO_ID] where it gives none.
    int id();

    /// No field has this identifier.
    int NO_ID = -1;

    /// A stored column.
    record Leaf(String name, LeafColumn column, boolean nullable, int id) implements ParquetField {
        @Override
        public Type type() {
            return column.type();
        }
    }

    /// A struct.
    ///
    /// @param definition lowest definition level at which the struct is not null
    record Struct(
            String name,
            StructType type,
            List<ParquetField> members,
            int definition,
            boolean nullable,
            int id)
            implements ParquetField {}

    /// A list or a map.
    ///
    /// @param present lowest definition level at which the list is not null
    /// @param elementDefinition lowest definition level at which it has an element
    /// @param repetition repetition level of its second and later elements
    record Repeated(
            String name,
            Type type,
            ParquetField element,
            int present,
            int elementDefinition,
            int repetition,
            boolean nullable,
            int id)
            implements ParquetField {}

    /// A variant, which queries see as JSON text (parquet-format's VariantShredding.md).
    ///
    /// @param group the stored fields `metadata`, `value` and `typed_value`, nulls where it has them
    /// @param nanos leaves below it that hold timestamps in nanoseconds, as they are stored
    record Variant(String name, Struct group, Set<Integer> nanos, boolean nullable, int id)
            implements ParquetField {
        /// Copies the set.
        public Variant {
            nanos = Set.copyOf(nanos);
        }

        @Override
        public Type type() {
            return ScalarType.VARCHAR;
        }

        /// Takes a group for a variant; null when it has not the fields of one.
        public static @Nullable Variant of(Struct group) {
            return VariantGroups.variant(group);
        }

        /// Returns the same with another name.
        public Variant withName(String other) {
            return new Variant(other, group, nanos, nullable, id);
        }
    }
}
