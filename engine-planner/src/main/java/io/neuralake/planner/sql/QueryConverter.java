package io.neuralake.planner.sql;

import com.google.common.collect.ImmutableList;

import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.prepare.Prepare;
import org.apache.calcite.rel.RelCollation;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.AggregateCall;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.logical.LogicalFilter;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.util.SqlBasicVisitor;
import org.apache.calcite.sql.validate.SelectScope;
import org.apache.calcite.sql.validate.SqlValidator;
import org.apache.calcite.sql2rel.SqlToRelConverter;
import org.apache.calcite.sql2rel.StandardConvertletTable;
import org.apache.calcite.util.ImmutableBitSet;
import org.jspecify.annotations.Nullable;

import java.util.List;

/// Converts validated syntax to relational algebra. Sub-queries stay expressions, for the optimizer
/// to remove.
final class QueryConverter extends SqlToRelConverter {
    private static final Config CONFIG =
            SqlToRelConverter.config()
                    .withExpand(false)
                    .withInSubQueryThreshold(Integer.MAX_VALUE)
                    .withTrimUnusedFields(false)
                    .withRemoveSortInSubQuery(true);

    QueryConverter(
            SqlValidator validator, Prepare.CatalogReader catalogReader, RelOptCluster cluster) {
        super(
                (_, _, _, _) -> {
                    throw new IllegalStateException("There are no views");
                },
                validator,
                catalogReader,
                cluster,
                call ->
                        call.getOperator() instanceof AssignmentOperator assignment
                                ? assignment::convert
                                : StandardConvertletTable.INSTANCE.get(call),
                CONFIG);
    }

    /// Where a query has sub-queries behind FROM and WHERE, a filter that keeps every row separates it from a
    /// projection in FROM. Without it Calcite merges the two to find correlated sub-queries, and then
    /// puts the merged expressions over the projection instead of below it.
    @Override
    protected void convertFrom(Blackboard blackboard, @Nullable SqlNode from) {
        super.convertFrom(blackboard, from);
        if (blackboard.root() instanceof Project project
                && blackboard.scope instanceof SelectScope scope
                && isAboveQueries(scope.getNode())) {
            blackboard.setRoot(LogicalFilter.create(project, rexBuilder.makeLiteral(true)), false);
        }
    }

    private static boolean isAboveQueries(SqlSelect select) {
        return hasQuery(select.getSelectList())
                || hasQuery(select.getGroup())
                || hasQuery(select.getQualify())
                || hasQuery(select.getOrderList());
    }

    private static boolean hasQuery(@Nullable SqlNode expressions) {
        boolean[] found = new boolean[1];
        if (expressions == null) {
            return false;
        }
        expressions.accept(
                new SqlBasicVisitor<Void>() {
                    @Override
                    public @Nullable Void visit(SqlCall call) {
                        if (call.isA(SqlKind.QUERY)) {
                            found[0] = true;
                            return null;
                        }
                        return super.visit(call);
                    }
                });
        return found[0];
    }

    /// GROUP BY and DISTINCT take what has been converted here.
    @Override
    protected RelNode createAggregate(
            Blackboard blackboard,
            ImmutableBitSet groupSet,
            ImmutableList<ImmutableBitSet> groupSets,
            List<AggregateCall> aggregateCalls) {
        blackboard.setRoot(SelectListUnnest.apply(blackboard.root()), false);
        return super.createAggregate(blackboard, groupSet, groupSets, aggregateCalls);
    }

    /// Everything of a SELECT but its order and limit has been converted here.
    @Override
    protected void convertOrder(
            SqlSelect select,
            Blackboard blackboard,
            RelCollation collation,
            List<SqlNode> orderExprList,
            @Nullable SqlNode offset,
            @Nullable SqlNode fetch) {
        blackboard.setRoot(SelectListUnnest.apply(blackboard.root()), false);
        super.convertOrder(select, blackboard, collation, orderExprList, offset, fetch);
    }
}
