package io.neuralake.spi.batch;

import io.neuralake.spi.type.PhysicalType;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// Structs: one child column a member, each of the struct's row count.
public final class StructColumn extends Column {
    private final List<Column> children;

    /// Takes ownership of `validity` and of one reference of each child.
    public StructColumn(
            Type type, int rowCount, List<Column> children, @Nullable DataBuffer validity) {
        super(type, rowCount, validity);
        if (type.physical() != PhysicalType.STRUCT) {
            throw new IllegalArgumentException("Not a struct type: " + type.sql());
        }
        this.children = List.copyOf(children);
    }

    /// Returns the members' columns, which stay this column's.
    public List<Column> children() {
        return children;
    }

    @Override
    public @Nullable Object value(int row) {
        if (isNull(row)) {
            return null;
        }
        List<@Nullable Object> values = new ArrayList<>(children.size());
        for (Column child : children) {
            values.add(child.value(row));
        }
        return values;
    }

    @Override
    void free() {
        children.forEach(Column::release);
    }
}
