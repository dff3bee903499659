package io.neuralake.connector.delta.engine;

import io.delta.kernel.types.ArrayType;
import io.delta.kernel.types.BinaryType;
import io.delta.kernel.types.BooleanType;
import io.delta.kernel.types.ByteType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DateType;
import io.delta.kernel.types.DoubleType;
import io.delta.kernel.types.FloatType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.ShortType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.TimestampNTZType;
import io.delta.kernel.types.TimestampType;
import io.delta.kernel.types.VariantType;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ListType;
import io.neuralake.spi.type.MapType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;
import io.neuralake.spi.type.StructType;
import io.neuralake.spi.type.Type;

import java.util.ArrayList;
import java.util.List;

/// Maps Delta's types to SQL types. Delta's `timestamp` is an instant, `timestamp_ntz` has no zone, a `variant` is
/// its JSON text.
final class DeltaTypes {
    private DeltaTypes() {}

    /// Maps a struct of the kernel's to a schema of the same names.
    static Schema schema(io.delta.kernel.types.StructType struct) {
        return new Schema(fields(struct));
    }

    private static List<Field> fields(io.delta.kernel.types.StructType struct) {
        List<Field> fields = new ArrayList<>();
        for (StructField field : struct.fields()) {
            fields.add(new Field(field.getName(), type(field.getDataType()), field.isNullable()));
        }
        return fields;
    }

    /// Maps a type. Throws UNSUPPORTED for one that has no counterpart.
    static Type type(DataType type) {
        return switch (type) {
            case BooleanType _ -> ScalarType.BOOLEAN;
            case ByteType _ -> ScalarType.TINYINT;
            case ShortType _ -> ScalarType.SMALLINT;
            case IntegerType _ -> ScalarType.INTEGER;
            case LongType _ -> ScalarType.BIGINT;
            case FloatType _ -> ScalarType.REAL;
            case DoubleType _ -> ScalarType.DOUBLE;
            case StringType _, VariantType _ -> ScalarType.VARCHAR;
            case BinaryType _ -> ScalarType.VARBINARY;
            case DateType _ -> ScalarType.DATE;
            case TimestampType _ -> ScalarType.TIMESTAMP_TZ;
            case TimestampNTZType _ -> ScalarType.TIMESTAMP;
            case io.delta.kernel.types.DecimalType decimal ->
                    new DecimalType(decimal.getPrecision(), decimal.getScale());
            case ArrayType array -> new ListType(type(array.getElementType()));
            case io.delta.kernel.types.MapType map ->
                    new MapType(type(map.getKeyType()), type(map.getValueType()));
            case io.delta.kernel.types.StructType struct -> new StructType(fields(struct));
            default ->
                    throw new NeuralakeException(
                            ErrorCode.UNSUPPORTED, "Delta type not supported: " + type);
        };
    }
}
