package io.neuralake.planner.rule.join;

import io.neuralake.exec.plan.PhysicalPlan.JoinType;
import io.neuralake.planner.cost.CardinalityEstimator;
import io.neuralake.planner.rule.EmptyRelations;
import io.neuralake.planner.rule.Expressions;
import io.neuralake.planner.rule.logical.KnownConditions;

import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rex.RexNode;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/// Orders a tree of joins, filters and projections by estimated cardinalities. Conditions go into the
/// factors first, by way of the caller.
public final class JoinOrdering {
    private final CardinalityEstimator estimator;
    private final KnownConditions known;
    private final boolean reorder;
    private final BiFunction<RelNode, List<RexNode>, RelNode> pushDown;

    /// Creates a pass.
    ///
    /// @param known decides conditions without columns
    /// @param reorder false keeps the order of the text
    /// @param pushDown rewrites a factor, given the conjuncts to be pushed into it
    public JoinOrdering(
            CardinalityEstimator estimator,
            KnownConditions known,
            boolean reorder,
            BiFunction<RelNode, List<RexNode>, RelNode> pushDown) {
        this.estimator = estimator;
        this.known = known;
        this.reorder = reorder;
        this.pushDown = pushDown;
    }

    /// Tells whether the relation is a join that this pass orders.
    public static boolean handles(RelNode rel) {
        return JoinFlattening.isJoin(rel);
    }

    /// Orders the joins below and including `root`. The result has the same columns.
    ///
    /// @param conjuncts further conditions over the root's columns
    public RelNode order(RelNode root, List<RexNode> conjuncts) {
        JoinFlattening flattening = new JoinFlattening(known);
        List<RexNode> columns = flattening.flatten(root, conjuncts);
        flattening.predicates().addAll(Expressions.substitute(conjuncts, columns));
        Optional<List<RexNode>> open = known.open(flattening.predicates(), root);
        if (open.isEmpty()) {
            return EmptyRelations.like(root);
        }
        JoinGraph graph = JoinGraphAnalysis.analyze(root, flattening.factors(), open.get());
        for (JoinFactor factor : graph.factors()) {
            RelNode pushed = pushDown.apply(factor.rel(), factor.pushed());
            factor.setRel(pushed, estimator.of(pushed));
            if (isNeeded(factor) && EmptyRelations.isEmpty(pushed)) {
                return EmptyRelations.like(root);
            }
        }
        return build(root, graph, columns);
    }

    /// Tells whether no row is joined where the factor has none.
    private static boolean isNeeded(JoinFactor factor) {
        return factor.isInner() || factor.type() == JoinType.SEMI;
    }

    private RelNode build(RelNode root, JoinGraph graph, List<RexNode> columns) {
        JoinCardinality cardinality = new JoinCardinality(graph, estimator);
        JoinTreeRels rels = new JoinTreeRels(graph, cardinality, estimator);
        RelNode joined = rels.build(tree(graph, cardinality));
        List<RexNode> early = new ArrayList<>();
        for (JoinGraph.Condition condition : graph.conditions()) {
            if (Long.bitCount(condition.factors()) == 1) {
                early.add(rels.translate(condition.expression(), joined));
            }
        }
        RelNode filtered = Expressions.filter(joined, early);
        List<RexNode> result = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            RexNode column = rels.translate(columns.get(i), filtered);
            result.add(Expressions.ensureType(root, i, Expressions.stripNullability(column)));
        }
        return Expressions.project(filtered, result, root);
    }

    private JoinEnumerator.JoinTree tree(JoinGraph graph, JoinCardinality cardinality) {
        JoinEnumerator enumerator = new JoinEnumerator(graph, cardinality);
        if (!reorder) {
            return enumerator.inOrder();
        }
        graph.connect();
        return enumerator.enumerate();
    }
}
