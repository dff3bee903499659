package io.neuralake.spi.type;

import java.util.List;
import java.util.OptionalInt;

/// The ordered columns of a relation. Names need not be unique in a result.
public record Schema(List<Field> fields) {
    /// Copies the list.
    public Schema {
        fields = List.copyOf(fields);
    }

    /// Makes a schema of the given fields.
    public static Schema of(Field... fields) {
        return new Schema(List.of(fields));
    }

    /// Returns the number of columns.
    public int size() {
        return fields.size();
    }

    /// Returns column `index`, counted from 0.
    public Field field(int index) {
        return fields.get(index);
    }

    /// Finds the first column of that name, exactly or else ignoring case.
    public OptionalInt indexOf(String name) {
        for (int i = 0; i < fields.size(); i++) {
            if (fields.get(i).name().equals(name)) {
                return OptionalInt.of(i);
            }
        }
        for (int i = 0; i < fields.size(); i++) {
            if (fields.get(i).name().equalsIgnoreCase(name)) {
                return OptionalInt.of(i);
            }
        }
        return OptionalInt.empty();
    }
}
