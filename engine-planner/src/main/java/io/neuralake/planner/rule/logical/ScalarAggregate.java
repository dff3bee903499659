package io.neuralake.planner.rule.logical;

import io.neuralake.planner.rel.SingleRow;
import io.neuralake.planner.rule.Expressions;

import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.CorrelationId;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.Values;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A scalar sub-query that is an aggregate without keys, with projections and filters over it. With
/// equalities as its only correlation it becomes an aggregate by their columns, so that no domain is
/// needed.
///
/// @param chain filters and projections, the topmost first
record ScalarAggregate(List<RelNode> chain, Aggregate aggregate) {
    /// Recognizes the form.
    static Optional<ScalarAggregate> of(RelNode rel) {
        List<RelNode> chain = new ArrayList<>();
        RelNode node = rel;
        while (node instanceof Filter
                || node instanceof Project project && !project.containsOver()) {
            chain.add(node);
            node = node.getInput(0);
        }
        return node instanceof Aggregate aggregate
                        && aggregate.getGroupCount() == 0
                        && aggregate.getGroupSets().size() == 1
                ? Optional.of(new ScalarAggregate(chain, aggregate))
                : Optional.empty();
    }

    /// Tells whether the relation has exactly one row.
    static boolean hasOneRow(RelNode rel) {
        return switch (rel) {
            case Project project -> hasOneRow(project.getInput());
            case Aggregate aggregate ->
                    aggregate.getGroupCount() == 0 && aggregate.getGroupSets().size() == 1;
            case Values values -> values.getTuples().size() == 1;
            case SingleRow single -> true;
            default -> false;
        };
    }

    /// The aggregate by its correlated keys.
    ///
    /// @param rel the aggregate's results, then the keys
    /// @param conditions that equate keys and outer expressions
    record Keyed(
            ScalarAggregate scalar, RelNode rel, List<RexNode> conditions, RexBuilder rexBuilder) {

        /// Computes the sub-query's columns from those of an outer join with `rel`; correlated fields
        /// stay in.
        List<RexNode> columns(List<RexNode> joined) {
            List<RexNode> values = new ArrayList<>();
            var calls = scalar.aggregate.getAggCallList();
            for (int i = 0; i < calls.size(); i++) {
                values.add(DependentJoin.emptyAware(rexBuilder, calls.get(i), joined.get(i)));
            }
            for (RelNode node : scalar.chain.reversed()) {
                values =
                        node instanceof Project project
                                ? Expressions.substitute(project.getProjects(), values)
                                : having((Filter) node, values);
            }
            return values;
        }

        private List<RexNode> having(Filter filter, List<RexNode> values) {
            RexNode condition = Expressions.substitute(filter.getCondition(), values);
            List<RexNode> result = new ArrayList<>();
            for (RexNode value : values) {
                result.add(
                        rexBuilder.makeCall(
                                SqlStdOperatorTable.CASE,
                                condition,
                                value,
                                rexBuilder.makeNullLiteral(value.getType())));
            }
            return result;
        }
    }

    /// Groups by the correlated keys; empty where the correlation is of another kind.
    Optional<Keyed> keyed(Set<CorrelationId> ids, RexBuilder rexBuilder) {
        CorrelationPull pull = new CorrelationPull(ids, rexBuilder);
        return pull.pull(aggregate.getInput())
                .flatMap(
                        p ->
                                pull.keys(p)
                                        .filter(keys -> !keys.isEmpty())
                                        .flatMap(keys -> pull.keyed(aggregate, p, keys)))
                .map(k -> new Keyed(this, k.rel(), k.conditions(), rexBuilder));
    }
}
