package io.neuralake.planner.sql;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.apache.calcite.sql.JoinConditionType;
import org.apache.calcite.sql.SqlBasicCall;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlDataTypeSpec;
import org.apache.calcite.sql.SqlDynamicParam;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOrderBy;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlStarExclude;
import org.apache.calcite.sql.SqlStarReplace;
import org.apache.calcite.sql.SqlUnknownLiteral;
import org.apache.calcite.sql.SqlWindow;
import org.apache.calcite.sql.SqlWith;
import org.apache.calcite.sql.SqlWithItem;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.util.SqlShuttle;
import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Pattern;

/// Turns what the grammar accepts beyond the standard into standard syntax, and looks up what stands
/// in FROM without being a table. Changes the tree in place.
final class Dialect extends SqlShuttle {
    private static final Pattern DATE = Pattern.compile("\\d{4}-\\d{2}-\\d{2}");
    private static final Pattern TIME = Pattern.compile("\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,6})?");
    private static final Pattern TIMESTAMP =
            Pattern.compile("\\d{4}-\\d{2}-\\d{2} \\d{2}:\\d{2}:\\d{2}(\\.\\d{1,6})?");

    private final FromSources sources;
    private final SessionConstants constants;
    private final @Nullable String sql;
    private final Findings findings;
    private final Deque<SqlSelect> selects = new ArrayDeque<>();

    /// Prepares a rewriting.
    ///
    /// @param sql the statement, for the names of columns without one; null for none
    /// @param findings what earlier attempts have found out
    Dialect(
            FromSources sources,
            SessionConstants constants,
            @Nullable String sql,
            Findings findings) {
        this.sources = sources;
        this.constants = constants;
        this.sql = sql;
        this.findings = findings;
    }

    /// Rewrites a statement. Columns of VALUES are named col0 and so on.
    SqlNode rewrite(SqlNode statement) {
        if (statement.getKind() == SqlKind.VALUES) {
            return apply(FromClause.selectAll(statement));
        }
        if (statement instanceof SqlOrderBy order && order.query.getKind() == SqlKind.VALUES) {
            return apply(
                    new SqlOrderBy(
                            order.getParserPosition(),
                            FromClause.selectAll(order.query),
                            order.orderList,
                            order.offset,
                            order.fetch));
        }
        return apply(statement);
    }

    /// Rewrites an expression or query.
    SqlNode apply(SqlNode node) {
        return java.util.Objects.requireNonNull(node.accept(this));
    }

    @Override
    public SqlNode visit(SqlCall call) {
        switch (call) {
            case SqlSelect select -> {
                return select(select, SqlNodeList.EMPTY);
            }
            case SqlOrderBy order -> {
                return order(order);
            }
            case SqlWith with -> {
                for (SqlNode item : with.withList) {
                    SqlWithItem definition = (SqlWithItem) item;
                    checkRecursion(definition);
                    definition.query = apply(definition.query);
                }
                with.body = apply(with.body);
                return with;
            }
            case SqlJoin join -> {
                return new FromClause(this, sources).rewrite(join, false);
            }
            case SqlWindow window -> {
                return window(window);
            }
            default -> {
                return expression(call);
            }
        }
    }

    /// Which part ORDER BY and LIMIT behind a recursive UNION would belong to is not to be seen.
    private static void checkRecursion(SqlWithItem definition) {
        if (definition.recursive.booleanValue()
                && definition.query instanceof SqlOrderBy order
                && order.query.getKind() == SqlKind.UNION
                && LakeSetopNamespace.mentions(order.query, definition.name.getSimple())) {
            throw new NeuralakeException(
                    ErrorCode.UNSUPPORTED,
                    "ORDER BY and LIMIT of a recursive query are not supported; put its second part"
                            + " in parentheses with them, or them behind WITH",
                    Positions.of(order.query),
                    null);
        }
    }

