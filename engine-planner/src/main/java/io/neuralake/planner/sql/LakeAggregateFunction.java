package io.neuralake.planner.sql;

import io.neuralake.exec.function.aggregate.AggregateSignature;
import io.neuralake.exec.function.aggregate.ArgumentFamily;
import io.neuralake.planner.rel.NamedFunction;
import io.neuralake.planner.rel.TypeMapping;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.Type;

import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.SqlAggFunction;
import org.apache.calcite.sql.SqlCallBinding;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlOperandCountRange;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlOperatorBinding;
import org.apache.calcite.sql.type.InferTypes;
import org.apache.calcite.sql.type.SqlOperandCountRanges;
import org.apache.calcite.sql.type.SqlOperandTypeChecker;
import org.apache.calcite.util.Optionality;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Registers an aggregate function of the executor's catalogue in Calcite, under one of its names.
public final class LakeAggregateFunction extends SqlAggFunction implements NamedFunction {
    private static final Set<String> NEVER_NULL =
            Set.of("count_if", "regr_count", "approx_count_distinct");

    private final AggregateSignature signature;

    /// Registers `signature` as `name`.
    public LakeAggregateFunction(String name, AggregateSignature signature) {
        super(
                name,
                null,
                SqlKind.OTHER_FUNCTION,
                binding -> resultType(signature, binding),
                InferTypes.FIRST_KNOWN,
                new Checker(signature),
                SqlFunctionCategory.USER_DEFINED_FUNCTION,
                false,
                false,
                signature.orderSensitive() || signature.withinGroup()
                        ? Optionality.OPTIONAL
                        : Optionality.FORBIDDEN);
        this.signature = signature;
    }

    @Override
    public String canonicalName() {
        return signature.name();
    }

    @Override
    public boolean allowsNullTreatment() {
        return !signature.skipsNulls();
    }

    private static RelDataType resultType(
            AggregateSignature signature, SqlOperatorBinding binding) {
        List<Type> types = new ArrayList<>();
        for (int i = 0; i < binding.getOperandCount(); i++) {
            types.add(TypeMapping.toType(binding.getOperandType(i)));
        }
        return TypeMapping.toRelType(
                signature.resultType(types),
                !NEVER_NULL.contains(signature.name()),
                binding.getTypeFactory());
    }

    /// Checks columns, then constants, against the signature.
    private record Checker(AggregateSignature signature) implements SqlOperandTypeChecker {
        @Override
        public boolean checkOperandTypes(SqlCallBinding binding, boolean throwOnFailure) {
            int columns = signature.arguments().size();
            for (int i = 0; i < binding.getOperandCount(); i++) {
                ArgumentFamily family =
                        i < columns
                                ? signature.arguments().get(i)
                                : signature.constants().get(i - columns);
                Type type = TypeMapping.toType(binding.getOperandType(i));
                if (!family.accepts(type)) {
                    if (throwOnFailure) {
                        throw binding.newValidationSignatureError();
                    }
                    return false;
                }
                if (i >= columns && !isConstant(binding, i)) {
                    throw new NeuralakeException(
                            ErrorCode.INVALID_PARAMETER,
                            "Argument must be constant: argument "
                                    + (i + 1)
                                    + " of "
                                    + signature.name(),
                            Positions.of(binding.operand(i)),
                            null);
                }
            }
            return true;
        }

        private static boolean isConstant(SqlCallBinding binding, int operand) {
            return org.apache.calcite.sql.SqlUtil.isLiteral(binding.operand(operand), true)
                    || binding.operand(operand).getKind() == SqlKind.DYNAMIC_PARAM
                    || ConstantExpression.isConstant(binding.operand(operand));
        }

        @Override
        public SqlOperandCountRange getOperandCountRange() {
            return SqlOperandCountRanges.between(
                    signature.requiredArguments() + signature.requiredConstants(),
                    signature.arguments().size() + signature.constants().size());
        }

        @Override
        public String getAllowedSignatures(SqlOperator operator, String name) {
            return name + "(...)";
        }
    }
}
