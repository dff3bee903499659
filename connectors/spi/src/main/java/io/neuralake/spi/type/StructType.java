package io.neuralake.spi.type;

import java.util.List;
import java.util.stream.Collectors;

/// Named members, each with a type of its own.
public record StructType(List<Field> fields) implements Type {
    /// Copies the list.
    public StructType {
        fields = List.copyOf(fields);
    }

    @Override
    public PhysicalType physical() {
        return PhysicalType.STRUCT;
    }

    @Override
    public String sql() {
        return fields.stream()
                .map(f -> f.name() + " " + f.type().sql())
                .collect(Collectors.joining(", ", "STRUCT(", ")"));
    }
}
