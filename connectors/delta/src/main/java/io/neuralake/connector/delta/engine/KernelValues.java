package io.neuralake.connector.delta.engine;

import io.delta.kernel.data.ArrayValue;
import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.data.MapValue;
import io.delta.kernel.data.Row;
import io.delta.kernel.types.ArrayType;
import io.delta.kernel.types.BinaryType;
import io.delta.kernel.types.BooleanType;
import io.delta.kernel.types.ByteType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DateType;
import io.delta.kernel.types.DecimalType;
import io.delta.kernel.types.DoubleType;
import io.delta.kernel.types.FloatType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.MapType;
import io.delta.kernel.types.ShortType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.neuralake.connector.delta.engine.ValueVector.MapEntries;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Turns values in the Java form of `io.neuralake.spi.type.Type` into those of [ValueVector], and back.
final class KernelValues {
    private KernelValues() {}

    static @Nullable Object of(@Nullable Object value, DataType type) {
        if (value == null) {
            return null;
        }
        return switch (type) {
            case ByteType _ -> ((Long) value).byteValue();
            case ShortType _ -> ((Long) value).shortValue();
            case IntegerType _ -> ((Long) value).intValue();
            case DateType _ -> ((Long) value).intValue();
            case FloatType _ -> ((Double) value).floatValue();
            case ArrayType array -> {
                List<?> list = (List<?>) value;
                @Nullable Object[] elements = new @Nullable Object[list.size()];
                for (int i = 0; i < elements.length; i++) {
                    elements[i] = of(list.get(i), array.getElementType());
                }
                yield elements;
            }
            case StructType struct -> {
                List<?> list = (List<?>) value;
                @Nullable Object[] members = new @Nullable Object[list.size()];
                for (int i = 0; i < members.length; i++) {
                    members[i] = of(list.get(i), struct.at(i).getDataType());
                }
                yield members;
            }
            case MapType map -> {
                List<?> list = (List<?>) value;
                @Nullable Object[] keys = new @Nullable Object[list.size()];
                @Nullable Object[] values = new @Nullable Object[list.size()];
                for (int i = 0; i < keys.length; i++) {
                    List<?> entry = (List<?>) list.get(i);
                    keys[i] = of(entry.get(0), map.getKeyType());
                    values[i] = of(entry.get(1), map.getValueType());
                }
                yield new MapEntries(keys, values);
            }
            default -> value;
        };
    }

    /// Returns a vector's value in Java form.
    static @Nullable Object java(ColumnVector vector, int row) {
        if (vector.isNullAt(row)) {
            return null;
        }
        DataType type = vector.getDataType();
        return switch (type) {
            case BooleanType _ -> vector.getBoolean(row);
            case ByteType _ -> (long) vector.getByte(row);
            case ShortType _ -> (long) vector.getShort(row);
            case IntegerType _, DateType _ -> (long) vector.getInt(row);
            case FloatType _ -> (double) vector.getFloat(row);
            case DoubleType _ -> vector.getDouble(row);
            case StringType _ -> vector.getString(row);
            case BinaryType _ -> vector.getBinary(row);
            case DecimalType _ -> vector.getDecimal(row);
            case ArrayType _ -> list(vector.getArray(row));
            case MapType _ -> entries(vector.getMap(row));
            case StructType struct -> {
                List<@Nullable Object> members = new ArrayList<>();
                for (int i = 0; i < struct.length(); i++) {
                    members.add(java(vector.getChild(i), row));
                }
                yield members;
            }
            default -> vector.getLong(row);
        };
    }

    /// Returns a row in Java form.
    static List<@Nullable Object> java(Row row) {
        List<@Nullable Object> members = new ArrayList<>();
        for (int i = 0; i < row.getSchema().length(); i++) {
            members.add(row.isNullAt(i) ? null : member(row, i, row.getSchema().at(i)));
        }
        return members;
    }

    private static @Nullable Object member(Row row, int at, StructField field) {
        return switch (field.getDataType()) {
            case BooleanType _ -> row.getBoolean(at);
            case ByteType _ -> (long) row.getByte(at);
            case ShortType _ -> (long) row.getShort(at);
            case IntegerType _, DateType _ -> (long) row.getInt(at);
            case FloatType _ -> (double) row.getFloat(at);
            case DoubleType _ -> row.getDouble(at);
            case StringType _ -> row.getString(at);
            case BinaryType _ -> row.getBinary(at);
            case DecimalType _ -> row.getDecimal(at);
            case ArrayType _ -> list(row.getArray(at));
            case MapType _ -> entries(row.getMap(at));
            case StructType _ -> java(row.getStruct(at));
            default -> row.getLong(at);
        };
    }

    private static List<@Nullable Object> list(ArrayValue array) {
        List<@Nullable Object> elements = new ArrayList<>();
        for (int i = 0; i < array.getSize(); i++) {
            elements.add(java(array.getElements(), i));
        }
        return elements;
    }

    private static List<@Nullable Object> entries(MapValue map) {
        List<@Nullable Object> entries = new ArrayList<>();
        for (int i = 0; i < map.getSize(); i++) {
            entries.add(Arrays.asList(java(map.getKeys(), i), java(map.getValues(), i)));
        }
        return entries;
    }
}
