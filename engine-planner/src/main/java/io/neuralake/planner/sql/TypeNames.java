package io.neuralake.planner.sql;

import io.neuralake.planner.catalog.NearestName;
import io.neuralake.planner.rel.TypeMapping;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.DecimalType;

import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.SqlBasicTypeNameSpec;
import org.apache.calcite.sql.SqlCollectionTypeNameSpec;
import org.apache.calcite.sql.SqlDataTypeSpec;
import org.apache.calcite.sql.SqlMapTypeNameSpec;
import org.apache.calcite.sql.SqlRowTypeNameSpec;
import org.apache.calcite.sql.SqlTypeNameSpec;
import org.apache.calcite.sql.SqlUserDefinedTypeNameSpec;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.SqlTypeName;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// Reads type names of PostgreSQL and DuckDB, and brings all types to those of the engine.
final class TypeNames {
    private static final int DEFAULT_DECIMAL_PRECISION = 18;
    private static final int DEFAULT_DECIMAL_SCALE = 3;

    private static final Map<String, SqlTypeName> NAMES =
            Map.ofEntries(
                    Map.entry("text", SqlTypeName.VARCHAR),
                    Map.entry("string", SqlTypeName.VARCHAR),
                    Map.entry("bpchar", SqlTypeName.VARCHAR),
                    Map.entry("name", SqlTypeName.VARCHAR),
                    Map.entry("json", SqlTypeName.VARCHAR),
                    Map.entry("clob", SqlTypeName.VARCHAR),
                    Map.entry("nvarchar", SqlTypeName.VARCHAR),
                    Map.entry("int1", SqlTypeName.TINYINT),
                    Map.entry("int2", SqlTypeName.SMALLINT),
                    Map.entry("short", SqlTypeName.SMALLINT),
                    Map.entry("utinyint", SqlTypeName.SMALLINT),
                    Map.entry("int4", SqlTypeName.INTEGER),
                    Map.entry("signed", SqlTypeName.INTEGER),
                    Map.entry("usmallint", SqlTypeName.INTEGER),
                    Map.entry("int8", SqlTypeName.BIGINT),
                    Map.entry("long", SqlTypeName.BIGINT),
                    Map.entry("uinteger", SqlTypeName.BIGINT),
                    Map.entry("float4", SqlTypeName.REAL),
                    Map.entry("float8", SqlTypeName.DOUBLE),
                    Map.entry("bool", SqlTypeName.BOOLEAN),
                    Map.entry("logical", SqlTypeName.BOOLEAN),
                    Map.entry("blob", SqlTypeName.VARBINARY),
                    Map.entry("bytea", SqlTypeName.VARBINARY),
                    Map.entry("bytes", SqlTypeName.VARBINARY),
                    Map.entry("datetime", SqlTypeName.TIMESTAMP),
                    Map.entry("timestamp_s", SqlTypeName.TIMESTAMP),
                    Map.entry("timestamp_ms", SqlTypeName.TIMESTAMP),
                    Map.entry("timestamp_us", SqlTypeName.TIMESTAMP),
                    Map.entry("timestamp_ns", SqlTypeName.TIMESTAMP),
                    Map.entry("timestamp_ntz", SqlTypeName.TIMESTAMP),
                    Map.entry("timestamp_ltz", SqlTypeName.TIMESTAMP_WITH_LOCAL_TIME_ZONE),
                    Map.entry("timestamptz", SqlTypeName.TIMESTAMP_WITH_LOCAL_TIME_ZONE));

    /// All names in alphabetical order, for the nearest one.
    private static final Set<String> KNOWN = known();

    private TypeNames() {}

    private static Set<String> known() {
        Set<String> names = new TreeSet<>(NAMES.keySet());
        names.addAll(
                List.of(
                        "bigint",
                        "boolean",
                        "char",
                        "date",
                        "decimal",
                        "double",
                        "float",
                        "hugeint",
                        "int",
                        "integer",
                        "interval",
                        "numeric",
                        "real",
                        "smallint",
                        "time",
                        "timestamp",
                        "tinyint",
                        "ubigint",
                        "varbinary",
                        "varchar"));
        return names;
    }

    /// Rewrites a type to one that the validator derives correctly. Throws TYPE_MISMATCH for an
    /// unknown one.
    static SqlDataTypeSpec rewrite(SqlDataTypeSpec type) {
        return new SqlDataTypeSpec(rewrite(type.getTypeNameSpec()), type.getParserPosition())
                .withNullable(type.getNullable());
    }

