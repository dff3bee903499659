package io.neuralake.planner.sql;

import org.apache.calcite.sql.SqlBasicCall;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlDataTypeSpec;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlUnresolvedFunction;
import org.apache.calcite.sql.fun.SqlCase;
import org.apache.calcite.sql.fun.SqlLibraryOperators;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.fun.SqlTrimFunction;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.SqlTypeName;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Rewrites calls with syntax of their own, and functions that are short for something else, to
/// functions of the catalogue.
final class FunctionSyntax {
    private static final Set<String> QUANTILES =
            Set.of("percentile_cont", "percentile_disc", "quantile_cont", "quantile_disc");

    private FunctionSyntax() {}

    /// Rewrites a call whose operands are rewritten already.
    static SqlNode rewrite(SqlBasicCall call, SessionConstants constants) {
        SqlOperator operator = call.getOperator();
        SqlNode symbol = symbol(call, operator);
        if (symbol != null) {
            return symbol;
        }
        SqlParserPos pos = call.getParserPosition();
        return switch (call.getKind()) {
            case CAST, SAFE_CAST -> cast(call);
            case WITHIN_GROUP -> withinGroup(call);
            case EXTRACT -> extract(call);
            case FLOOR, CEIL -> floor(call);
            case POSITION ->
                    call.operandCount() == 2
                            ? Calls.of("position", pos, call.getOperandList())
                            : call;
            case TRIM -> trim(call);
            case INTERVAL -> interval(call);
            case ARRAY_VALUE_CONSTRUCTOR ->
                    call.operandCount() == 0 ? Calls.of("list_value", pos) : call;
            case ITEM -> call.operand(1).getKind() == SqlKind.ROW ? slice(call) : call;
            case RLIKE -> rlike(call);
            case SOME, ALL -> ListComparison.rewrite(call);
            case PLUS, MINUS -> MixedInterval.moved(call);
            default -> named(call, operator, constants);
        };
    }

    private static @Nullable SqlNode symbol(SqlBasicCall call, SqlOperator operator) {
        SqlParserPos pos = call.getParserPosition();
        List<SqlNode> operands = call.getOperandList();
        if (operator.equals(SqlLibraryOperators.INFIX_CAST)) {
            return cast((SqlBasicCall) SqlStdOperatorTable.CAST.createCall(pos, operands));
        }
        if (operator.equals(SqlStdOperatorTable.POSIX_REGEX_CASE_SENSITIVE)) {
            return Calls.of("regexp_like", pos, operands);
        }
        if (operator.equals(SqlStdOperatorTable.NEGATED_POSIX_REGEX_CASE_SENSITIVE)) {
            return not(Calls.of("regexp_like", pos, operands));
        }
        if (operator.equals(SqlStdOperatorTable.POSIX_REGEX_CASE_INSENSITIVE)) {
            return insensitive(call);
        }
        if (operator.equals(SqlStdOperatorTable.NEGATED_POSIX_REGEX_CASE_INSENSITIVE)) {
            return not(insensitive(call));
        }
        if (operator.equals(SqlStdOperatorTable.DIVIDE_INTEGER)) {
            return SqlStdOperatorTable.DIVIDE.createCall(pos, operands);
        }
        return DialectOperators.function(operator, pos, operands);
    }

    private static SqlNode insensitive(SqlBasicCall call) {
        SqlParserPos pos = call.getParserPosition();
        return Calls.of("regexp_like", pos, call.operand(0), call.operand(1), Calls.text("i", pos));
    }

    private static SqlNode slice(SqlBasicCall call) {
        List<SqlNode> arguments = new ArrayList<>();
        arguments.add(call.operand(0));
        arguments.addAll(((SqlCall) call.operand(1)).getOperandList());
        return Calls.of("list_slice", call.getParserPosition(), arguments);
    }

    private static SqlNode rlike(SqlBasicCall call) {
        SqlNode matched = Calls.of("regexp_like", call.getParserPosition(), call.getOperandList());
        return call.getOperator().equals(SqlLibraryOperators.NOT_RLIKE) ? not(matched) : matched;
    }

    private static SqlNode not(SqlNode condition) {
        return SqlStdOperatorTable.NOT.createCall(condition.getParserPosition(), condition);
    }

    /// A cast to VARCHAR(n) cuts; the length is no part of the type.
    private static SqlNode cast(SqlBasicCall call) {
        SqlParserPos pos = call.getParserPosition();
        if (call.getOperator().equals(SqlLibraryOperators.SAFE_CAST)) {
            return SqlLibraryOperators.TRY_CAST.createCall(pos, call.getOperandList());
        }
        return call;
    }

