package io.neuralake.flight.command;

import io.neuralake.spi.arrow.ArrowTypes;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ListType;
import io.neuralake.spi.type.MapType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;
import io.neuralake.spi.type.StructType;
import io.neuralake.spi.type.Type;

import org.apache.arrow.flight.sql.FlightSqlColumnMetadata;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Makes Arrow schemas with the column metadata of Flight SQL, from which JDBC takes type names,
/// precision and scale.
final class ResultSchemas {
    private static final int MICROSECOND_DIGITS = 6;

    private ResultSchemas() {}

    /// Maps the columns of a result.
    static org.apache.arrow.vector.types.pojo.Schema of(Schema schema) {
        List<org.apache.arrow.vector.types.pojo.Field> fields = new ArrayList<>();
        for (Field field : schema.fields()) {
            fields.add(field(field, builder(field.type())));
        }
        return new org.apache.arrow.vector.types.pojo.Schema(fields);
    }

    /// Maps the columns of a table.
    static org.apache.arrow.vector.types.pojo.Schema ofTable(
            Schema schema, String catalog, String dbSchema, String table) {
        List<org.apache.arrow.vector.types.pojo.Field> fields = new ArrayList<>();
        for (Field field : schema.fields()) {
            fields.add(
                    field(
                            field,
                            builder(field.type())
                                    .catalogName(catalog)
                                    .schemaName(dbSchema)
                                    .tableName(table)));
        }
        return new org.apache.arrow.vector.types.pojo.Schema(fields);
    }

    private static org.apache.arrow.vector.types.pojo.Field field(
            Field field, FlightSqlColumnMetadata.Builder metadata) {
        Map<String, String> map = metadata.build().getMetadataMap();
        return ArrowTypes.field(field.name(), field.type(), field.nullable(), map);
    }

    private static FlightSqlColumnMetadata.Builder builder(Type type) {
        return new FlightSqlColumnMetadata.Builder()
                .typeName(typeName(type))
                .precision(precision(type))
                .scale(scale(type))
                .isAutoIncrement(false)
                .isCaseSensitive(type == ScalarType.VARCHAR)
                .isReadOnly(true)
                .isSearchable(true);
    }

    /// Returns the bare name of a type, without parameters.
    static String typeName(Type type) {
        return switch (type) {
            case DecimalType _ -> "DECIMAL";
            case ListType _ -> "ARRAY";
            case MapType _ -> "MAP";
            case StructType _ -> "STRUCT";
            case ScalarType scalar -> scalar.sql();
        };
    }

    /// Returns decimal digits of numbers, characters of the text form of times, else 0.
    private static int precision(Type type) {
        return switch (type) {
            case DecimalType decimal -> decimal.precision();
            case ScalarType scalar ->
                    switch (scalar) {
                        case BOOLEAN -> 1;
                        case TINYINT -> 3;
                        case SMALLINT -> 5;
                        case INTEGER -> 10;
                        case BIGINT -> 19;
                        case REAL -> 7;
                        case DOUBLE -> 15;
                        case DATE -> 10;
                        case TIME -> 15;
                        case TIMESTAMP -> 26;
                        case TIMESTAMP_TZ -> 32;
                        case VARCHAR, VARBINARY -> Integer.MAX_VALUE;
                        case NULL, INTERVAL_YEAR_MONTH, INTERVAL_DAY_TIME -> 0;
                    };
            case ListType _, MapType _, StructType _ -> 0;
        };
    }

    private static int scale(Type type) {
        return switch (type) {
            case DecimalType decimal -> decimal.scale();
            case ScalarType.TIME, ScalarType.TIMESTAMP, ScalarType.TIMESTAMP_TZ ->
                    MICROSECOND_DIGITS;
            default -> 0;
        };
    }
}
