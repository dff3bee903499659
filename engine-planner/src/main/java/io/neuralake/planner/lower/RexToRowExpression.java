package io.neuralake.planner.lower;

import io.neuralake.exec.expression.RowExpression;
import io.neuralake.exec.expression.RowExpression.And;
import io.neuralake.exec.expression.RowExpression.Call;
import io.neuralake.exec.expression.RowExpression.Case;
import io.neuralake.exec.expression.RowExpression.Cast;
import io.neuralake.exec.expression.RowExpression.Coalesce;
import io.neuralake.exec.expression.RowExpression.In;
import io.neuralake.exec.expression.RowExpression.Literal;
import io.neuralake.exec.expression.RowExpression.Or;
import io.neuralake.exec.expression.RowExpression.Parameter;
import io.neuralake.exec.expression.RowExpression.When;
import io.neuralake.planner.rel.FunctionNames;
import io.neuralake.planner.rel.TypeMapping;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.StructType;
import io.neuralake.spi.type.Type;

import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexDynamicParam;
import org.apache.calcite.rex.RexFieldAccess;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.fun.SqlLikeOperator;
import org.apache.calcite.util.Sarg;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// Translates Calcite's expressions into row expressions, with the casts that the executor wants to
/// see. Columns are looked up by the caller.
public final class RexToRowExpression {
    private final Function<FieldPath, RowExpression> columns;
    private final TemporalCalls temporal = new TemporalCalls(this);

    RexToRowExpression(Function<FieldPath, RowExpression> columns) {
        this.columns = columns;
    }

    /// Translates an expression that reads no column.
    public static RowExpression constant(RexNode expression) {
        return new RexToRowExpression(
                        path -> {
                            throw new IllegalStateException("Not constant: " + expression);
                        })
                .translate(expression);
    }

    /// Translates over the columns of a lowered relation.
    static RexToRowExpression over(Lowered input) {
        return new RexToRowExpression(input::read);
    }

    List<RowExpression> translate(List<? extends RexNode> expressions) {
        List<RowExpression> result = new ArrayList<>(expressions.size());
        expressions.forEach(expression -> result.add(translate(expression)));
        return result;
    }

    RowExpression translate(RexNode expression) {
        FieldPath path = FieldPath.of(expression);
        if (path != null) {
            return columns.apply(path);
        }
        return switch (expression) {
            case RexLiteral literal -> Literals.of(literal);
            case RexDynamicParam parameter ->
                    new Parameter(parameter.getIndex(), TypeMapping.toType(parameter.getType()));
            case RexFieldAccess access ->
                    Layout.member(
                            translate(access.getReferenceExpr()), access.getField().getIndex());
            case RexCall call -> call(call);
            default -> throw unsupported(expression.toString());
        };
    }

    static NeuralakeException unsupported(String what) {
        return new NeuralakeException(ErrorCode.UNSUPPORTED, "Expression not supported: " + what);
    }

    private RowExpression call(RexCall call) {
        return switch (call.getKind()) {
            case AND -> new And(flat(call, SqlKind.AND));
            case OR -> disjunction(flat(call, SqlKind.OR));
            case NOT -> negation(translate(call.getOperands().getFirst()));
            case CASE -> caseWhen(call);
            case COALESCE -> coalesce(call);
            case CAST, SAFE_CAST -> cast(call);
            case SEARCH -> search(call);
            case EQUALS,
                    NOT_EQUALS,
                    LESS_THAN,
                    LESS_THAN_OR_EQUAL,
                    GREATER_THAN,
                    GREATER_THAN_OR_EQUAL,
                    IS_DISTINCT_FROM,
                    IS_NOT_DISTINCT_FROM ->
                    comparison(call);
            case LIKE, SIMILAR, RLIKE -> like(call);
            case PLUS, MINUS, TIMES, DIVIDE, MOD -> arithmetic(call);
            case PLUS_PREFIX -> translate(call.getOperands().getFirst());
            case EXTRACT -> temporal.extract(call);
            case FLOOR, CEIL -> temporal.rounded(call);
            case REINTERPRET -> temporal.reinterpret(call);
            case TRIM -> trim(call);
            case ITEM -> item(call);
            case DOT -> member(call);
            case ROW -> row(call);
            case ARRAY_VALUE_CONSTRUCTOR -> list(call);
            case MAP_VALUE_CONSTRUCTOR -> named("map", call);
            default -> named(FunctionNames.of(call.getOperator()), call);
        };
    }

    private List<RowExpression> flat(RexCall call, SqlKind kind) {
        List<RowExpression> parts = new ArrayList<>();
        for (RexNode operand : call.getOperands()) {
            if (operand.getKind() == kind) {
                parts.addAll(flat((RexCall) operand, kind));
            } else {
                parts.add(translate(operand));
            }
        }
        return parts;
    }