    /// Makes a cast and the cut to its length.
    static SqlNode cut(SqlNode cast, SqlDataTypeSpec type) {
        int length = TypeNames.length(type);
        SqlParserPos pos = cast.getParserPosition();
        return length <= 0
                ? cast
                : Calls.of("substring", pos, cast, Calls.number(1, pos), Calls.number(length, pos));
    }

    private static String unit(SqlNode qualifier) {
        return qualifier.toString().replace("`", "").toLowerCase(Locale.ROOT);
    }

    private static SqlNode extract(SqlBasicCall call) {
        String field =
                switch (unit(call.operand(0))) {
                    case "dayofweek" -> "dow";
                    case "dayofyear" -> "doy";
                    case "milliseconds" -> "millisecond";
                    case "microseconds" -> "microsecond";
                    case String other -> other;
                };
        return Calls.of("extract_" + field, call.getParserPosition(), call.<SqlNode>operand(1));
    }

    private static SqlNode floor(SqlBasicCall call) {
        SqlParserPos pos = call.getParserPosition();
        boolean floor = call.getKind() == SqlKind.FLOOR;
        if (call.operandCount() == 1) {
            return Calls.of(floor ? "floor" : "ceil", pos, call.getOperandList());
        }
        return Calls.of(
                floor ? "date_trunc" : "date_ceil",
                pos,
                Calls.text(unit(call.operand(1)), pos),
                call.operand(0));
    }

    private static SqlNode trim(SqlBasicCall call) {
        SqlParserPos pos = call.getParserPosition();
        if (call.operandCount() != 3) {
            return call;
        }
        SqlTrimFunction.Flag flag =
                ((SqlLiteral) call.operand(0)).getValueAs(SqlTrimFunction.Flag.class);
        String name =
                switch (flag) {
                    case BOTH -> "trim";
                    case LEADING -> "ltrim";
                    case TRAILING -> "rtrim";
                };
        SqlNode characters = call.operand(1);
        return characters == null
                ? Calls.of(name, pos, call.<SqlNode>operand(2))
                : Calls.of(name, pos, call.operand(2), characters);
    }

    private static SqlNode interval(SqlBasicCall call) {
        SqlParserPos pos = call.getParserPosition();
        SqlNode value = call.operand(0);
        boolean negative = false;
        if (value.getKind() == SqlKind.MINUS_PREFIX) {
            negative = true;
            value = ((SqlCall) value).operand(0);
        }
        Object constant = ConstantExpression.value(value).orElse(null);
        String unit = unit(call.operand(1)).replaceAll("\\(.*", "");
        if (constant instanceof String text) {
            return IntervalText.parse(text, negative, pos);
        }
        if (constant instanceof Number number) {
            return IntervalText.parse(number + " " + unit, negative, pos);
        }
        String function = "to_" + unit + "s";
        if (unit.equals("quarter")) {
            function = "to_months";
            value = SqlStdOperatorTable.MULTIPLY.createCall(pos, value, Calls.number(3, pos));
        }
        return Calls.of(
                function,
                pos,
                negative ? SqlStdOperatorTable.UNARY_MINUS.createCall(pos, value) : value);
    }

    /// Quantiles take their argument from WITHIN GROUP; other functions keep the order.
    private static SqlNode withinGroup(SqlBasicCall call) {
        if (!(call.operand(0) instanceof SqlCall function)
                || !(call.operand(1) instanceof SqlNodeList order)
                || order.size() != 1) {
            return call;
        }
        String name = function.getOperator().getName().toLowerCase(Locale.ROOT);
        SqlNode key = order.get(0);
        SqlParserPos pos = call.getParserPosition();
        if (QUANTILES.contains(name) && function.operandCount() == 1) {
            boolean descending = false;
            while (key.getKind() == SqlKind.DESCENDING
                    || key.getKind() == SqlKind.NULLS_FIRST
                    || key.getKind() == SqlKind.NULLS_LAST) {
                descending |= key.getKind() == SqlKind.DESCENDING;
                key = ((SqlCall) key).operand(0);
            }
            SqlNode fraction = function.operand(0);
            if (descending) {
                fraction =
                        ConstantExpression.value(fraction).orElse(null) instanceof Number number
                                ? SqlLiteral.createExactNumeric(
                                        java.math.BigDecimal.ONE
                                                .subtract(
                                                        new java.math.BigDecimal(number.toString()))
                                                .toPlainString(),
                                        pos)
                                : SqlStdOperatorTable.MINUS.createCall(
                                        pos, Calls.number(1, pos), fraction);
            }
            return Calls.of(name, pos, key, fraction);
        }
        if (name.equals("mode") && function.operandCount() == 0) {
            while (key.getKind() == SqlKind.DESCENDING) {
                key = ((SqlCall) key).operand(0);
            }
            return Calls.of(name, pos, key);
        }
        return call;
    }

