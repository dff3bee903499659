package io.neuralake.planner.sql;

import io.neuralake.exec.function.CommonTypes;
import io.neuralake.planner.rel.TypeMapping;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.StructType;
import io.neuralake.spi.type.Type;

import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.sql.SqlDynamicParam;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.type.SqlTypeUtil;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/// Brings values that become one column to one type: the branches of CASE, the arguments of COALESCE,
/// the rows of VALUES, the candidates of IN, the elements of a list. Numbers widen, dates become
/// timestamps, and a string constant is read as whatever the others are; anything else is refused.
final class TypeAgreement {
    private final String place;
    private final RelDataTypeFactory factory;
    private final Function<SqlNode, RelDataType> types;

    /// A value, and what puts another node in its place.
    record Value(SqlNode node, Consumer<SqlNode> replace) {}

    /// Prepares a check.
    ///
    /// @param place what the values are part of, for errors
    /// @param types derives the type of a value
    TypeAgreement(String place, RelDataTypeFactory factory, Function<SqlNode, RelDataType> types) {
        this.place = place;
        this.factory = factory;
        this.types = types;
    }

    /// Checks values and casts those that need it. Throws TYPE_MISMATCH with the place of the first
    /// value that does not fit those before it.
    void apply(List<Value> values) {
        List<Value> texts = new ArrayList<>();
        List<Value> others = new ArrayList<>();
        Type common = ScalarType.NULL;
        boolean mixed = false;
        for (Value value : values) {
            Type type = type(value.node());
            if (type == null) {
                return;
            }
            if (type == ScalarType.VARCHAR) {
                texts.add(value);
            } else if (type != ScalarType.NULL) {
                Type least = least(common, type);
                if (least == null) {
                    throw mismatch(place, common, type, value.node());
                }
                mixed |= !others.isEmpty() && !least.equals(common);
                common = least;
                others.add(value);
            }
        }
        if (others.isEmpty()) {
            return;
        }
        for (Value text : texts) {
            if (!isConstant(text.node())
                    || !(common instanceof ScalarType || common instanceof DecimalType)) {
                throw mismatch(place, common, ScalarType.VARCHAR, text.node());
            }
            cast(text, common);
        }
        if (mixed && isTemporal(common)) {
            for (Value other : others) {
                if (!common.equals(type(other.node()))) {
                    cast(other, common);
                }
            }
        }
    }

    private @Nullable Type type(SqlNode node) {
        if (node instanceof SqlDynamicParam) {
            return null;
        }
        RelDataType type = types.apply(node);
        if (type.getSqlTypeName() == SqlTypeName.UNKNOWN || type.isStruct()) {
            return null;
        }
        return TypeMapping.toType(type);
    }

    private static boolean isConstant(SqlNode node) {
        return ConstantExpression.text(node).isPresent();
    }

    private static boolean isTemporal(Type type) {
        return type == ScalarType.TIMESTAMP || type == ScalarType.TIMESTAMP_TZ;
    }

    private void cast(Value value, Type type) {
        RelDataType wanted = TypeMapping.toRelType(type, true, factory);
        value.replace()
                .accept(
                        SqlStdOperatorTable.CAST.createCall(
                                value.node().getParserPosition(),
                                value.node(),
                                SqlTypeUtil.convertTypeToSpec(wanted)));
    }

    /// Tells whether one of the types is text, which other rules treat.
    static boolean isText(Type left, Type right) {
        return left == ScalarType.VARCHAR || right == ScalarType.VARCHAR;
    }

    /// Returns the least type that holds both; null where there is none.
    static @Nullable Type least(Type left, Type right) {
        if (left instanceof StructType || right instanceof StructType) {
            return left;
        }
        try {
            return CommonTypes.least(left, right);
        } catch (NeuralakeException e) {
            return null;
        }
    }

    /// Makes the error of two types that do not fit together.
    static NeuralakeException mismatch(String place, Type left, Type right, SqlNode node) {
        return new NeuralakeException(
                ErrorCode.TYPE_MISMATCH,
                "Types do not fit together in "
                        + place
                        + ": "
                        + left.sql()
                        + " and "
                        + right.sql()
                        + "; cast one of them",
                Positions.of(node),
                null);
    }
}
