package io.neuralake.spi.type;

/// An ordered list of elements of one type; elements may be null.
public record ListType(Type element) implements Type {
    @Override
    public PhysicalType physical() {
        return PhysicalType.LIST;
    }

    @Override
    public String sql() {
        return element.sql() + "[]";
    }
}