    private static SqlNode named(
            SqlBasicCall call, SqlOperator operator, SessionConstants constants) {
        SqlParserPos pos = call.getParserPosition();
        String name = operator.getName().toLowerCase(Locale.ROOT);
        List<SqlNode> operands = call.getOperandList();
        if (!(operator instanceof SqlUnresolvedFunction)) {
            return special(call, name, operands);
        }
        if (operands.isEmpty()) {
            SqlNode constant = constants.function(name, pos);
            if (constant != null) {
                return constant;
            }
        }
        if (!operands.isEmpty() && operands.getLast() instanceof SqlNodeList order) {
            return ordered(call, name, operands.subList(0, operands.size() - 1), order);
        }
        return switch (name) {
            case "if", "iff" ->
                    operands.size() == 3
                            ? new SqlCase(
                                    pos,
                                    null,
                                    SqlNodeList.of(operands.get(0)),
                                    SqlNodeList.of(operands.get(1)),
                                    operands.get(2))
                            : call;
            case "ifnull", "nvl" ->
                    operands.size() == 2 ? Calls.of("coalesce", pos, operands) : call;
            case "date" -> castTo(call, SqlTypeName.DATE);
            case "timestamp", "datetime" -> castTo(call, SqlTypeName.TIMESTAMP);
            case "time" -> castTo(call, SqlTypeName.TIME);
            case "struct_pack" -> StructPack.rewrite(call);
            case "char_length", "character_length" -> Calls.of("length", pos, operands);
            default -> call;
        };
    }

    private static SqlNode castTo(SqlBasicCall call, SqlTypeName type) {
        if (call.operandCount() != 1) {
            return call;
        }
        SqlBasicCall cast = (SqlBasicCall) Calls.cast(call.operand(0), type);
        return SqlStdOperatorTable.CAST.createCall(
                call.getParserPosition(),
                cast.<SqlNode>operand(0),
                TypeNames.rewrite(cast.operand(1)));
    }

    /// `f(x ORDER BY y)` is `f(x) WITHIN GROUP (ORDER BY y)`.
    private static SqlNode ordered(
            SqlBasicCall call, String name, List<SqlNode> arguments, SqlNodeList order) {
        SqlParserPos pos = call.getParserPosition();
        SqlCall function =
                call.getOperator()
                        .createCall(
                                call.getFunctionQuantifier(),
                                pos,
                                arguments.toArray(SqlNode[]::new));
        SqlBasicCall ordered =
                (SqlBasicCall) SqlStdOperatorTable.WITHIN_GROUP.createCall(pos, function, order);
        return QUANTILES.contains(name) ? withinGroup(ordered) : ordered;
    }

    /// Functions for which Calcite's parser has productions of their own.
    private static SqlNode special(SqlBasicCall call, String name, List<SqlNode> operands) {
        SqlParserPos pos = call.getParserPosition();
        return switch (name) {
            case "substring", "overlay", "date_part", "datepart" -> Calls.of(name, pos, operands);
            case "translate3", "translate" -> Calls.of("translate", pos, operands);
            case "array_agg", "string_agg", "group_concat", "listagg" -> aggregate(call, name);
            case "percentile_cont", "percentile_disc" ->
                    operands.size() == 2 ? Calls.of(name, pos, operands) : call;
            case "array" -> Calls.of("list_value", pos, operands);
            case "timestampdiff", "timestamp_diff" ->
                    Calls.of(
                            "date_diff",
                            pos,
                            Calls.text(unit(operands.get(0)), pos),
                            operands.get(1),
                            operands.get(2));
            case "timestampadd", "timestamp_add" ->
                    Calls.of(
                            "date_add",
                            pos,
                            Calls.text(unit(operands.get(0)), pos),
                            operands.get(1),
                            operands.get(2));
            default -> call;
        };
    }

    private static SqlNode aggregate(SqlBasicCall call, String name) {
        SqlParserPos pos = call.getParserPosition();
        List<SqlNode> arguments = new ArrayList<>();
        SqlNodeList order = null;
        for (SqlNode operand : call.getOperandList()) {
            if (operand instanceof SqlNodeList list) {
                order = list;
            } else if (operand.getKind() == SqlKind.SEPARATOR) {
                arguments.add(((SqlCall) operand).operand(0));
            } else {
                arguments.add(operand);
            }
        }
        SqlOperator function = Calls.of(name, pos).getOperator();
        SqlBasicCall plain =
                (SqlBasicCall)
                        function.createCall(
                                call.getFunctionQuantifier(),
                                pos,
                                arguments.toArray(SqlNode[]::new));
        return order == null
                ? plain
                : SqlStdOperatorTable.WITHIN_GROUP.createCall(pos, plain, order);
    }
}
