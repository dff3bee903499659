package io.neuralake.connector.delta.log;

import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.StructType;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/// The types of actions whose members are values in Java form, and what their members mean.
///
/// @param types by the name of the action in the log
public record ActionTypes(Map<String, StructType> types) {
    /// Copies the map.
    public ActionTypes {
        types = Map.copyOf(types);
    }

    /// Returns the type of a kind of action.
    public StructType type(String kind) {
        return Objects.requireNonNull(types.get(kind), kind);
    }

    /// Returns the position of a member.
    public static int position(StructType type, String member) {
        List<Field> fields = type.fields();
        for (int i = 0; i < fields.size(); i++) {
            if (fields.get(i).name().equals(member)) {
                return i;
            }
        }
        throw new IllegalArgumentException("No such member: " + member);
    }

    /// Returns a member of an action; null when it lacks it.
    public @Nullable Object member(String kind, List<@Nullable Object> row, String member) {
        return row.get(position(type(kind), member));
    }

    /// Returns the members of a deletion vector; null when the action has none.
    public @Nullable DeletionVector deletionVector(String kind, List<@Nullable Object> row) {
        StructType type = type(kind);
        int at = position(type, "deletionVector");
        if (!(row.get(at) instanceof List<?> vector)) {
            return null;
        }
        StructType members = (StructType) type.fields().get(at).type();
        Object offset = vector.get(position(members, "offset"));
        return new DeletionVector(
                (String) Objects.requireNonNull(vector.get(position(members, "storageType"))),
                (String) Objects.requireNonNull(vector.get(position(members, "pathOrInlineDv"))),
                offset == null ? null : ((Long) offset).intValue(),
                ((Long) Objects.requireNonNull(vector.get(position(members, "sizeInBytes"))))
                        .intValue(),
                (Long) Objects.requireNonNull(vector.get(position(members, "cardinality"))));
    }

    /// Returns what identifies a file.
    public FileKey key(String kind, List<@Nullable Object> row) {
        return FileKey.of(
                (String) Objects.requireNonNull(member(kind, row, "path")),
                deletionVector(kind, row));
    }
}
