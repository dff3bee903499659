package io.neuralake.connector.parquet.write;

import io.neuralake.connector.parquet.schema.ParquetField;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ListType;
import io.neuralake.spi.type.MapType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.StructType;
import io.neuralake.spi.type.Type;

import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type.Repetition;
import org.apache.parquet.schema.Types;

import java.util.ArrayList;
import java.util.List;

/// Maps SQL types to Parquet's: decimals of up to 9 digits as INT32, 18 as INT64, else as fixed
/// bytes; lists and maps in the three-level form of the format's LogicalTypes.md.
final class ParquetTypes {
    /// Bytes of a DECIMAL of more than 18 digits.
    static final int LONG_DECIMAL_BYTES = 16;

    /// The most digits of a decimal in an INT32.
    static final int INT32_DIGITS = 9;

    private ParquetTypes() {}

    static MessageType message(FileLayout layout) {
        List<org.apache.parquet.schema.Type> fields = new ArrayList<>();
        for (Field field : layout.schema().fields()) {
            fields.add(field(layout, List.of(), field));
        }
        return new MessageType("schema", fields);
    }

    private static org.apache.parquet.schema.Type field(
            FileLayout layout, List<String> above, Field field) {
        List<String> path = new ArrayList<>(above);
        path.add(field.name());
        boolean nullable = layout.optional() || field.nullable();
        org.apache.parquet.schema.Type type = type(layout, path, field.type(), nullable);
        int id = layout.fieldIds().applyAsInt(path);
        return id == ParquetField.NO_ID ? type : type.withId(id);
    }

    private static org.apache.parquet.schema.Type type(
            FileLayout layout, List<String> path, Type type, boolean nullable) {
        Repetition repetition = nullable ? Repetition.OPTIONAL : Repetition.REQUIRED;
        String name = path.getLast();
        return switch (type) {
            case ScalarType scalar -> scalar(name, scalar, repetition);
            case DecimalType decimal -> decimal(name, decimal, repetition);
            case ListType list ->
                    Types.list(repetition)
                            .element(type(layout, below(path, "element"), list.element(), true))
                            .named(name);
            case MapType map ->
                    Types.map(repetition)
                            .key(type(layout, below(path, "key"), map.key(), false))
                            .value(type(layout, below(path, "value"), map.value(), true))
                            .named(name);
            case StructType struct -> {
                List<org.apache.parquet.schema.Type> members = new ArrayList<>();
                for (Field member : struct.fields()) {
                    members.add(field(layout, path, member));
                }
                yield Types.buildGroup(repetition)
                        .addFields(members.toArray(org.apache.parquet.schema.Type[]::new))
                        .named(name);
            }
        };
    }

    private static List<String> below(List<String> path, String name) {
        List<String> below = new ArrayList<>(path);
        below.add(name);
        return below;
    }

    private static org.apache.parquet.schema.Type decimal(
            String name, DecimalType type, Repetition repetition) {
        LogicalTypeAnnotation annotation =
                LogicalTypeAnnotation.decimalType(type.scale(), type.precision());
        if (type.precision() <= INT32_DIGITS) {
            return Types.primitive(PrimitiveTypeName.INT32, repetition).as(annotation).named(name);
        }
        if (type.isShort()) {
            return Types.primitive(PrimitiveTypeName.INT64, repetition).as(annotation).named(name);
        }
        return Types.primitive(PrimitiveTypeName.FIXED_LEN_BYTE_ARRAY, repetition)
                .length(LONG_DECIMAL_BYTES)
                .as(annotation)
                .named(name);
    }

    private static org.apache.parquet.schema.Type scalar(
            String name, ScalarType type, Repetition repetition) {
        return switch (type) {
            case BOOLEAN -> plain(name, PrimitiveTypeName.BOOLEAN, repetition);
            case TINYINT -> integer(name, PrimitiveTypeName.INT32, 8, repetition);
            case SMALLINT -> integer(name, PrimitiveTypeName.INT32, 16, repetition);
            case INTEGER -> plain(name, PrimitiveTypeName.INT32, repetition);
            case BIGINT -> plain(name, PrimitiveTypeName.INT64, repetition);
            case REAL -> plain(name, PrimitiveTypeName.FLOAT, repetition);
            case DOUBLE -> plain(name, PrimitiveTypeName.DOUBLE, repetition);
            case VARCHAR ->
                    Types.primitive(PrimitiveTypeName.BINARY, repetition)
                            .as(LogicalTypeAnnotation.stringType())
                            .named(name);
            case VARBINARY -> plain(name, PrimitiveTypeName.BINARY, repetition);
            case DATE ->
                    Types.primitive(PrimitiveTypeName.INT32, repetition)
                            .as(LogicalTypeAnnotation.dateType())
                            .named(name);
            case TIME ->
                    Types.primitive(PrimitiveTypeName.INT64, repetition)
                            .as(LogicalTypeAnnotation.timeType(false, TimeUnit.MICROS))
                            .named(name);
            case TIMESTAMP, TIMESTAMP_TZ ->
                    Types.primitive(PrimitiveTypeName.INT64, repetition)
                            .as(
                                    LogicalTypeAnnotation.timestampType(
                                            type == ScalarType.TIMESTAMP_TZ, TimeUnit.MICROS))
                            .named(name);
            case NULL, INTERVAL_YEAR_MONTH, INTERVAL_DAY_TIME ->
                    throw new NeuralakeException(
                            ErrorCode.UNSUPPORTED,
                            "Type cannot be written to Parquet: "
                                    + type.sql()
                                    + " of column "
                                    + name
                                    + "; cast it");
        };
    }

    private static org.apache.parquet.schema.Type plain(
            String name, PrimitiveTypeName type, Repetition repetition) {
        return Types.primitive(type, repetition).named(name);
    }

    private static org.apache.parquet.schema.Type integer(
            String name, PrimitiveTypeName type, int bits, Repetition repetition) {
        return Types.primitive(type, repetition)
                .as(LogicalTypeAnnotation.intType(bits, true))
                .named(name);
    }
}
