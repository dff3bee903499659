package io.neuralake.connector.delta.engine;

import io.delta.kernel.data.ArrayValue;
import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.data.MapValue;
import io.delta.kernel.types.ArrayType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.MapType;
import io.delta.kernel.types.StructType;

import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.util.Objects;

/// A vector of Java objects, for the kernel. Values are of the class that the kernel's getter of the
/// type returns; a struct is an array with one element a member, a list an array of its elements, a
/// map a [MapEntries]. Not thread-safe.
final class ValueVector implements ColumnVector {
    private final DataType type;
    private final @Nullable Object[] values;
    private @Nullable ValueVector @Nullable [] children;

    /// Keys and values of one map, in the same order.
    record MapEntries(@Nullable Object[] keys, @Nullable Object[] values) {}

    /// Keeps the array.
    ValueVector(DataType type, @Nullable Object[] values) {
        this.type = type;
        this.values = values;
    }

    @Override
    public DataType getDataType() {
        return type;
    }

    @Override
    public int getSize() {
        return values.length;
    }

    @Override
    public void close() {}

    @Override
    public boolean isNullAt(int row) {
        return values[row] == null;
    }

    /// Returns the value of a row, or null.
    @Nullable Object value(int row) {
        return values[row];
    }

    private Object present(int row) {
        return Objects.requireNonNull(values[row]);
    }

    @Override
    public boolean getBoolean(int row) {
        return (Boolean) present(row);
    }

    @Override
    public byte getByte(int row) {
        return (Byte) present(row);
    }

    @Override
    public short getShort(int row) {
        return (Short) present(row);
    }

    @Override
    public int getInt(int row) {
        return (Integer) present(row);
    }

    @Override
    public long getLong(int row) {
        return (Long) present(row);
    }

    @Override
    public float getFloat(int row) {
        return (Float) present(row);
    }

    @Override
    public double getDouble(int row) {
        return (Double) present(row);
    }

    @Override
    public byte @Nullable [] getBinary(int row) {
        return (byte[]) values[row];
    }

    @Override
    public @Nullable String getString(int row) {
        return (String) values[row];
    }

    @Override
    public @Nullable BigDecimal getDecimal(int row) {
        return (BigDecimal) values[row];
    }

    @Override
    public @Nullable ArrayValue getArray(int row) {
        Object[] elements = (Object[]) values[row];
        if (elements == null) {
            return null;
        }
        ValueVector vector = new ValueVector(((ArrayType) type).getElementType(), elements);
        return new ArrayValue() {
            @Override
            public int getSize() {
                return vector.getSize();
            }

            @Override
            public ColumnVector getElements() {
                return vector;
            }
        };
    }

    @Override
    public @Nullable MapValue getMap(int row) {
        MapEntries entries = (MapEntries) values[row];
        if (entries == null) {
            return null;
        }
        ValueVector keys = new ValueVector(((MapType) type).getKeyType(), entries.keys());
        ValueVector mapped = new ValueVector(((MapType) type).getValueType(), entries.values());
        return new MapValue() {
            @Override
            public int getSize() {
                return keys.getSize();
            }

            @Override
            public ColumnVector getKeys() {
                return keys;
            }

            @Override
            public ColumnVector getValues() {
                return mapped;
            }
        };
    }

    @Override
    public ColumnVector getChild(int ordinal) {
        StructType struct = (StructType) type;
        @Nullable ValueVector[] known = children;
        if (known == null) {
            known = new @Nullable ValueVector[struct.length()];
            children = known;
        }
        ValueVector child = known[ordinal];
        if (child == null) {
            @Nullable Object[] members = new @Nullable Object[values.length];
            for (int i = 0; i < members.length; i++) {
                Object[] row = (Object[]) values[i];
                members[i] = row == null ? null : row[ordinal];
            }
            child = new ValueVector(struct.at(ordinal).getDataType(), members);
            known[ordinal] = child;
        }
        return child;
    }
}
