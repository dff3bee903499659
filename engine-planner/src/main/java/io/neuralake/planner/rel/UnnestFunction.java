package io.neuralake.planner.rel;

import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlOperatorBinding;
import org.apache.calcite.sql.type.OperandTypes;
import org.apache.calcite.sql.type.SqlTypeName;

/// UNNEST in a select list: each row is repeated once an element of its list. Only a projection may
/// hold such a call, and only until [LateralUnnest] takes its place.
public final class UnnestFunction extends SqlFunction {
    /// The one instance.
    public static final UnnestFunction INSTANCE = new UnnestFunction();

    private UnnestFunction() {
        super(
                "UNNEST",
                SqlKind.OTHER_FUNCTION,
                UnnestFunction::elementType,
                null,
                OperandTypes.ARRAY,
                SqlFunctionCategory.USER_DEFINED_FUNCTION);
    }

    private static RelDataType elementType(SqlOperatorBinding binding) {
        RelDataTypeFactory factory = binding.getTypeFactory();
        RelDataType element = binding.getOperandType(0).getComponentType();
        return element == null
                ? factory.createTypeWithNullability(factory.createSqlType(SqlTypeName.NULL), true)
                : factory.enforceTypeWithNullability(element, true);
    }

    @Override
    public boolean isDeterministic() {
        return false;
    }
}
