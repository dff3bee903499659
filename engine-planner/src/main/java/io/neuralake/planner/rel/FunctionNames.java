package io.neuralake.planner.rel;

import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.fun.SqlLibraryOperators;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;

import java.util.Locale;
import java.util.Map;

/// Maps Calcite's operators to canonical names of the executor's functions. Operators with syntax of
/// their own in row expressions (AND, OR, CASE, CAST, COALESCE, SEARCH, members of structs) and those
/// whose name depends on the operands (EXTRACT, FLOOR TO, date arithmetic) are the translator's.
public final class FunctionNames {
    private static final Map<SqlOperator, String> OPERATORS =
            Map.ofEntries(
                    Map.entry(SqlStdOperatorTable.PLUS, "add"),
                    Map.entry(SqlStdOperatorTable.DATETIME_PLUS, "add"),
                    Map.entry(SqlStdOperatorTable.MINUS, "subtract"),
                    Map.entry(SqlStdOperatorTable.MINUS_DATE, "subtract"),
                    Map.entry(SqlStdOperatorTable.MULTIPLY, "multiply"),
                    Map.entry(SqlStdOperatorTable.DIVIDE, "divide"),
                    Map.entry(SqlStdOperatorTable.DIVIDE_INTEGER, "divide"),
                    Map.entry(SqlStdOperatorTable.MOD, "modulus"),
                    Map.entry(SqlStdOperatorTable.PERCENT_REMAINDER, "modulus"),
                    Map.entry(SqlStdOperatorTable.UNARY_MINUS, "negate"),
                    Map.entry(SqlStdOperatorTable.EQUALS, "eq"),
                    Map.entry(SqlStdOperatorTable.NOT_EQUALS, "ne"),
                    Map.entry(SqlStdOperatorTable.LESS_THAN, "lt"),
                    Map.entry(SqlStdOperatorTable.LESS_THAN_OR_EQUAL, "le"),
                    Map.entry(SqlStdOperatorTable.GREATER_THAN, "gt"),
                    Map.entry(SqlStdOperatorTable.GREATER_THAN_OR_EQUAL, "ge"),
                    Map.entry(SqlStdOperatorTable.IS_DISTINCT_FROM, "is_distinct_from"),
                    Map.entry(SqlStdOperatorTable.IS_NOT_DISTINCT_FROM, "is_not_distinct_from"),
                    Map.entry(SqlStdOperatorTable.IS_NULL, "is_null"),
                    Map.entry(SqlStdOperatorTable.IS_NOT_NULL, "is_not_null"),
                    Map.entry(SqlStdOperatorTable.IS_TRUE, "is_true"),
                    Map.entry(SqlStdOperatorTable.IS_NOT_TRUE, "is_not_true"),
                    Map.entry(SqlStdOperatorTable.IS_FALSE, "is_false"),
                    Map.entry(SqlStdOperatorTable.IS_NOT_FALSE, "is_not_false"),
                    Map.entry(SqlStdOperatorTable.IS_UNKNOWN, "is_unknown"),
                    Map.entry(SqlStdOperatorTable.IS_NOT_UNKNOWN, "is_not_unknown"),
                    Map.entry(SqlStdOperatorTable.NOT, "not"),
                    Map.entry(SqlStdOperatorTable.LIKE, "like"),
                    Map.entry(SqlLibraryOperators.ILIKE, "ilike"),
                    Map.entry(SqlStdOperatorTable.SIMILAR_TO, "similar_to"),
                    Map.entry(SqlStdOperatorTable.POSIX_REGEX_CASE_SENSITIVE, "regexp_like"),
                    Map.entry(SqlStdOperatorTable.CONCAT, "concatenate"),
                    Map.entry(SqlStdOperatorTable.CHAR_LENGTH, "length"),
                    Map.entry(SqlStdOperatorTable.CHARACTER_LENGTH, "length"),
                    Map.entry(SqlStdOperatorTable.ITEM, "element_at"),
                    Map.entry(SqlStdOperatorTable.ARRAY_VALUE_CONSTRUCTOR, "list_value"),
                    Map.entry(SqlStdOperatorTable.MAP_VALUE_CONSTRUCTOR, "map_value"),
                    Map.entry(SqlStdOperatorTable.ROW, "row"),
                    Map.entry(SqlStdOperatorTable.GROUPING_ID, "grouping"),
                    Map.entry(SqlStdOperatorTable.SUM0, "sum0"),
                    Map.entry(SqlStdOperatorTable.SINGLE_VALUE, "single_value"),
                    Map.entry(SqlStdOperatorTable.STDDEV, "stddev_samp"),
                    Map.entry(SqlStdOperatorTable.VARIANCE, "var_samp"));

    private FunctionNames() {}

    /// Returns the canonical name of an operator's function; for an operator without an entry its
    /// name in lower case.
    public static String of(SqlOperator operator) {
        if (operator instanceof NamedFunction function) {
            return function.canonicalName();
        }
        String name = OPERATORS.get(operator);
        if (name != null) {
            return name;
        }
        return operator.getKind() == SqlKind.SUM0
                ? "sum0"
                : operator.getName().toLowerCase(Locale.ROOT);
    }
}
