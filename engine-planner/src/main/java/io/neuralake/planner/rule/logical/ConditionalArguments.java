package io.neuralake.planner.rule.logical;

import io.neuralake.planner.rule.Expressions;

import org.apache.calcite.rel.RelCollations;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.AggregateCall;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;

import java.util.ArrayList;
import java.util.List;

/// Makes `sum(CASE WHEN c THEN x END)` a `sum(x) FILTER (WHERE c)`, and so for other aggregates that
/// skip nulls: a column for each condition need not be put together, and only the rows that count are
/// looked at. Only where `x` is a column or constant, which cannot fail where the condition does not
/// hold.
public final class ConditionalArguments {
    /// Rewrites a query.
    public RelNode apply(RelNode root) {
        RelNode rel = RelRewriter.inputs(root, this::apply);
        return rel instanceof Aggregate aggregate
                        && aggregate.getInput() instanceof Project project
                        && !project.containsOver()
                ? new Rewriting(aggregate, project).rewritten()
                : rel;
    }

    /// One aggregation, whose input gets further columns. Those that nobody reads any more are not
    /// produced.
    private static final class Rewriting {
        private final Aggregate aggregate;
        private final Project project;
        private final List<RexNode> columns;

        Rewriting(Aggregate aggregate, Project project) {
            this.aggregate = aggregate;
            this.project = project;
            this.columns = new ArrayList<>(project.getProjects());
        }

        RelNode rewritten() {
            List<AggregateCall> calls = new ArrayList<>();
            for (AggregateCall call : aggregate.getAggCallList()) {
                RexNode argument =
                        isRewritable(call)
                                ? project.getProjects().get(call.getArgList().get(0))
                                : null;
                calls.add(
                        argument instanceof RexCall conditional && isConditional(conditional)
                                ? filtered(call, conditional)
                                : call);
            }
            if (calls.equals(aggregate.getAggCallList())) {
                return aggregate;
            }
            RelNode input = Expressions.project(project.getInput(), columns, project);
            return aggregate.copy(
                    aggregate.getTraitSet(),
                    input,
                    aggregate.getGroupSet(),
                    aggregate.getGroupSets(),
                    calls);
        }

        private static boolean isRewritable(AggregateCall call) {
            return switch (call.getAggregation().getKind()) {
                case SUM, SUM0, COUNT, MIN, MAX, AVG ->
                        call.getArgList().size() == 1
                                && !call.hasFilter()
                                && !call.isApproximate()
                                && call.getCollation().equals(RelCollations.EMPTY);
                default -> false;
            };
        }

        /// Tells whether the expression is a column or constant where one condition holds, and else
        /// null.
        private static boolean isConditional(RexCall call) {
            if (call.getKind() != SqlKind.CASE || call.getOperands().size() != 3) {
                return false;
            }
            RexNode value = Expressions.stripNullability(call.getOperands().get(1));
            RexNode otherwise = Expressions.stripNullability(call.getOperands().get(2));
            return (value instanceof RexInputRef || value instanceof RexLiteral)
                    && RexLiteral.isNullLiteral(otherwise)
                    && Expressions.isDeterministic(call);
        }

        private AggregateCall filtered(AggregateCall call, RexCall conditional) {
            var builder = project.getCluster().getRexBuilder();
            RexNode condition = conditional.getOperands().get(0);
            RexNode value = conditional.getOperands().get(1);
            RexNode typed =
                    value.getType().equals(conditional.getType())
                            ? value
                            : builder.makeAbstractCast(conditional.getType(), value, false);
            int filter = add(builder.makeCall(SqlStdOperatorTable.IS_TRUE, condition));
            return call.withFilter(filter).withArgList(List.of(add(typed)));
        }

        private int add(RexNode column) {
            int known = columns.indexOf(column);
            if (known >= 0) {
                return known;
            }
            columns.add(column);
            return columns.size() - 1;
        }
    }
}