    private SqlNode expression(SqlCall call) {
        if (call.getKind() == SqlKind.EXPLICIT_TABLE) {
            call.setOperand(0, new FromClause(this, sources).rewrite(call.operand(0), true));
            return call;
        }
        SqlDataTypeSpec type =
                call.operandCount() == 2 && call.operand(1) instanceof SqlDataTypeSpec spec
                        ? spec
                        : null;
        int operands = call.getKind() == SqlKind.AS ? 1 : call.operandCount();
        for (int i = 0; i < operands; i++) {
            SqlNode operand = call.operand(i);
            if (operand != null && !isName(call, i)) {
                SqlNode rewritten = apply(operand);
                if (!rewritten.equals(operand)) {
                    call.setOperand(i, rewritten);
                }
            }
        }
        SqlNode result =
                call instanceof SqlBasicCall basic
                        ? FunctionSyntax.rewrite(basic, constants)
                        : call;
        return type == null ? result : FunctionSyntax.cut(result, type);
    }

    /// Tells whether an operand is a name that nothing must replace.
    private static boolean isName(SqlCall call, int operand) {
        return switch (call.getKind()) {
            case ARGUMENT_ASSIGNMENT, OVER ->
                    operand == 1 && call.operand(1) instanceof SqlIdentifier;
            case DOT -> operand == 1;
            default -> false;
        };
    }

    private SqlNode window(SqlWindow window) {
        for (int i = 2; i <= 6; i++) {
            SqlNode operand = window.getOperandList().get(i);
            if (i != 4 && operand != null) {
                window.setOperand(i, apply(operand));
            }
        }
        return window;
    }

    private SqlNode order(SqlOrderBy order) {
        SqlNodeList keys = (SqlNodeList) apply(order.orderList);
        SqlNode query =
                order.query instanceof SqlSelect select ? select(select, keys) : apply(order.query);
        return new SqlOrderBy(
                order.getParserPosition(),
                query,
                keys,
                limit(order.offset, "OFFSET"),
                limit(order.fetch, "LIMIT"));
    }

    /// Rewrites a number of rows, which must be known without reading any.
    private @Nullable SqlNode limit(@Nullable SqlNode count, String clause) {
        if (count == null) {
            return null;
        }
        if (!ConstantExpression.isConstant(count)) {
            throw new NeuralakeException(
                    ErrorCode.UNSUPPORTED,
                    "Sub-queries and columns are not supported in " + clause,
                    Positions.of(count),
                    null);
        }
        return apply(count);
    }

    private SqlNode select(SqlSelect select, SqlNodeList orderBy) {
        selects.push(select);
        SqlNode source = select.getFrom();
        if (source != null) {
            FromClause from = new FromClause(this, sources);
            select.setFrom(from.rewrite(source, false));
            for (SqlNode filter : from.takeFilters()) {
                SqlNode where = select.getWhere();
                select.setWhere(
                        where == null
                                ? filter
                                : SqlStdOperatorTable.AND.createCall(
                                        filter.getParserPosition(), filter, where));
            }
        }
        for (int i = 0; i < select.operandCount(); i++) {
            SqlNode operand = select.operand(i);
            if (i != SqlSelect.FROM_OPERAND && i != 11 && operand != null) {
                SqlNode rewritten = apply(operand);
                if (!rewritten.equals(operand)) {
                    select.setOperand(i, rewritten);
                }
            }
        }
        selects.pop();
        UnnestPlacement.check(select);
        if (sql != null) {
            nameColumns(select);
        }
        SqlNodeList hints = select.getHints();
        if (hints != null && hints.size() > 0 && hints.get(0).getKind() == SqlKind.ROW) {
            SqlNodeList on =
                    new SqlNodeList(
                            ((SqlCall) apply(hints.get(0))).getOperandList(),
                            hints.getParserPosition());
            select.setHints(SqlNodeList.EMPTY);
            DistinctOn.rewrite(select, on, orderBy);
        }
        return select;
    }

    /// Names columns that are expressions by their text.
    private void nameColumns(SqlSelect select) {
        SqlNodeList items = select.getSelectList();
        for (int i = 0; i < items.size(); i++) {
            SqlNode item = items.get(i);
            if (item.getKind() != SqlKind.AS
                    && !(item instanceof SqlIdentifier)
                    && !(item instanceof SqlStarExclude)
                    && !(item instanceof SqlStarReplace)
                    && !item.isA(SqlKind.QUERY)) {
                String name = SourceText.of(java.util.Objects.requireNonNull(sql), item);
                if (!name.isEmpty()) {
                    items.set(
                            i,
                            SqlStdOperatorTable.AS.createCall(
                                    item.getParserPosition(),
                                    item,
                                    new SqlIdentifier(
                                            name, item.getParserPosition().withQuoting(true))));
                }
            }
        }
    }

