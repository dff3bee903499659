package io.neuralake.planner.rel;

import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rel.type.RelDataTypeSystemImpl;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.type.SqlTypeUtil;
import org.jspecify.annotations.Nullable;

import java.math.RoundingMode;

/// Sets the limits of types and the result types of arithmetic.
///
/// | expression | result |
/// | --- | --- |
/// | decimal + - decimal | scale max(s1, s2), one digit more |
/// | decimal * decimal | scale s1 + s2, precision p1 + p2 |
/// | decimal / decimal | as many digits as fit, at least 12 of them behind the point |
/// | sum of integers | BIGINT |
/// | sum of decimals | DECIMAL(38, s) |
/// | average | DOUBLE |
///
/// Precision ends at 38 digits; a value that needs more is an error of the executor.
public final class LakeTypeSystem extends RelDataTypeSystemImpl {
    /// The one instance needed.
    public static final LakeTypeSystem INSTANCE = new LakeTypeSystem();

    private static final int MAX_DIGITS = 38;
    private static final int MIN_DIVISION_SCALE = 12;

    private LakeTypeSystem() {}

    @Override
    public int getMaxPrecision(SqlTypeName type) {
        return switch (type) {
            case DECIMAL -> MAX_DIGITS;
            case TIME, TIMESTAMP, TIMESTAMP_WITH_LOCAL_TIME_ZONE, TIMESTAMP_TZ ->
                    TypeMapping.FRACTION_DIGITS;
            case CHAR, VARCHAR, BINARY, VARBINARY -> Integer.MAX_VALUE;
            default -> super.getMaxPrecision(type);
        };
    }

    @Override
    public int getDefaultPrecision(SqlTypeName type) {
        return switch (type) {
            case DECIMAL -> MAX_DIGITS;
            case TIME, TIMESTAMP, TIMESTAMP_WITH_LOCAL_TIME_ZONE, TIMESTAMP_TZ ->
                    TypeMapping.FRACTION_DIGITS;
            default ->
                    SqlTypeName.INTERVAL_TYPES.contains(type)
                            ? SqlTypeName.MAX_INTERVAL_START_PRECISION
                            : super.getDefaultPrecision(type);
        };
    }

    @Override
    public int getMaxScale(SqlTypeName type) {
        return type == SqlTypeName.DECIMAL ? MAX_DIGITS : super.getMaxScale(type);
    }

    @Override
    public RoundingMode roundingMode() {
        return RoundingMode.HALF_UP;
    }

    @Override
    public boolean shouldConvertRaggedUnionTypesToVarying() {
        return true;
    }

    @Override
    public RelDataType deriveSumType(RelDataTypeFactory factory, RelDataType argument) {
        RelDataType sum =
                switch (argument.getSqlTypeName()) {
                    case TINYINT, SMALLINT, INTEGER, BIGINT ->
                            factory.createSqlType(SqlTypeName.BIGINT);
                    case DECIMAL ->
                            factory.createSqlType(
                                    SqlTypeName.DECIMAL, MAX_DIGITS, argument.getScale());
                    case FLOAT, REAL, DOUBLE -> factory.createSqlType(SqlTypeName.DOUBLE);
                    default -> argument;
                };
        return factory.createTypeWithNullability(sum, argument.isNullable());
    }

    @Override
    public RelDataType deriveAvgAggType(RelDataTypeFactory factory, RelDataType argument) {
        RelDataType average =
                SqlTypeUtil.isNumeric(argument)
                        ? factory.createSqlType(SqlTypeName.DOUBLE)
                        : argument;
        return factory.createTypeWithNullability(average, argument.isNullable());
    }

    @Override
    public @Nullable RelDataType deriveDecimalPlusType(
            RelDataTypeFactory factory, RelDataType left, RelDataType right) {
        if (!exact(left, right)) {
            return null;
        }
        RelDataType l = factory.decimalOf(left);
        RelDataType r = factory.decimalOf(right);
        int scale = Math.max(l.getScale(), r.getScale());
        int whole = Math.max(l.getPrecision() - l.getScale(), r.getPrecision() - r.getScale());
        return decimal(factory, whole + scale + 1, scale);
    }

    @Override
    public @Nullable RelDataType deriveDecimalMultiplyType(
            RelDataTypeFactory factory, RelDataType left, RelDataType right) {
        if (!exact(left, right)) {
            return null;
        }
        RelDataType l = factory.decimalOf(left);
        RelDataType r = factory.decimalOf(right);
        return decimal(factory, l.getPrecision() + r.getPrecision(), l.getScale() + r.getScale());
    }

    @Override
    public @Nullable RelDataType deriveDecimalDivideType(
            RelDataTypeFactory factory, RelDataType left, RelDataType right) {
        if (!exact(left, right)) {
            return null;
        }
        RelDataType l = factory.decimalOf(left);
        RelDataType r = factory.decimalOf(right);
        int whole = Math.min(MAX_DIGITS, l.getPrecision() - l.getScale() + r.getScale());
        int wanted = Math.max(MIN_DIVISION_SCALE, l.getScale() + r.getPrecision() + 1);
        int scale =
                Math.max(
                        Math.max(MIN_DIVISION_SCALE, l.getScale()),
                        Math.min(wanted, MAX_DIGITS - whole));
        return decimal(factory, whole + scale, scale);
    }

    @Override
    public @Nullable RelDataType deriveDecimalModType(
            RelDataTypeFactory factory, RelDataType left, RelDataType right) {
        if (!exact(left, right)) {
            return null;
        }
        RelDataType l = factory.decimalOf(left);
        RelDataType r = factory.decimalOf(right);
        int scale = Math.max(l.getScale(), r.getScale());
        int whole = Math.min(l.getPrecision() - l.getScale(), r.getPrecision() - r.getScale());
        return decimal(factory, Math.max(1, whole + scale), scale);
    }

    /// Tells whether the result is a decimal: both are exact and one is a decimal.
    private static boolean exact(RelDataType left, RelDataType right) {
        return SqlTypeUtil.isExactNumeric(left)
                && SqlTypeUtil.isExactNumeric(right)
                && (SqlTypeUtil.isDecimal(left) || SqlTypeUtil.isDecimal(right));
    }

    private static RelDataType decimal(RelDataTypeFactory factory, int precision, int scale) {
        int kept = Math.min(scale, MAX_DIGITS);
        return factory.createSqlType(
                SqlTypeName.DECIMAL, Math.min(Math.max(precision, kept), MAX_DIGITS), kept);
    }
}
