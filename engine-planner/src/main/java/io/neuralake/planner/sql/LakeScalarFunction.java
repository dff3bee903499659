package io.neuralake.planner.sql;

import io.neuralake.exec.function.ScalarSignature;
import io.neuralake.exec.function.ScalarSignature.Overload;
import io.neuralake.exec.function.ScalarSignature.Parameter;
import io.neuralake.planner.rel.NamedFunction;
import io.neuralake.planner.rel.TypeMapping;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.sql.SqlCallBinding;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlOperandCountRange;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlOperatorBinding;
import org.apache.calcite.sql.type.SqlOperandCountRanges;
import org.apache.calcite.sql.type.SqlOperandTypeChecker;
import org.apache.calcite.sql.type.SqlOperandTypeInference;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// Registers a scalar function of the executor's catalogue in Calcite, under one of its names.
public final class LakeScalarFunction extends SqlFunction implements NamedFunction {
    private final ScalarSignature signature;

    /// Registers `signature` as `name`.
    public LakeScalarFunction(String name, ScalarSignature signature) {
        super(
                name,
                SqlKind.OTHER_FUNCTION,
                binding -> resultType(signature, binding),
                inference(signature),
                new Checker(signature),
                SqlFunctionCategory.USER_DEFINED_FUNCTION);
        this.signature = signature;
    }

    @Override
    public String canonicalName() {
        return signature.name();
    }

    @Override
    public boolean isDeterministic() {
        return signature.deterministic();
    }

    /// Tells whether the value belongs to the statement rather than to the plan.
    @Override
    public boolean isDynamicFunction() {
        return signature.maxArguments() == 0
                && (signature.name().startsWith("current_")
                        || signature.name().startsWith("local"));
    }

    private static RelDataType resultType(ScalarSignature signature, SqlOperatorBinding binding) {
        Type type = signature.resultType(types(binding));
        boolean nullable = binding.getOperandCount() > 0;
        return TypeMapping.toRelType(type, nullable, binding.getTypeFactory());
    }

    private static List<Type> types(SqlOperatorBinding binding) {
        List<Type> types = new ArrayList<>(binding.getOperandCount());
        for (int i = 0; i < binding.getOperandCount(); i++) {
            types.add(TypeMapping.toType(binding.getOperandType(i)));
        }
        return types;
    }

    /// Gives parameters of the statement the type of the first overload with room for them.
    private static SqlOperandTypeInference inference(ScalarSignature signature) {
        return (binding, _, types) -> {
            for (Overload overload : signature.overloads()) {
                if (types.length >= overload.minArguments()
                        && types.length <= overload.maxArguments()) {
                    for (int i = 0; i < types.length; i++) {
                        boolean none = ConstantExpression.isNull(binding.operand(i));
                        types[i] =
                                TypeMapping.toRelType(
                                        none && isNested(signature, i)
                                                ? ScalarType.NULL
                                                : natural(overload.parameter(i)),
                                        true,
                                        binding.getTypeFactory());
                    }
                    return;
                }
            }
        };
    }

    /// Tells whether an argument is a list, map or struct in every overload.
    private static boolean isNested(ScalarSignature signature, int argument) {
        return signature.overloads().stream()
                .map(overload -> overload.parameter(argument).family())
                .allMatch(
                        family ->
                                switch (family) {
                                    case LIST, MAP, STRUCT -> true;
                                    default -> false;
                                });
    }

    /// Returns the type that a bare string or parameter takes.
    private static Type natural(Parameter parameter) {
        Type coercion = parameter.coercion();
        if (coercion != null) {
            return coercion;
        }
        return switch (parameter.family()) {
            case BOOLEAN -> ScalarType.BOOLEAN;
            case INTEGER -> ScalarType.BIGINT;
            case DECIMAL, EXACT, FLOATING, NUMERIC -> ScalarType.DOUBLE;
            case DATE -> ScalarType.DATE;
            case TIME -> ScalarType.TIME;
            case TIMESTAMP, DATETIME, TEMPORAL, TEMPORAL_OR_INTERVAL -> ScalarType.TIMESTAMP;
            case INTERVAL -> ScalarType.INTERVAL_DAY_TIME;
            case BINARY -> ScalarType.VARBINARY;
            case ANY, TEXT, BYTES, LIST, MAP, STRUCT -> ScalarType.VARCHAR;
        };
    }

    /// Checks arguments against the signature. A string constant is read as a date, number or the
    /// like where only that fits.
    private record Checker(ScalarSignature signature) implements SqlOperandTypeChecker {
        @Override
        public boolean checkOperandTypes(SqlCallBinding binding, boolean throwOnFailure) {
            if (signature.accepts(types(binding)) || coerceStrings(binding)) {
                return true;
            }
            if (throwOnFailure) {
                throw binding.newValidationSignatureError();
            }
            return false;
        }

        private boolean coerceStrings(SqlCallBinding binding) {
            List<Type> types = types(binding);
            if (!binding.isTypeCoercionEnabled() || !types.contains(ScalarType.VARCHAR)) {
                return false;
            }
            for (Overload overload : signature.overloads()) {
                List<@Nullable Type> casts = casts(overload, types, binding);
                if (casts != null) {
                    RelDataTypeFactory factory = binding.getTypeFactory();
                    for (int i = 0; i < casts.size(); i++) {
                        Type cast = casts.get(i);
                        if (cast != null
                                && binding.getValidator().getTypeCoercion()
                                        instanceof LakeCoercion coercion) {
                            coercion.coerce(
                                    binding.getScope(),
                                    binding.getCall(),
                                    i,
                                    TypeMapping.toRelType(cast, true, factory));
                        }
                    }
                    return true;
                }
            }
            return false;
        }

        private static @Nullable List<@Nullable Type> casts(
                Overload overload, List<Type> types, SqlCallBinding binding) {
            if (types.size() < overload.minArguments() || types.size() > overload.maxArguments()) {
                return null;
            }
            List<@Nullable Type> casts = new ArrayList<>();
            for (int i = 0; i < types.size(); i++) {
                Parameter parameter = overload.parameter(i);
                if (parameter.family().contains(types.get(i))) {
                    casts.add(null);
                } else if (types.get(i) == ScalarType.VARCHAR
                        && binding.operand(i).getKind() == SqlKind.LITERAL) {
                    casts.add(natural(parameter));
                } else {
                    return null;
                }
            }
            return casts;
        }

        @Override
        public SqlOperandCountRange getOperandCountRange() {
            int max = signature.maxArguments();
            return max == ScalarSignature.UNBOUNDED
                    ? SqlOperandCountRanges.from(signature.minArguments())
                    : SqlOperandCountRanges.between(signature.minArguments(), max);
        }

        @Override
        public String getAllowedSignatures(SqlOperator operator, String name) {
            return name + "(...)";
        }
    }
}
