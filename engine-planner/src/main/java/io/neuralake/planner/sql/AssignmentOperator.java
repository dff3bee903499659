package io.neuralake.planner.sql;

import io.neuralake.planner.rel.TypeMapping;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.ListType;
import io.neuralake.spi.type.MapType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.StructType;
import io.neuralake.spi.type.Type;

import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlDynamicParam;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.type.OperandTypes;
import org.apache.calcite.sql.type.ReturnTypes;
import org.apache.calcite.sql.type.SqlTypeUtil;
import org.apache.calcite.sql.validate.SqlValidator;
import org.apache.calcite.sql.validate.SqlValidatorScope;
import org.apache.calcite.sql2rel.SqlRexContext;
import org.jspecify.annotations.Nullable;

import java.util.List;

/// Casts a value to the type of the column that it is assigned to, if assignments do that: numbers and
/// times among each other, anything to text, and string constants to whatever they spell. A parameter
/// takes the type of the column.
public final class AssignmentOperator extends SqlFunction {
    private final String column;
    private final Type type;

    /// Makes the assignment to a column.
    public AssignmentOperator(String column, Type type) {
        super(
                "$assign",
                SqlKind.OTHER_FUNCTION,
                ReturnTypes.ARG0,
                (binding, _, types) ->
                        types[0] = TypeMapping.toRelType(type, true, binding.getTypeFactory()),
                OperandTypes.ANY,
                SqlFunctionCategory.USER_DEFINED_FUNCTION);
        this.column = column;
        this.type = type;
    }

    /// Assigns a value.
    public SqlNode of(SqlNode value) {
        return createCall(value.getParserPosition(), value);
    }

    @Override
    public RelDataType deriveType(SqlValidator validator, SqlValidatorScope scope, SqlCall call) {
        SqlNode value = call.operand(0);
        if (value instanceof SqlDynamicParam) {
            RelDataType wanted = TypeMapping.toRelType(type, true, validator.getTypeFactory());
            validator.setValidatedNodeType(value, wanted);
            validator.setValidatedNodeType(call, wanted);
            return wanted;
        }
        RelDataType derived = validator.deriveType(scope, value);
        Type from = TypeMapping.toType(derived);
        boolean constant = ConstantExpression.text(value).isPresent();
        if (!allows(from, type) && !(constant && isSpelt(type))) {
            throw new NeuralakeException(
                    ErrorCode.TYPE_MISMATCH,
                    "Value does not fit column "
                            + column
                            + " of type "
                            + type.sql()
                            + ": it is of type "
                            + from.sql()
                            + "; cast it",
                    Positions.of(value),
                    null);
        }
        RelDataType result =
                TypeMapping.toRelType(type, derived.isNullable(), validator.getTypeFactory());
        validator.setValidatedNodeType(call, result);
        return result;
    }

    /// Converts a validated assignment.
    RexNode convert(SqlRexContext context, SqlCall call) {
        RexNode value = context.convertExpression(call.operand(0));
        RelDataType wanted =
                TypeMapping.toRelType(type, value.getType().isNullable(), context.getTypeFactory());
        return SqlTypeUtil.equalSansNullability(context.getTypeFactory(), value.getType(), wanted)
                ? value
                : context.getRexBuilder().makeAbstractCast(wanted, value, false);
    }

    private static boolean isSpelt(Type type) {
        return type instanceof ScalarType || type instanceof DecimalType;
    }

    /// Tells whether an assignment casts between two types.
    static boolean allows(Type from, Type to) {
        if (from.equals(to) || from == ScalarType.NULL) {
            return true;
        }
        if (from instanceof ListType f && to instanceof ListType t) {
            return allows(f.element(), t.element());
        }
        if (from instanceof MapType f && to instanceof MapType t) {
            return allows(f.key(), t.key()) && allows(f.value(), t.value());
        }
        if (from instanceof StructType f && to instanceof StructType t) {
            return members(f, t);
        }
        if (!isSpelt(from) || !isSpelt(to)) {
            return false;
        }
        if (to == ScalarType.VARCHAR) {
            return from != ScalarType.VARBINARY;
        }
        return isNumber(from) && isNumber(to) || isDay(from) && isDay(to);
    }

    /// Structs fit member by member, under the same names.
    private static boolean members(StructType from, StructType to) {
        if (from.fields().size() != to.fields().size()) {
            return false;
        }
        for (int i = 0; i < from.fields().size(); i++) {
            if (!from.fields().get(i).name().equalsIgnoreCase(to.fields().get(i).name())
                    || !allows(from.fields().get(i).type(), to.fields().get(i).type())) {
                return false;
            }
        }
        return true;
    }

    private static boolean isNumber(Type type) {
        return type instanceof DecimalType
                || List.of(
                                ScalarType.TINYINT,
                                ScalarType.SMALLINT,
                                ScalarType.INTEGER,
                                ScalarType.BIGINT,
                                ScalarType.REAL,
                                ScalarType.DOUBLE)
                        .contains(type);
    }

    private static boolean isDay(Type type) {
        return type == ScalarType.DATE
                || type == ScalarType.TIMESTAMP
                || type == ScalarType.TIMESTAMP_TZ;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