    /// Gathers equalities of one value with constants into IN.
    private static RowExpression disjunction(List<RowExpression> parts) {
        Map<RowExpression, List<Literal>> candidates = new LinkedHashMap<>();
        List<RowExpression> result = new ArrayList<>();
        for (RowExpression part : parts) {
            if (part instanceof Call call
                    && call.function().equals("eq")
                    && call.arguments().get(1) instanceof Literal literal
                    && literal.value() != null
                    && literal.type().equals(call.arguments().get(0).type())) {
                candidates
                        .computeIfAbsent(call.arguments().get(0), v -> new ArrayList<>())
                        .add(literal);
            } else if (part instanceof In in) {
                candidates
                        .computeIfAbsent(in.value(), v -> new ArrayList<>())
                        .addAll(in.candidates());
            } else {
                result.add(part);
            }
        }
        candidates.forEach(
                (value, constants) -> result.add(SearchExpansion.membership(value, constants)));
        return result.size() == 1 ? result.getFirst() : new Or(result);
    }

    /// Negates a condition; a comparison by the opposite one, as values are totally ordered.
    private static RowExpression negation(RowExpression condition) {
        if (condition instanceof Call call && call.arguments().size() <= 2) {
            String opposite =
                    switch (call.function()) {
                        case "eq" -> "ne";
                        case "ne" -> "eq";
                        case "lt" -> "ge";
                        case "le" -> "gt";
                        case "gt" -> "le";
                        case "ge" -> "lt";
                        case "is_null" -> "is_not_null";
                        case "is_not_null" -> "is_null";
                        case "is_distinct_from" -> "is_not_distinct_from";
                        case "is_not_distinct_from" -> "is_distinct_from";
                        default -> "";
                    };
            if (!opposite.isEmpty()) {
                return new Call(opposite, call.arguments(), ScalarType.BOOLEAN);
            }
        }
        return FunctionCalls.not(condition);
    }

    private static Type type(RexNode node) {
        return TypeMapping.toType(node.getType());
    }

    private RowExpression caseWhen(RexCall call) {
        Type type = type(call);
        List<RexNode> operands = call.getOperands();
        List<When> branches = new ArrayList<>();
        for (int i = 0; i + 1 < operands.size(); i += 2) {
            branches.add(
                    new When(
                            translate(operands.get(i)),
                            Casts.to(translate(operands.get(i + 1)), type)));
        }
        RowExpression otherwise =
                operands.size() % 2 == 1
                        ? Casts.to(translate(operands.getLast()), type)
                        : new Literal(null, type);
        return new Case(branches, otherwise, type);
    }

    private RowExpression coalesce(RexCall call) {
        Type type = type(call);
        List<RowExpression> values = new ArrayList<>();
        for (RexNode operand : call.getOperands()) {
            values.add(Casts.to(translate(operand), type));
        }
        return values.size() == 1 ? values.getFirst() : new Coalesce(values, type);
    }

    private RowExpression cast(RexCall call) {
        RowExpression value = translate(call.getOperands().getFirst());
        Type type = type(call);
        if (call.getKind() == SqlKind.SAFE_CAST && !value.type().equals(type)) {
            return new Cast(value, type, true);
        }
        if (value instanceof Literal literal && literal.value() != null) {
            return value.type().equals(type) ? value : castLiteral(literal, type);
        }
        return Casts.to(value, type);
    }

    private static RowExpression castLiteral(Literal literal, Type type) {
        boolean floating = literal.type() == ScalarType.DOUBLE || literal.type() == ScalarType.REAL;
        return floating ? new Cast(literal, type, false) : Casts.to(literal, type);
    }

    private RowExpression search(RexCall call) {
        RexLiteral set = (RexLiteral) call.getOperands().get(1);
        Sarg<?> sarg = set.getValueAs(Sarg.class);
        if (sarg == null) {
            throw unsupported(call.toString());
        }
        return SearchExpansion.expand(translate(call.getOperands().get(0)), sarg, set.getType());
    }

    private RowExpression comparison(RexCall call) {
        RowExpression left = translate(call.getOperands().get(0));
        RowExpression right = translate(call.getOperands().get(1));
        String name = FunctionNames.of(call.getOperator());
        if (left instanceof Literal && !(right instanceof Literal)) {
            return FunctionCalls.compare(mirrored(name), right, left);
        }
        return FunctionCalls.compare(name, left, right);
    }

    private static String mirrored(String name) {
        return switch (name) {
            case "lt" -> "gt";
            case "le" -> "ge";
            case "gt" -> "lt";
            case "ge" -> "le";
            default -> name;
        };
    }

