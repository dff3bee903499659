package io.neuralake.connector.delta.schema;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ListType;
import io.neuralake.spi.type.MapType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.StructType;
import io.neuralake.spi.type.Type;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/// Maps SQL types to those of the log. A TIMESTAMP is Delta's `timestamp_ntz`, a TIMESTAMP WITH TIME
/// ZONE its `timestamp`.
public final class LogTypes {
    private LogTypes() {}

    /// Maps a type. Throws UNSUPPORTED for one that Delta lacks, naming the column.
    public static LogType of(String column, Type type) {
        return switch (type) {
            case ScalarType scalar -> new LogType.Primitive(name(column, scalar));
            case DecimalType decimal ->
                    new LogType.Primitive(
                            "decimal(" + decimal.precision() + "," + decimal.scale() + ")");
            case ListType list -> new LogType.Array(of(column, list.element()), true);
            case MapType map ->
                    new LogType.Mapping(of(column, map.key()), of(column, map.value()), true);
            case StructType struct -> {
                List<LogField> fields = new ArrayList<>();
                for (Field field : struct.fields()) {
                    fields.add(
                            new LogField(
                                    field.name(),
                                    of(column + "." + field.name(), field.type()),
                                    field.nullable(),
                                    Map.of()));
                }
                yield new LogType.Struct(fields);
            }
        };
    }

    /// Returns the name that SQL has for a type that is not nested; the log's own for one that SQL lacks.
    public static String sql(LogType.Primitive type) {
        if (type.name().startsWith("decimal(")) {
            return type.name().toUpperCase(Locale.ROOT).replaceAll("\\s*,\\s*", ", ");
        }
        for (ScalarType scalar : ScalarType.values()) {
            if (isStored(scalar) && name("", scalar).equals(type.name())) {
                return scalar.sql();
            }
        }
        return type.name();
    }

    private static boolean isStored(ScalarType type) {
        return switch (type) {
            case NULL, TIME, INTERVAL_YEAR_MONTH, INTERVAL_DAY_TIME -> false;
            default -> true;
        };
    }

    private static String name(String column, ScalarType type) {
        return switch (type) {
            case BOOLEAN -> "boolean";
            case TINYINT -> "byte";
            case SMALLINT -> "short";
            case INTEGER -> "integer";
            case BIGINT -> "long";
            case REAL -> "float";
            case DOUBLE -> "double";
            case VARCHAR -> "string";
            case VARBINARY -> "binary";
            case DATE -> "date";
            case TIMESTAMP -> "timestamp_ntz";
            case TIMESTAMP_TZ -> "timestamp";
            case NULL, TIME, INTERVAL_YEAR_MONTH, INTERVAL_DAY_TIME ->
                    throw new NeuralakeException(
                            ErrorCode.UNSUPPORTED,
                            "Delta tables have no such type: column "
                                    + column
                                    + " is "
                                    + type.sql());
        };
    }

    /// Tells whether a field, or one below, fulfils a condition.
    public static boolean any(LogType type, Predicate<LogField> condition) {
        return switch (type) {
            case LogType.Primitive _ -> false;
            case LogType.Array array -> any(array.element(), condition);
            case LogType.Mapping map -> any(map.key(), condition) || any(map.value(), condition);
            case LogType.Struct struct ->
                    struct.fields().stream()
                            .anyMatch(
                                    field -> condition.test(field) || any(field.type(), condition));
        };
    }

    /// Returns a type with other fields, those below first.
    public static LogType map(LogType type, UnaryOperator<LogField> change) {
        return switch (type) {
            case LogType.Primitive primitive -> primitive;
            case LogType.Array array ->
                    new LogType.Array(map(array.element(), change), array.containsNull());
            case LogType.Mapping map ->
                    new LogType.Mapping(
                            map(map.key(), change),
                            map(map.value(), change),
                            map.valueContainsNull());
            case LogType.Struct struct ->
                    new LogType.Struct(
                            struct.fields().stream()
                                    .map(
                                            field ->
                                                    change.apply(
                                                            field.withType(
                                                                    map(field.type(), change))))
                                    .toList());
        };
    }

    /// Tells whether a type has a part of that name.
    public static boolean uses(LogType type, String primitive) {
        return switch (type) {
            case LogType.Primitive leaf -> leaf.name().equals(primitive);
            case LogType.Array array -> uses(array.element(), primitive);
            case LogType.Mapping map -> uses(map.key(), primitive) || uses(map.value(), primitive);
            case LogType.Struct struct ->
                    struct.fields().stream().anyMatch(field -> uses(field.type(), primitive));
        };
    }
}
