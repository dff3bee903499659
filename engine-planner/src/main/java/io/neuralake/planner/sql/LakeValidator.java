package io.neuralake.planner.sql;

import io.neuralake.planner.catalog.NearestName;
import io.neuralake.planner.rel.LakeTypeFactory;
import io.neuralake.planner.rel.TypeMapping;
import io.neuralake.planner.sql.TypeAgreement.Value;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.Type;

import org.apache.calcite.config.NullCollation;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.runtime.CalciteException;
import org.apache.calcite.sql.SqlBasicCall;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlDynamicParam;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlStarExclude;
import org.apache.calcite.sql.SqlStarReplace;
import org.apache.calcite.sql.SqlUtil;
import org.apache.calcite.sql.fun.SqlCase;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.type.SqlTypeUtil;
import org.apache.calcite.sql.util.SqlBasicVisitor;
import org.apache.calcite.sql.validate.SetopNamespace;
import org.apache.calcite.sql.validate.SqlValidatorCatalogReader;
import org.apache.calcite.sql.validate.SqlValidatorImpl;
import org.apache.calcite.sql.validate.SqlValidatorScope;
import org.apache.calcite.util.Util;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Validates a statement and derives types, with the overloads and shorthands of this dialect.
final class LakeValidator extends SqlValidatorImpl {
    private static final Config CONFIG =
            Config.DEFAULT
                    .withIdentifierExpansion(true)
                    .withCallRewrite(false)
                    .withTypeCoercionFactory(LakeCoercion::new)
                    .withConformance(LakeConformance.INSTANCE)
                    .withDefaultNullCollation(NullCollation.HIGH);

    /// Functions whose arguments are compared with each other.
    private static final Set<String> COMPARING = Set.of("greatest", "least", "nullif");

    LakeValidator(SqlValidatorCatalogReader catalogReader) {
        super(LakeOperatorTable.INSTANCE, catalogReader, LakeTypeFactory.INSTANCE, CONFIG);
    }

    /// Parameters of which nothing tells the type are VARCHAR.
    @Override
    protected void inferUnknownTypes(
            RelDataType inferredType, SqlValidatorScope scope, SqlNode node) {
        if (node instanceof SqlDynamicParam && inferredType.equals(unknownType)) {
            setValidatedNodeType(
                    node,
                    typeFactory.createTypeWithNullability(
                            typeFactory.createSqlType(SqlTypeName.VARCHAR), true));
        } else {
            super.inferUnknownTypes(inferredType, scope, node);
        }
    }

    @Override
    public RelDataType deriveType(SqlValidatorScope scope, SqlNode expr) {
        if (expr instanceof SqlCall call && getValidatedNodeTypeIfKnown(call) == null) {
            if (call instanceof SqlBasicCall basic && call.operandCount() == 2) {
                chooseOverload(scope, basic);
            }
            agree(scope, call);
        }
        try {
            return super.deriveType(scope, expr);
        } catch (NeuralakeException e) {
            throw e.position().isPresent() ? e : located(e, expr);
        }
    }

    private static NeuralakeException located(NeuralakeException e, SqlNode node) {
        return new NeuralakeException(
                e.code(), String.valueOf(e.getMessage()), Positions.of(node), e);
    }

    /// Brings the operands of a call to one type where they make up one column.
    private void agree(SqlValidatorScope scope, SqlCall call) {
        List<Value> values =
                switch (call.getKind()) {
                    case CASE -> branches((SqlCase) call);
                    case COALESCE, ARRAY_VALUE_CONSTRUCTOR -> operands(call, 0);
                    case IN, NOT_IN -> candidates(scope, call);
                    default -> isComparing(call.getOperator()) ? operands(call, 0) : List.of();
                };
        if (values.size() > 1) {
            new TypeAgreement(
                            call.getOperator().getName().toUpperCase(Locale.ROOT),
                            typeFactory,
                            node -> deriveType(scope, node))
                    .apply(values);
        }
    }

    private static boolean isComparing(SqlOperator operator) {
        return operator instanceof SqlFunction
                && COMPARING.contains(operator.getName().toLowerCase(Locale.ROOT));
    }

