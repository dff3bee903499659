package io.neuralake.planner.rel;

import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.type.SqlTypeUtil;

import java.math.BigDecimal;

/// Leaves casts of constants to the executor's evaluator unless they keep the value: Calcite's own
/// conversions cut fractions that the executor rounds, and know no microseconds.
public final class LakeRexBuilder extends RexBuilder {
    /// Creates a builder of the types of [LakeTypeFactory].
    public LakeRexBuilder() {
        super(LakeTypeFactory.INSTANCE);
    }

    @Override
    public RexNode makeCast(
            SqlParserPos pos,
            RelDataType type,
            RexNode value,
            boolean matchNullability,
            boolean safe,
            RexLiteral format) {
        return value instanceof RexLiteral literal && !keepsValue(literal, type)
                ? makeAbstractCast(pos, type, literal, safe, format)
                : super.makeCast(pos, type, value, matchNullability, safe, format);
    }

    private static boolean keepsValue(RexLiteral literal, RelDataType type) {
        RelDataType from = literal.getType();
        if (literal.isNull() || from.getSqlTypeName() == type.getSqlTypeName()) {
            return literal.isNull()
                    || from.getSqlTypeName() != SqlTypeName.DECIMAL
                    || keepsNumber(literal, type);
        }
        if (SqlTypeUtil.inCharFamily(type)) {
            return SqlTypeUtil.inCharFamily(from);
        }
        if (SqlTypeUtil.isExactNumeric(from)) {
            return SqlTypeUtil.isNumeric(type) && keepsNumber(literal, type);
        }
        return from.getSqlTypeName() == SqlTypeName.BOOLEAN;
    }

    private static boolean keepsNumber(RexLiteral literal, RelDataType type) {
        BigDecimal number = literal.getValueAs(BigDecimal.class);
        return number != null
                && switch (type.getSqlTypeName()) {
                    case DECIMAL -> SqlTypeUtil.canBeRepresentedExactly(number, type);
                    case TINYINT, SMALLINT, INTEGER, BIGINT ->
                            number.stripTrailingZeros().scale() <= 0;
                    case FLOAT, DOUBLE -> true;
                    default -> false;
                };
    }
}
