package io.neuralake.planner.sql;

import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlCallBinding;
import org.apache.calcite.sql.type.SqlTypeUtil;
import org.apache.calcite.sql.validate.SqlValidator;
import org.apache.calcite.sql.validate.SqlValidatorScope;
import org.apache.calcite.sql.validate.implicit.TypeCoercionImpl;
import org.jspecify.annotations.Nullable;

/// Casts operands that do not fit together. Comparisons of numbers keep their types: Calcite would
/// cast DECIMAL(38, 6) to DECIMAL(38, 2) and round, while the executor compares mixed scales exactly.
final class LakeCoercion extends TypeCoercionImpl {
    LakeCoercion(RelDataTypeFactory factory, SqlValidator validator) {
        super(factory, validator);
    }

    @Override
    public boolean binaryComparisonCoercion(SqlCallBinding binding) {
        boolean numeric = true;
        for (int i = 0; i < binding.getOperandCount(); i++) {
            numeric &= SqlTypeUtil.isNumeric(binding.getOperandType(i));
        }
        return !numeric && super.binaryComparisonCoercion(binding);
    }

    /// Casts one operand of a call.
    boolean coerce(@Nullable SqlValidatorScope scope, SqlCall call, int operand, RelDataType type) {
        return coerceOperandType(scope, call, operand, type);
    }
}
