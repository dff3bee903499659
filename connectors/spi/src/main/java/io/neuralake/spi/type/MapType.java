package io.neuralake.spi.type;

import java.util.List;

/// Pairs of key and value, laid out as a list of STRUCT(key, value). Keys are not null.
public record MapType(Type key, Type value) implements Type {
    @Override
    public PhysicalType physical() {
        return PhysicalType.LIST;
    }

    /// Returns the type of the list's elements.
    public StructType entry() {
        return new StructType(
                List.of(new Field("key", key, false), new Field("value", value, true)));
    }

    @Override
    public String sql() {
        return "MAP(" + key.sql() + ", " + value.sql() + ")";
    }
}
