package io.neuralake.planner.sql;

import io.neuralake.planner.rel.NamedFunction;

import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.sql.SqlBasicCall;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlOperatorBinding;
import org.apache.calcite.sql.type.InferTypes;
import org.apache.calcite.sql.type.OperandTypes;
import org.apache.calcite.sql.validate.SqlValidator;
import org.apache.calcite.sql.validate.SqlValidatorScope;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// Makes a struct with named members, as `{'a': 1}` and `struct_pack(a => 1)` do.
final class StructPack extends SqlFunction implements NamedFunction {
    private final List<String> names;

    private StructPack(List<String> names) {
        super(
                "STRUCT_PACK",
                SqlKind.OTHER_FUNCTION,
                binding -> structType(names, binding),
                InferTypes.RETURN_TYPE,
                OperandTypes.VARIADIC,
                SqlFunctionCategory.USER_DEFINED_FUNCTION);
        this.names = names;
    }

    @Override
    public String canonicalName() {
        return "row";
    }

    /// The operator is not looked up by name: it holds the members' names.
    @Override
    public RelDataType deriveType(SqlValidator validator, SqlValidatorScope scope, SqlCall call) {
        call.getOperandList().forEach(operand -> validator.deriveType(scope, operand));
        return validateOperands(validator, scope, call);
    }

    private static RelDataType structType(List<String> names, SqlOperatorBinding binding) {
        RelDataTypeFactory.Builder builder = binding.getTypeFactory().builder();
        for (int i = 0; i < names.size(); i++) {
            builder.add(names.get(i), binding.getOperandType(i)).nullable(true);
        }
        return builder.build();
    }

    /// Rewrites a call with named arguments; others stay as they are.
    static SqlNode rewrite(SqlBasicCall call) {
        List<String> names = new ArrayList<>();
        List<SqlNode> values = new ArrayList<>();
        for (SqlNode operand : call.getOperandList()) {
            if (operand.getKind() != SqlKind.ARGUMENT_ASSIGNMENT) {
                return call;
            }
            names.add(((SqlCall) operand).operand(1).toString());
            values.add(((SqlCall) operand).operand(0));
        }
        return new StructPack(names).createCall(call.getParserPosition(), values);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof StructPack pack && pack.names.equals(names);
    }

    @Override
    public int hashCode() {
        return names.hashCode();
    }
}