    private static List<Value> operands(SqlCall call, int first) {
        List<Value> values = new ArrayList<>();
        for (int i = first; i < call.operandCount(); i++) {
            int operand = i;
            values.add(new Value(call.operand(i), cast -> call.setOperand(operand, cast)));
        }
        return values;
    }

    private static List<Value> elements(SqlNodeList list) {
        List<Value> values = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
            int element = i;
            values.add(new Value(list.get(i), cast -> list.set(element, cast)));
        }
        return values;
    }

    private static List<Value> branches(SqlCase call) {
        List<Value> values = elements(call.getThenOperands());
        SqlNode otherwise = call.getElseOperand();
        if (otherwise != null) {
            values.add(new Value(otherwise, cast -> call.setOperand(3, cast)));
        }
        return values;
    }

    /// Checks the types of `value IN (sub-query)`, or of a row of values.
    private void checkSubQuery(SqlValidatorScope scope, SqlCall call) {
        SqlNode left = call.operand(0);
        List<SqlNode> nodes =
                left.getKind() == SqlKind.ROW ? ((SqlCall) left).getOperandList() : List.of(left);
        List<RelDataTypeField> columns = deriveType(scope, call.operand(1)).getFieldList();
        for (int i = 0; i < Math.min(nodes.size(), columns.size()); i++) {
            if (nodes.get(i) instanceof SqlDynamicParam) {
                continue;
            }
            Type value = TypeMapping.toType(deriveType(scope, nodes.get(i)));
            Type column = TypeMapping.toType(columns.get(i).getType());
            boolean constant = ConstantExpression.text(nodes.get(i)).isPresent();
            if (!constant && TypeAgreement.least(value, column) == null) {
                throw TypeAgreement.mismatch("IN", value, column, nodes.get(i));
            }
        }
    }

    private List<Value> candidates(SqlValidatorScope scope, SqlCall call) {
        if (!(call.operand(1) instanceof SqlNodeList list)) {
            checkSubQuery(scope, call);
            return List.of();
        }
        List<Value> values = operands(call, 0).subList(0, 1);
        values.addAll(elements(list));
        return values;
    }

    @Override
    protected void validateValues(
            SqlCall values, RelDataType targetRowType, SqlValidatorScope scope) {
        List<SqlNode> rows = values.getOperandList();
        int columns = ((SqlCall) rows.getFirst()).operandCount();
        boolean even = rows.stream().allMatch(row -> ((SqlCall) row).operandCount() == columns);
        for (int i = 0; even && i < columns; i++) {
            int column = i;
            List<Value> cells = new ArrayList<>();
            for (SqlNode row : rows) {
                cells.add(operands((SqlCall) row, column).getFirst());
            }
            new TypeAgreement("VALUES", typeFactory, node -> deriveType(scope, node)).apply(cells);
        }
        super.validateValues(values, targetRowType, scope);
    }

    @Override
    protected SetopNamespace createSetopNamespace(SqlCall call, SqlNode enclosingNode) {
        return new LakeSetopNamespace(this, call, enclosingNode);
    }

    /// A name inside of an expression of ORDER BY is a column of FROM before it is an alias.
    @Override
    public SqlNode expandOrderExpr(SqlSelect select, SqlNode orderExpr) {
        return super.expandOrderExpr(
                select,
                orderExpr instanceof SqlIdentifier
                        ? orderExpr
                        : new ColumnsBeforeAliases(select, getWhereScope(select))
                                .qualify(orderExpr));
    }

    /// Replaces an operator by a function of the catalogue where Calcite's takes other operands.
    private void chooseOverload(SqlValidatorScope scope, SqlBasicCall call) {
        SqlOperator operator = call.getOperator();
        if (operator.equals(SqlStdOperatorTable.PLUS)) {
            if (isOwnArithmetic(scope, call)) {
                call.setOperator(LakeOperatorTable.scalar("add"));
            }
        } else if (operator.equals(SqlStdOperatorTable.MINUS)) {
            if (isOwnArithmetic(scope, call)) {
                call.setOperator(LakeOperatorTable.scalar("subtract"));
            }
        } else if (operator.equals(SqlStdOperatorTable.CONCAT)) {
            if (!isText(scope, call.operand(0)) || !isText(scope, call.operand(1))) {
                call.setOperator(LakeOperatorTable.scalar("concatenate"));
            }
        } else if (operator.equals(SqlStdOperatorTable.PERCENT_REMAINDER)) {
            call.setOperator(LakeOperatorTable.scalar("modulus"));
        } else if (operator.equals(SqlStdOperatorTable.ITEM)) {
            chooseItem(scope, call);
        }
    }

    private void chooseItem(SqlValidatorScope scope, SqlBasicCall call) {
        RelDataType type = deriveType(scope, call.operand(0));
        if (type.isStruct()) {
            return;
        }
        call.setOperator(LakeOperatorTable.scalar("element_at"));
    }

    private boolean isText(SqlValidatorScope scope, SqlNode node) {
        if (node instanceof SqlDynamicParam || ConstantExpression.isNull(node)) {
            return true;
        }
        return SqlTypeUtil.inCharFamily(deriveType(scope, node));
    }

    /// Tells whether operands of + or - need the catalogue's function: numbers added to dates,
    /// differences of dates and times, instants and intervals.
    private boolean isOwnArithmetic(SqlValidatorScope scope, SqlBasicCall call) {
        if (call.operand(0) instanceof SqlDynamicParam
                || call.operand(1) instanceof SqlDynamicParam) {
            return false;
        }
        RelDataType left = deriveType(scope, call.operand(0));
        RelDataType right = deriveType(scope, call.operand(1));
        boolean leftTime = SqlTypeUtil.isDatetime(left);
        boolean rightTime = SqlTypeUtil.isDatetime(right);
        if (!leftTime && !rightTime) {
            return false;
        }
        if (leftTime && rightTime || SqlTypeUtil.isNumeric(left) || SqlTypeUtil.isNumeric(right)) {
            return true;
        }
        RelDataType time = leftTime ? left : right;
        RelDataType interval = leftTime ? right : left;
        return switch (time.getSqlTypeName()) {
            case TIMESTAMP_WITH_LOCAL_TIME_ZONE, TIMESTAMP_TZ, TIME ->
                    SqlTypeUtil.isInterval(interval);
            case DATE -> SqlTypeUtil.isInterval(interval) && isFinerThanDay(interval);
            default -> false;
        };
    }

    private static boolean isFinerThanDay(RelDataType interval) {
        return switch (interval.getSqlTypeName()) {
            case INTERVAL_YEAR, INTERVAL_YEAR_MONTH, INTERVAL_MONTH, INTERVAL_DAY -> false;
            default -> true;
        };
    }

    @Override
    public CalciteException handleUnresolvedFunction(
            SqlCall call,
            SqlOperator unresolvedFunction,
            List<RelDataType> argTypes,
            @Nullable List<String> argNames) {
        List<String> types = new ArrayList<>();
        for (RelDataType type : argTypes) {
            types.add(type.equals(unknownType) ? "?" : TypeMapping.toType(type).sql());
        }
        String name = unresolvedFunction.getName();
        String signature = name + "(" + String.join(", ", types) + ")";
        SqlOperator known = LakeOperatorTable.INSTANCE.function(name);
        String hint =
                known == null
                        ? NearestName.hint(name, LakeOperatorTable.INSTANCE.functionNames())
                        : "; " + known.getName().toLowerCase(Locale.ROOT) + argumentCount(known);
        throw new NeuralakeException(
                ErrorCode.FUNCTION_NOT_FOUND,
                "Function not found: " + signature + hint,
                Positions.of(call),
                null);
    }

    private static String argumentCount(SqlOperator operator) {
        if (!(operator instanceof SqlFunction)) {
            return " takes other arguments";
        }
        int min = operator.getOperandCountRange().getMin();
        int max = operator.getOperandCountRange().getMax();
        if (min == max) {
            return " takes " + min + (min == 1 ? " argument" : " arguments");
        }
        return max < 0
                ? " takes at least " + min + " arguments"
                : " takes " + min + " to " + max + " arguments";
    }

    /// Spells out GROUP BY ALL and ORDER BY ALL, for which the parser leaves an asterisk.
    @Override
    protected void validateSelect(SqlSelect select, RelDataType targetRowType) {
        SqlNodeList group = select.getGroup();
        if (group != null && group.size() == 1 && isStar(group.get(0))) {
            List<SqlNode> keys = new ArrayList<>();
            for (SqlNode item : expandedItems(select)) {
                SqlNode expression = SqlUtil.stripAs(item);
                if (!(expression instanceof SqlLiteral) && !aggregates(expression)) {
                    keys.add(expression);
                }
            }
            replace(group, keys);
        }
        SqlNodeList order = select.getOrderList();
        if (order != null && order.size() == 1 && isStar(unordered(order.get(0)))) {
            SqlNode item = order.get(0);
            int columns = expandedItems(select).size();
            List<SqlNode> keys = new ArrayList<>();
            for (int i = 1; i <= columns; i++) {
                keys.add(ordinal(item, i));
            }
            replace(order, keys);
        }
        super.validateSelect(select, targetRowType);
        typeLimit(select.getOffset());
        typeLimit(select.getFetch());
    }

    /// Parameters of LIMIT and OFFSET are BIGINT.
    private void typeLimit(@Nullable SqlNode limit) {
        if (limit instanceof SqlDynamicParam) {
            setValidatedNodeType(limit, typeFactory.createSqlType(SqlTypeName.BIGINT));
        }
    }

    /// Returns the select list with asterisks spelt out; other items are left alone, as their types
    /// depend on the grouping, which is not known yet.
    private List<SqlNode> expandedItems(SqlSelect select) {
        List<SqlNode> items = new ArrayList<>();
        for (SqlNode item : select.getSelectList()) {
            boolean star =
                    item instanceof SqlIdentifier id && id.isStar()
                            || item instanceof SqlStarExclude
                            || item instanceof SqlStarReplace;
            if (star) {
                items.addAll(expandStar(SqlNodeList.of(item), select, false).getList());
            } else {
                items.add(item);
            }
        }
        return items;
    }

    private static void replace(SqlNodeList list, List<SqlNode> nodes) {
        list.clear();
        list.addAll(nodes);
    }

    private static boolean isStar(SqlNode node) {
        return node instanceof SqlIdentifier id && id.isStar() && id.names.size() == 1;
    }

    private static SqlNode unordered(SqlNode item) {
        return switch (item.getKind()) {
            case DESCENDING, NULLS_FIRST, NULLS_LAST -> unordered(((SqlCall) item).operand(0));
            default -> item;
        };
    }

    /// Copies the ordering of an item to an ordinal.
    private static SqlNode ordinal(SqlNode item, int number) {
        SqlParserPos pos = item.getParserPosition();
        if (item instanceof SqlCall call && !isStar(item)) {
            return call.getOperator().createCall(pos, ordinal(call.operand(0), number));
        }
        return SqlLiteral.createExactNumeric(Integer.toString(number), pos);
    }

    /// Tells whether an expression has an aggregate function outside of sub-queries.
    private static boolean aggregates(SqlNode node) {
        try {
            node.accept(
                    new SqlBasicVisitor<Void>() {
                        @Override
                        public Void visit(SqlCall call) {
                            if (call.isA(SqlKind.QUERY)) {
                                return null;
                            }
                            if (call.getKind() == SqlKind.OVER) {
                                SqlCall function = call.operand(0);
                                function.getOperandList().stream()
                                        .filter(java.util.Objects::nonNull)
                                        .forEach(operand -> operand.accept(this));
                                return null;
                            }
                            if (LakeOperatorTable.isAggregate(call.getOperator())) {
                                throw Util.FoundOne.NULL;
                            }
                            return super.visit(call);
                        }
                    });
            return false;
        } catch (Util.FoundOne e) {
            return true;
        }
    }
}
