package io.neuralake.spi.arrow;

import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ListType;
import io.neuralake.spi.type.MapType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;
import io.neuralake.spi.type.StructType;
import io.neuralake.spi.type.Type;

import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.types.DateUnit;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.IntervalUnit;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;

/// Maps SQL types to the plain Arrow types that every client decodes: Utf8 and Binary instead of
/// views, Decimal128 for all decimals, no dictionaries.
public final class ArrowTypes {
    private static final int DECIMAL_BITS = 128;

    private ArrowTypes() {}

    /// Maps a schema.
    public static org.apache.arrow.vector.types.pojo.Schema schema(Schema schema) {
        return new org.apache.arrow.vector.types.pojo.Schema(fields(schema));
    }

    /// Maps the fields of a schema.
    public static List<org.apache.arrow.vector.types.pojo.Field> fields(Schema schema) {
        return schema.fields().stream().map(ArrowTypes::field).toList();
    }

    /// Maps a field without metadata.
    public static org.apache.arrow.vector.types.pojo.Field field(Field field) {
        return field(field.name(), field.type(), field.nullable(), null);
    }

    /// Maps a field.
    ///
    /// @param metadata Arrow's key and value metadata, or null for none
    public static org.apache.arrow.vector.types.pojo.Field field(
            String name, Type type, boolean nullable, @Nullable Map<String, String> metadata) {
        return new org.apache.arrow.vector.types.pojo.Field(
                name, new FieldType(nullable, arrowType(type), null, metadata), children(type));
    }

    private static List<org.apache.arrow.vector.types.pojo.Field> children(Type type) {
        return switch (type) {
            case ListType list -> List.of(field(Field.of("item", list.element())));
            case StructType struct -> struct.fields().stream().map(ArrowTypes::field).toList();
            case MapType map ->
                    List.of(field(new Field(MapVector.DATA_VECTOR_NAME, map.entry(), false)));
            case ScalarType _, DecimalType _ -> List.of();
        };
    }

    /// Maps a type; children of nested types are in [#field].
    public static ArrowType arrowType(Type type) {
        return switch (type) {
            case DecimalType d -> new ArrowType.Decimal(d.precision(), d.scale(), DECIMAL_BITS);
            case ListType _ -> ArrowType.List.INSTANCE;
            case StructType _ -> ArrowType.Struct.INSTANCE;
            case MapType _ -> new ArrowType.Map(false);
            case ScalarType scalar -> scalar(scalar);
        };
    }

    private static ArrowType scalar(ScalarType type) {
        return switch (type) {
            case NULL -> ArrowType.Null.INSTANCE;
            case BOOLEAN -> ArrowType.Bool.INSTANCE;
            case TINYINT -> new ArrowType.Int(8, true);
            case SMALLINT -> new ArrowType.Int(16, true);
            case INTEGER -> new ArrowType.Int(32, true);
            case BIGINT -> new ArrowType.Int(64, true);
            case REAL -> new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE);
            case DOUBLE -> new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE);
            case VARCHAR -> ArrowType.Utf8.INSTANCE;
            case VARBINARY -> ArrowType.Binary.INSTANCE;
            case DATE -> new ArrowType.Date(DateUnit.DAY);
            case TIME -> new ArrowType.Time(TimeUnit.MICROSECOND, 64);
            case TIMESTAMP -> new ArrowType.Timestamp(TimeUnit.MICROSECOND, null);
            case TIMESTAMP_TZ -> new ArrowType.Timestamp(TimeUnit.MICROSECOND, "UTC");
            case INTERVAL_YEAR_MONTH -> new ArrowType.Interval(IntervalUnit.YEAR_MONTH);
            case INTERVAL_DAY_TIME -> new ArrowType.Duration(TimeUnit.MICROSECOND);
        };
    }
}