    @Override
    public @Nullable SqlNode visit(SqlNodeList list) {
        for (int i = 0; i < list.size(); i++) {
            SqlNode node = list.get(i);
            if (node != null) {
                SqlNode rewritten = apply(node);
                if (!rewritten.equals(node)) {
                    list.set(i, rewritten);
                }
            }
        }
        return list;
    }

    @Override
    public @Nullable SqlNode visit(SqlIdentifier id) {
        if (id.names.size() > 1 && findings.isStructColumn(id.names.getFirst())) {
            return member(id);
        }
        if (id.isSimple() && findings.isAlias(id)) {
            for (SqlSelect select : selects) {
                SqlNode expression = aliased(select, id.getSimple());
                if (expression != null) {
                    return SyntaxCopy.of(expression);
                }
            }
        }
        if (id.isSimple() && !id.isComponentQuoted(0)) {
            SqlNode constant = constants.replacement(id.getSimple(), id.getParserPosition());
            if (constant != null) {
                return constant;
            }
        }
        return id;
    }

    /// Returns what a select list names so; null when it names nothing so.
    private static @Nullable SqlNode aliased(SqlSelect select, String alias) {
        for (SqlNode item : select.getSelectList()) {
            if (item.getKind() == SqlKind.AS
                    && ((SqlCall) item).operand(1).toString().equalsIgnoreCase(alias)) {
                return ((SqlCall) item).operand(0);
            }
        }
        return null;
    }

    /// `column.member.member` as accesses to members.
    private static SqlNode member(SqlIdentifier id) {
        SqlNode result = id.getComponent(0);
        for (int i = 1; i < id.names.size(); i++) {
            SqlNode name = id.getComponent(i);
            result = SqlStdOperatorTable.DOT.createCall(id.getParserPosition(), result, name);
        }
        return result;
    }

    @Override
    public @Nullable SqlNode visit(SqlDataTypeSpec type) {
        return TypeNames.rewrite(type);
    }

    @Override
    public @Nullable SqlNode visit(SqlDynamicParam parameter) {
        SqlDataTypeSpec type = findings.parameterType(parameter.getIndex());
        return type == null
                ? parameter
                : SqlStdOperatorTable.CAST.createCall(
                        parameter.getParserPosition(), parameter, type);
    }

    /// Dates and times in other than the standard's form are read by a cast.
    @Override
    public @Nullable SqlNode visit(SqlLiteral literal) {
        if (!(literal instanceof SqlUnknownLiteral unknown)) {
            return literal;
        }
        SqlParserPos pos = literal.getParserPosition();
        String text = String.valueOf(unknown.getValue());
        return switch (unknown.tag) {
            case "DATE" ->
                    DATE.matcher(text).matches()
                            ? literal
                            : Calls.cast(Calls.text(text, pos), SqlTypeName.DATE);
            case "TIME" ->
                    TIME.matcher(text).matches()
                            ? literal
                            : apply(Calls.cast(Calls.text(text, pos), SqlTypeName.TIME));
            case "TIMESTAMP", "DATETIME" ->
                    unknown.tag.equals("TIMESTAMP") && TIMESTAMP.matcher(text).matches()
                            ? literal
                            : apply(Calls.cast(Calls.text(text, pos), SqlTypeName.TIMESTAMP));
            case "UUID" -> Calls.text(text, pos);
            default ->
                    unknown.tag.startsWith("TIMESTAMP WITH")
                            ? apply(
                                    Calls.cast(
                                            Calls.text(text, pos),
                                            SqlTypeName.TIMESTAMP_WITH_LOCAL_TIME_ZONE))
                            : literal;
        };
    }

    /// Rewrites the condition of a join, unless it is a list of names.
    void condition(SqlJoin join) {
        SqlNode condition = join.getCondition();
        if (condition != null && join.getConditionType() == JoinConditionType.ON) {
            SqlNode rewritten = apply(condition);
            UnnestPlacement.refuse(rewritten, "ON");
            join.setOperand(5, rewritten);
        }
    }

    /// Rewrites the elements of a list.
    List<SqlNode> all(List<SqlNode> nodes) {
        List<SqlNode> result = new ArrayList<>(nodes.size());
        nodes.forEach(node -> result.add(apply(node)));
        return result;
    }
}
