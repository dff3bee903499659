package io.neuralake.planner.sql;

import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlCallBinding;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlUtil;
import org.apache.calcite.sql.type.SqlTypeFamily;
import org.apache.calcite.sql.type.SqlTypeUtil;
import org.apache.calcite.sql.validate.SqlValidator;
import org.apache.calcite.sql.validate.SqlValidatorScope;
import org.apache.calcite.sql.validate.implicit.TypeCoercionImpl;
import org.jspecify.annotations.Nullable;

import java.util.List;

/// Casts operands that do not fit together. Comparisons of numbers keep their types: Calcite would
/// cast DECIMAL(38, 6) to DECIMAL(38, 2) and round, while the executor compares mixed scales exactly.
/// Text that is no constant is never taken for a number.
final class LakeCoercion extends TypeCoercionImpl {
    LakeCoercion(RelDataTypeFactory factory, SqlValidator validator) {
        super(factory, validator);
    }

    @Override
    public boolean binaryComparisonCoercion(SqlCallBinding binding) {
        boolean allNumeric = true;
        boolean anyNumeric = false;
        for (int i = 0; i < binding.getOperandCount(); i++) {
            boolean numeric = SqlTypeUtil.isNumeric(binding.getOperandType(i));
            allNumeric &= numeric;
            anyNumeric |= numeric;
        }
        if (anyNumeric && hasTextColumn(binding)) {
            throw binding.newValidationSignatureError();
        }
        return !allNumeric && super.binaryComparisonCoercion(binding);
    }

    @Override
    public boolean binaryArithmeticCoercion(SqlCallBinding binding) {
        return !hasTextColumn(binding) && super.binaryArithmeticCoercion(binding);
    }

    @Override
    public boolean builtinFunctionCoercion(
            SqlCallBinding binding,
            List<RelDataType> operandTypes,
            List<SqlTypeFamily> expectedFamilies) {
        return !hasTextColumn(binding)
                && super.builtinFunctionCoercion(binding, operandTypes, expectedFamilies);
    }

    /// Tells whether an operand is text, and not a constant that may stand for a value of another
    /// type.
    private static boolean hasTextColumn(SqlCallBinding binding) {
        for (int i = 0; i < binding.getOperandCount(); i++) {
            if (SqlTypeUtil.inCharFamily(binding.getOperandType(i))
                    && !SqlUtil.isLiteral(binding.operand(i), true)
                    && binding.operand(i).getKind() != SqlKind.DYNAMIC_PARAM) {
                return true;
            }
        }
        return false;
    }

    /// Casts one operand of a call.
    boolean coerce(@Nullable SqlValidatorScope scope, SqlCall call, int operand, RelDataType type) {
        return coerceOperandType(scope, call, operand, type);
    }
}