    private static SqlTypeNameSpec rewrite(SqlTypeNameSpec type) {
        SqlParserPos pos = type.getParserPos();
        return switch (type) {
            case SqlUserDefinedTypeNameSpec named -> named(named, pos);
            case SqlBasicTypeNameSpec basic -> basic(basic, pos);
            case SqlCollectionTypeNameSpec collection ->
                    new SqlCollectionTypeNameSpec(
                            rewrite(collection.getElementTypeName()), SqlTypeName.ARRAY, pos);
            case SqlRowTypeNameSpec row -> {
                List<SqlDataTypeSpec> fields =
                        row.getFieldTypes().stream()
                                .map(f -> rewrite(f).withNullable(true))
                                .toList();
                yield new SqlRowTypeNameSpec(pos, row.getFieldNames(), fields);
            }
            case SqlMapTypeNameSpec map ->
                    new SqlMapTypeNameSpec(
                            rewrite(map.getKeyType()), rewrite(map.getValType()), pos);
            default -> type;
        };
    }

    private static SqlTypeNameSpec named(SqlUserDefinedTypeNameSpec type, SqlParserPos pos) {
        String name = String.valueOf(type.getTypeName()).toLowerCase(Locale.ROOT);
        if (name.equals("hugeint") || name.equals("int128")) {
            return new SqlBasicTypeNameSpec(SqlTypeName.DECIMAL, DecimalType.MAX_PRECISION, 0, pos);
        }
        if (name.equals("ubigint")) {
            return new SqlBasicTypeNameSpec(SqlTypeName.DECIMAL, 20, 0, pos);
        }
        SqlTypeName known = NAMES.get(name);
        if (known == null) {
            throw new NeuralakeException(
                    ErrorCode.TYPE_MISMATCH,
                    "Type not found: " + name + NearestName.hint(name, KNOWN),
                    Positions.of(pos),
                    null);
        }
        return plain(known, pos);
    }

    private static SqlTypeNameSpec basic(SqlBasicTypeNameSpec type, SqlParserPos pos) {
        SqlTypeName name = SqlTypeName.get(type.getTypeName().getSimple());
        if (name == null) {
            return type;
        }
        return switch (name) {
            case DECIMAL -> decimal(type, pos);
            case CHAR, VARCHAR, UUID -> plain(SqlTypeName.VARCHAR, pos);
            case BINARY, VARBINARY -> plain(SqlTypeName.VARBINARY, pos);
            case TIMESTAMP_TZ, TIMESTAMP_WITH_LOCAL_TIME_ZONE ->
                    plain(SqlTypeName.TIMESTAMP_WITH_LOCAL_TIME_ZONE, pos);
            case TIMESTAMP -> plain(SqlTypeName.TIMESTAMP, pos);
            case TIME, TIME_TZ, TIME_WITH_LOCAL_TIME_ZONE -> plain(SqlTypeName.TIME, pos);
            case FLOAT -> plain(SqlTypeName.DOUBLE, pos);
            case UTINYINT -> plain(SqlTypeName.SMALLINT, pos);
            case USMALLINT -> plain(SqlTypeName.INTEGER, pos);
            case UINTEGER -> plain(SqlTypeName.BIGINT, pos);
            case UBIGINT -> new SqlBasicTypeNameSpec(SqlTypeName.DECIMAL, 20, 0, pos);
            default -> type;
        };
    }

    private static SqlTypeNameSpec decimal(SqlBasicTypeNameSpec type, SqlParserPos pos) {
        int precision = type.getPrecision();
        if (precision == RelDataType.PRECISION_NOT_SPECIFIED) {
            return new SqlBasicTypeNameSpec(
                    SqlTypeName.DECIMAL, DEFAULT_DECIMAL_PRECISION, DEFAULT_DECIMAL_SCALE, pos);
        }
        int scale = type.getScale() == RelDataType.SCALE_NOT_SPECIFIED ? 0 : type.getScale();
        if (precision < 1
                || precision > DecimalType.MAX_PRECISION
                || scale < 0
                || scale > precision) {
            throw new NeuralakeException(
                    ErrorCode.TYPE_MISMATCH,
                    "Decimal precision must be 1 to 38 and scale 0 to precision: "
                            + precision
                            + ", "
                            + scale,
                    Positions.of(pos),
                    null);
        }
        return new SqlBasicTypeNameSpec(SqlTypeName.DECIMAL, precision, scale, pos);
    }

    private static SqlTypeNameSpec plain(SqlTypeName name, SqlParserPos pos) {
        return switch (name) {
            case TIME, TIMESTAMP, TIMESTAMP_WITH_LOCAL_TIME_ZONE ->
                    new SqlBasicTypeNameSpec(name, TypeMapping.FRACTION_DIGITS, pos);
            default -> new SqlBasicTypeNameSpec(name, pos);
        };
    }

    /// Returns the length that a type of strings was given; -1 for none.
    static int length(SqlDataTypeSpec type) {
        return type.getTypeNameSpec() instanceof SqlBasicTypeNameSpec basic
                        && SqlTypeName.CHAR_TYPES.contains(
                                SqlTypeName.get(basic.getTypeName().getSimple()))
                ? basic.getPrecision()
                : -1;
    }
}
