package io.neuralake.connector.delta.engine;

import io.delta.kernel.types.ArrayType;
import io.delta.kernel.types.ByteType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DateType;
import io.delta.kernel.types.FloatType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.MapType;
import io.delta.kernel.types.ShortType;
import io.delta.kernel.types.StructType;
import io.neuralake.connector.delta.engine.ValueVector.MapEntries;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// Turns values in the Java form of `io.neuralake.spi.type.Type` into those of [ValueVector].
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
}
