package io.neuralake.planner.rule.logical;

import io.neuralake.planner.rule.Expressions;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Correlate;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.Uncollect;
import org.apache.calcite.rel.logical.LogicalJoin;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexSubQuery;
import org.apache.calcite.rex.RexVisitorImpl;
import org.apache.calcite.util.ImmutableBitSet;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Replaces every sub-query, correlated join and unnest by joins: EXISTS and IN by semi, anti and
/// mark joins, scalar sub-queries by joins with at most one match, UNNEST by [LateralRemoval].
/// Afterwards no expression holds a sub-query or a correlation variable.
public final class SubQueryRemoval {
    /// Where the right side's columns are kept while columns are added to the left side.
    private static final int FAR = 1 << 14;

    /// Rewrites a query.
    public RelNode apply(RelNode root) {
        return visit(root);
    }

    private RelNode visit(RelNode rel) {
        RelNode visited = RelRewriter.inputs(rel, this::visit);
        return switch (visited) {
            case Filter filter when SubQueryAttachment.hasSubQuery(filter.getCondition()) ->
                    visitFilter(filter);
            case Project project
                    when project.getProjects().stream().anyMatch(SubQueryAttachment::hasSubQuery) ->
                    visitProject(project);
            case Join join when SubQueryAttachment.hasSubQuery(join.getCondition()) ->
                    visitJoin(join);
            case Correlate correlate -> new LateralRemoval(correlate).apply();
            case Uncollect uncollect -> LateralRemoval.expand(uncollect);
            default -> visited;
        };
    }

    private RelNode visitFilter(Filter filter) {
        List<RexNode> plain = new ArrayList<>();
        List<RexNode> others = new ArrayList<>();
        for (RexNode conjunct : RelOptUtil.conjunctions(filter.getCondition())) {
            (SubQueryAttachment.hasSubQuery(conjunct) ? others : plain).add(conjunct);
        }
        SubQueryAttachment attachment =
                new SubQueryAttachment(
                        Expressions.filter(filter.getInput(), plain),
                        filter.getVariablesSet(),
                        this::visit);
        List<RexNode> left = new ArrayList<>();
        for (RexNode conjunct : others) {
            if (!attachment.filter(conjunct)) {
                left.add(attachment.replace(conjunct));
            }
        }
        return SubQueryAttachment.narrow(Expressions.filter(attachment.current(), left), filter);
    }

    private RelNode visitProject(Project project) {
        SubQueryAttachment attachment =
                new SubQueryAttachment(project.getInput(), project.getVariablesSet(), this::visit);
        List<RexNode> columns = new ArrayList<>();
        for (RexNode column : project.getProjects()) {
            columns.add(attachment.replace(column));
        }
        return Expressions.project(attachment.current(), columns, project);
    }

    /// An inner join's condition with sub-queries becomes a filter. For others the sub-queries must
    /// read one side only, to which they are joined.
    private RelNode visitJoin(Join join) {
        if (join.getJoinType() == JoinRelType.INNER) {
            RelNode product =
                    LogicalJoin.create(
                            join.getLeft(),
                            join.getRight(),
                            List.of(),
                            join.getCluster().getRexBuilder().makeLiteral(true),
                            Set.of(),
                            JoinRelType.INNER);
            return visitFilter(
                    org.apache.calcite.rel.logical.LogicalFilter.create(
                            product,
                            join.getCondition(),
                            com.google.common.collect.ImmutableSet.copyOf(join.getVariablesSet())));
        }
        return visitOuterJoin(join);
    }

    private RelNode visitOuterJoin(Join join) {
        int leftWidth = join.getLeft().getRowType().getFieldCount();
        ImmutableBitSet read = subQueryColumns(join);
        if (read.length() <= leftWidth) {
            SubQueryAttachment attachment =
                    new SubQueryAttachment(join.getLeft(), join.getVariablesSet(), this::visit);
            RexNode condition = attachment.replace(moved(join.getCondition(), leftWidth, FAR));
            int gap = attachment.current().getRowType().getFieldCount() - leftWidth;
            return rejoin(
                    join, attachment.current(), join.getRight(), moved(condition, FAR, gap - FAR));
        }
        if (read.nextSetBit(0) >= leftWidth && join.getVariablesSet().isEmpty()) {
            SubQueryAttachment attachment =
                    new SubQueryAttachment(join.getRight(), Set.of(), this::visit);
            RexNode condition =
                    rightFirst(
                            attachment.replace(rightFirst(join.getCondition(), leftWidth, FAR)),
                            FAR,
                            leftWidth);
            return rejoin(join, join.getLeft(), attachment.current(), condition);
        }
        throw new NeuralakeException(
                ErrorCode.UNSUPPORTED, "Sub-query not supported: over both sides of an outer join");
    }

    /// Moves references from `at` on by `gap`.
    private static RexNode moved(RexNode condition, int at, int gap) {
        return SubQueryAttachment.spaced(condition, at, gap);
    }

    /// Exchanges the first columns and those behind: references below `first` move to behind
    /// `second`, others to the front.
    private static RexNode rightFirst(RexNode condition, int first, int second) {
        return condition.accept(
                new RexShuttle() {
                    @Override
                    public RexNode visitInputRef(RexInputRef reference) {
                        int index = reference.getIndex();
                        return new RexInputRef(
                                index < first ? index + second : index - first,
                                reference.getType());
                    }
                });
    }

    /// Returns the columns that operands of sub-queries and correlated fields read.
    private static ImmutableBitSet subQueryColumns(Join join) {
        ImmutableBitSet.Builder columns = ImmutableBitSet.builder();
        join.getCondition()
                .accept(
                        new RexVisitorImpl<Void>(true) {
                            @Override
                            public Void visitSubQuery(RexSubQuery subQuery) {
                                subQuery.getOperands()
                                        .forEach(o -> columns.addAll(Expressions.columns(o)));
                                join.getVariablesSet()
                                        .forEach(
                                                id ->
                                                        columns.addAll(
                                                                RelOptUtil.correlationColumns(
                                                                        id, subQuery.rel)));
                                return null;
                            }
                        });
        return columns.build();
    }

    private static RelNode rejoin(Join join, RelNode left, RelNode right, RexNode condition) {
        int leftWidth = join.getLeft().getRowType().getFieldCount();
        int rightWidth = join.getRight().getRowType().getFieldCount();
        RelNode joined =
                LogicalJoin.create(left, right, List.of(), condition, Set.of(), join.getJoinType());
        List<RexNode> columns = new ArrayList<>(Expressions.references(joined, 0, leftWidth));
        if (join.getJoinType().projectsRight()) {
            int first = left.getRowType().getFieldCount();
            columns.addAll(Expressions.references(joined, first, first + rightWidth));
        }
        return Expressions.project(joined, columns, join);
    }
}
