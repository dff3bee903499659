package io.neuralake.planner.write;

import io.neuralake.planner.catalog.LakeCatalogReader;

import org.apache.calcite.sql.JoinConditionType;
import org.apache.calcite.sql.JoinType;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.fun.SqlCase;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// Makes syntax trees that no user typed; they have no positions.
final class Syntax {
    private static final SqlParserPos NOWHERE = SqlParserPos.ZERO;
    private static final SqlParserPos QUOTED = SqlParserPos.ZERO.withQuoting(true);

    private Syntax() {}

    static SqlIdentifier name(String... parts) {
        List<SqlParserPos> positions = new ArrayList<>();
        for (int i = 0; i < parts.length; i++) {
            positions.add(QUOTED);
        }
        return new SqlIdentifier(List.of(parts), null, QUOTED, positions);
    }

    /// Names a table that was added to a statement's tables under a key.
    static SqlIdentifier adHoc(String key) {
        return name(LakeCatalogReader.AD_HOC, key);
    }

    static SqlNode as(SqlNode node, String alias) {
        return SqlStdOperatorTable.AS.createCall(NOWHERE, node, name(alias));
    }

    /// Names a relation and its columns.
    static SqlNode as(SqlNode node, String alias, List<String> columns) {
        List<SqlNode> operands = new ArrayList<>(List.of(node, name(alias)));
        columns.forEach(column -> operands.add(name(column)));
        return SqlStdOperatorTable.AS.createCall(NOWHERE, operands);
    }

    static SqlSelect select(List<SqlNode> items, @Nullable SqlNode from, @Nullable SqlNode where) {
        return new SqlSelect(
                NOWHERE,
                SqlNodeList.EMPTY,
                new SqlNodeList(items, NOWHERE),
                from,
                where,
                null,
                null,
                SqlNodeList.EMPTY,
                null,
                null,
                null,
                null,
                SqlNodeList.EMPTY);
    }

    static SqlNode star() {
        return SqlIdentifier.star(NOWHERE);
    }

    static SqlNode number(long value) {
        return SqlLiteral.createExactNumeric(Long.toString(value), NOWHERE);
    }

    static SqlNode truth(boolean value) {
        return SqlLiteral.createBoolean(value, NOWHERE);
    }

    static SqlNode nothing() {
        return SqlLiteral.createNull(NOWHERE);
    }

    static SqlNode row(List<SqlNode> cells) {
        return SqlStdOperatorTable.ROW.createCall(NOWHERE, cells);
    }

    static SqlNode values(List<SqlNode> rows) {
        return SqlStdOperatorTable.VALUES.createCall(NOWHERE, rows);
    }

    static SqlNode isNull(SqlNode value) {
        return SqlStdOperatorTable.IS_NULL.createCall(NOWHERE, value);
    }

    static SqlNode isNotNull(SqlNode value) {
        return SqlStdOperatorTable.IS_NOT_NULL.createCall(NOWHERE, value);
    }

    static SqlNode isNotTrue(SqlNode value) {
        return SqlStdOperatorTable.IS_NOT_TRUE.createCall(NOWHERE, value);
    }

    static SqlNode isDistinct(SqlNode left, SqlNode right) {
        return SqlStdOperatorTable.IS_DISTINCT_FROM.createCall(NOWHERE, left, right);
    }

    static SqlNode not(SqlNode value) {
        return SqlStdOperatorTable.NOT.createCall(NOWHERE, value);
    }

    static SqlNode and(SqlNode left, SqlNode right) {
        return SqlStdOperatorTable.AND.createCall(NOWHERE, left, right);
    }

    static SqlNode greater(SqlNode left, SqlNode right) {
        return SqlStdOperatorTable.GREATER_THAN.createCall(NOWHERE, left, right);
    }

    /// Tells whether a number is one of others.
    static SqlNode isOneOf(SqlNode value, List<Integer> numbers) {
        List<SqlNode> list = new ArrayList<>();
        numbers.forEach(number -> list.add(number(number)));
        return SqlStdOperatorTable.IN.createCall(NOWHERE, value, new SqlNodeList(list, NOWHERE));
    }

    static SqlNode when(List<SqlNode> conditions, List<SqlNode> values, SqlNode otherwise) {
        return new SqlCase(
                NOWHERE,
                null,
                new SqlNodeList(conditions, NOWHERE),
                new SqlNodeList(values, NOWHERE),
                otherwise);
    }

    /// Joins two items of FROM.
    ///
    /// @param condition null for none
    static SqlNode join(SqlNode left, JoinType type, SqlNode right, @Nullable SqlNode condition) {
        JoinConditionType kind = condition == null ? JoinConditionType.NONE : JoinConditionType.ON;
        return new SqlJoin(
                NOWHERE,
                left,
                SqlLiteral.createBoolean(false, NOWHERE),
                type.symbol(NOWHERE),
                right,
                kind.symbol(NOWHERE),
                condition);
    }

    static SqlNode lateral(SqlNode query) {
        return SqlStdOperatorTable.LATERAL.createCall(NOWHERE, query);
    }
}
