package io.neuralake.planner.rel;

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

import org.apache.calcite.avatica.util.TimeUnit;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.sql.SqlIntervalQualifier;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.SqlTypeName;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// Maps Calcite's types to the engine's and back. CHAR of any length becomes VARCHAR, FLOAT becomes
/// DOUBLE, and TIMESTAMP_TZ is Calcite's TIMESTAMP WITH LOCAL TIME ZONE, which is an instant too.
public final class TypeMapping {
    /// Digits of a second's fraction: microseconds.
    public static final int FRACTION_DIGITS = 6;

    private TypeMapping() {}

    /// Returns the engine's type. Throws UNSUPPORTED for a type that the engine lacks.
    public static Type toType(RelDataType type) {
        return switch (type.getSqlTypeName()) {
            case BOOLEAN -> ScalarType.BOOLEAN;
            case TINYINT -> ScalarType.TINYINT;
            case SMALLINT -> ScalarType.SMALLINT;
            case INTEGER -> ScalarType.INTEGER;
            case BIGINT -> ScalarType.BIGINT;
            case REAL -> ScalarType.REAL;
            case FLOAT, DOUBLE -> ScalarType.DOUBLE;
            case DECIMAL -> new DecimalType(type.getPrecision(), type.getScale());
            case CHAR, VARCHAR -> ScalarType.VARCHAR;
            case BINARY, VARBINARY -> ScalarType.VARBINARY;
            case DATE -> ScalarType.DATE;
            case TIME -> ScalarType.TIME;
            case TIMESTAMP -> ScalarType.TIMESTAMP;
            case TIMESTAMP_WITH_LOCAL_TIME_ZONE, TIMESTAMP_TZ -> ScalarType.TIMESTAMP_TZ;
            case INTERVAL_YEAR, INTERVAL_YEAR_MONTH, INTERVAL_MONTH ->
                    ScalarType.INTERVAL_YEAR_MONTH;
            case INTERVAL_DAY,
                    INTERVAL_DAY_HOUR,
                    INTERVAL_DAY_MINUTE,
                    INTERVAL_DAY_SECOND,
                    INTERVAL_HOUR,
                    INTERVAL_HOUR_MINUTE,
                    INTERVAL_HOUR_SECOND,
                    INTERVAL_MINUTE,
                    INTERVAL_MINUTE_SECOND,
                    INTERVAL_SECOND ->
                    ScalarType.INTERVAL_DAY_TIME;
            case NULL, UNKNOWN -> ScalarType.NULL;
            case ARRAY, MULTISET -> new ListType(toType(component(type.getComponentType())));
            case MAP ->
                    new MapType(
                            toType(component(type.getKeyType())),
                            toType(component(type.getValueType())));
            case ROW, STRUCTURED -> new StructType(fields(type));
            default ->
                    throw new NeuralakeException(
                            ErrorCode.UNSUPPORTED, "Type not supported: " + type);
        };
    }

    private static RelDataType component(@Nullable RelDataType type) {
        if (type == null) {
            throw new IllegalStateException("Collection type without component");
        }
        return type;
    }

    /// Returns the columns of a row type.
    public static Schema toSchema(RelDataType rowType) {
        return new Schema(fields(rowType));
    }

    private static List<Field> fields(RelDataType rowType) {
        List<Field> fields = new ArrayList<>(rowType.getFieldCount());
        for (RelDataTypeField field : rowType.getFieldList()) {
            fields.add(
                    new Field(
                            field.getName(),
                            toType(field.getType()),
                            field.getType().isNullable()));
        }
        return fields;
    }

    /// Returns Calcite's type, with nullability. Elements of lists, values of maps are nullable.
    public static RelDataType toRelType(Type type, boolean nullable, RelDataTypeFactory factory) {
        RelDataType result =
                switch (type) {
                    case ScalarType scalar -> scalarType(scalar, factory);
                    case DecimalType d ->
                            factory.createSqlType(SqlTypeName.DECIMAL, d.precision(), d.scale());
                    case ListType list ->
                            factory.createArrayType(toRelType(list.element(), true, factory), -1);
                    case MapType map ->
                            factory.createMapType(
                                    toRelType(map.key(), false, factory),
                                    toRelType(map.value(), true, factory));
                    case StructType struct -> structType(struct.fields(), factory);
                };
        return factory.createTypeWithNullability(result, nullable);
    }

    /// Returns the row type of a relation.
    public static RelDataType toRowType(Schema schema, RelDataTypeFactory factory) {
        return structType(schema.fields(), factory);
    }

    private static RelDataType structType(List<Field> fields, RelDataTypeFactory factory) {
        RelDataTypeFactory.Builder builder = factory.builder();
        for (Field field : fields) {
            builder.add(field.name(), toRelType(field.type(), field.nullable(), factory));
        }
        return builder.build();
    }

    private static RelDataType scalarType(ScalarType type, RelDataTypeFactory factory) {
        return switch (type) {
            case NULL -> factory.createSqlType(SqlTypeName.NULL);
            case BOOLEAN -> factory.createSqlType(SqlTypeName.BOOLEAN);
            case TINYINT -> factory.createSqlType(SqlTypeName.TINYINT);
            case SMALLINT -> factory.createSqlType(SqlTypeName.SMALLINT);
            case INTEGER -> factory.createSqlType(SqlTypeName.INTEGER);
            case BIGINT -> factory.createSqlType(SqlTypeName.BIGINT);
            case REAL -> factory.createSqlType(SqlTypeName.REAL);
            case DOUBLE -> factory.createSqlType(SqlTypeName.DOUBLE);
            case VARCHAR -> factory.createSqlType(SqlTypeName.VARCHAR);
            case VARBINARY -> factory.createSqlType(SqlTypeName.VARBINARY);
            case DATE -> factory.createSqlType(SqlTypeName.DATE);
            case TIME -> factory.createSqlType(SqlTypeName.TIME, FRACTION_DIGITS);
            case TIMESTAMP -> factory.createSqlType(SqlTypeName.TIMESTAMP, FRACTION_DIGITS);
            case TIMESTAMP_TZ ->
                    factory.createSqlType(
                            SqlTypeName.TIMESTAMP_WITH_LOCAL_TIME_ZONE, FRACTION_DIGITS);
            case INTERVAL_YEAR_MONTH ->
                    factory.createSqlIntervalType(interval(TimeUnit.YEAR, TimeUnit.MONTH));
            case INTERVAL_DAY_TIME ->
                    factory.createSqlIntervalType(interval(TimeUnit.DAY, TimeUnit.SECOND));
        };
    }

    private static SqlIntervalQualifier interval(TimeUnit start, TimeUnit end) {
        return new SqlIntervalQualifier(start, end, SqlParserPos.ZERO);
    }
}