    private RowExpression like(RexCall call) {
        RowExpression result =
                FunctionCalls.call(
                        FunctionNames.of(call.getOperator()).replace("not ", ""),
                        translate(call.getOperands()));
        boolean negated = call.getOperator() instanceof SqlLikeOperator like && like.isNegated();
        return negated ? FunctionCalls.not(result) : result;
    }

    /// Computes numbers in the result's type; decimals and integers mix as they are.
    private RowExpression arithmetic(RexCall call) {
        Type wanted = type(call);
        if (call.getOperands().size() != 2) {
            return named(FunctionNames.of(call.getOperator()), call);
        }
        RowExpression left = translate(call.getOperands().get(0));
        RowExpression right = translate(call.getOperands().get(1));
        String name = arithmeticName(call);
        if (!Casts.isNumeric(wanted)
                || !Casts.isNumeric(left.type())
                || !Casts.isNumeric(right.type())) {
            return temporal.arithmetic(name, left, right, wanted);
        }
        if (Casts.isInteger(wanted) && Casts.isInteger(left.type()) && Casts.isInteger(right.type())
                || wanted == ScalarType.DOUBLE
                || wanted == ScalarType.REAL) {
            left = Casts.to(left, wanted);
            right = Casts.to(right, wanted);
        }
        return FunctionCalls.call(name, List.of(left, right), wanted);
    }

    private static String arithmeticName(RexCall call) {
        return switch (call.getKind()) {
            case PLUS -> "add";
            case MINUS -> "subtract";
            case TIMES -> "multiply";
            case DIVIDE -> "divide";
            case MOD -> "modulus";
            default -> throw unsupported(call.toString());
        };
    }

    private RowExpression trim(RexCall call) {
        List<RexNode> operands = call.getOperands();
        if (operands.size() != 3 || !(operands.get(0) instanceof RexLiteral flag)) {
            return named("trim", call);
        }
        String name =
                switch (String.valueOf(flag.getValue())) {
                    case "LEADING" -> "ltrim";
                    case "TRAILING" -> "rtrim";
                    default -> "trim";
                };
        RowExpression text = translate(operands.get(2));
        RowExpression characters = translate(operands.get(1));
        boolean spaces = characters instanceof Literal literal && " ".equals(literal.value());
        return FunctionCalls.call(
                name, spaces ? List.of(text) : List.of(text, characters), type(call));
    }

    private RowExpression item(RexCall call) {
        RowExpression collection = translate(call.getOperands().get(0));
        if (collection.type() instanceof StructType) {
            return member(call);
        }
        return FunctionCalls.call(
                "element_at",
                List.of(collection, translate(call.getOperands().get(1))),
                type(call));
    }

    private RowExpression member(RexCall call) {
        RowExpression struct = translate(call.getOperands().get(0));
        if (!(struct.type() instanceof StructType type)
                || !(translate(call.getOperands().get(1)) instanceof Literal key)) {
            throw unsupported(call.toString());
        }
        if (key.value() instanceof Long position) {
            return Layout.member(struct, Math.toIntExact(position - 1));
        }
        for (int i = 0; i < type.fields().size(); i++) {
            if (type.fields().get(i).name().equalsIgnoreCase(String.valueOf(key.value()))) {
                return Layout.member(struct, i);
            }
        }
        throw new NeuralakeException(
                ErrorCode.COLUMN_NOT_FOUND, "Member not found: " + key.value());
    }

    private RowExpression row(RexCall call) {
        StructType struct = (StructType) type(call);
        List<RowExpression> members = new ArrayList<>();
        for (int i = 0; i < call.getOperands().size(); i++) {
            members.add(
                    Casts.to(translate(call.getOperands().get(i)), struct.fields().get(i).type()));
        }
        return new Call("row", members, struct);
    }

    private RowExpression list(RexCall call) {
        Type type = type(call);
        List<RowExpression> elements = new ArrayList<>();
        for (RexNode operand : call.getOperands()) {
            RowExpression element = translate(operand);
            elements.add(
                    type instanceof io.neuralake.spi.type.ListType list
                            ? Casts.to(element, list.element())
                            : element);
        }
        return new Call("list_value", elements, type);
    }

    private RowExpression named(String name, RexCall call) {
        List<RowExpression> arguments = translate(call.getOperands());
        return switch (name) {
            case "negate" ->
                    FunctionCalls.call(name, List.of(Casts.to(arguments.getFirst(), type(call))));
            case "current_timestamp", "current_time", "localtime", "localtimestamp" ->
                    FunctionCalls.call(name, List.of(), type(call));
            case "minus_date", "subtract" ->
                    temporal.arithmetic("subtract", arguments.get(0), arguments.get(1), type(call));
            case "add" -> temporal.arithmetic(name, arguments.get(0), arguments.get(1), type(call));
            case "multiply" -> FunctionCalls.call(name, arguments, type(call));
            default -> FunctionCalls.call(name, arguments, type(call));
        };
    }
}
