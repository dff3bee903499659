package io.neuralake.planner.rule.join;

import io.neuralake.exec.plan.PhysicalPlan.JoinType;
import io.neuralake.planner.cost.CardinalityEstimator;
import io.neuralake.planner.rel.SubQueryJoin;
import io.neuralake.planner.rule.Expressions;
import io.neuralake.planner.rule.join.JoinEnumerator.JoinTree;
import io.neuralake.planner.rule.join.JoinEnumerator.Leaf;
import io.neuralake.planner.rule.join.JoinEnumerator.Node;

import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.logical.LogicalJoin;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/// Builds the relations of a chosen order of joins. Mutable: it tracks where the graph's columns are.
final class JoinTreeRels {
    private final JoinGraph graph;
    private final JoinCardinality cardinality;
    private final CardinalityEstimator estimator;
    private final RexBuilder rexBuilder;
    private final int[] positions;

    JoinTreeRels(JoinGraph graph, JoinCardinality cardinality, CardinalityEstimator estimator) {
        this.graph = graph;
        this.cardinality = cardinality;
        this.estimator = estimator;
        this.rexBuilder = graph.factor(0).rel().getCluster().getRexBuilder();
        this.positions = new int[graph.columns()];
        Arrays.fill(positions, -1);
    }

    RelNode build(JoinTree tree) {
        return switch (tree) {
            case Leaf leaf -> leaf(graph.only(leaf.set()));
            case Node node -> node(node);
        };
    }

    /// Turns an expression over the graph's columns into one over the built relation.
    RexNode translate(RexNode expression, RelNode rel) {
        return Expressions.remap(expression, positions, rel);
    }

    private RelNode leaf(JoinFactor factor) {
        for (int i = 0; i < factor.width(); i++) {
            positions[factor.offset() + i] = i;
        }
        return factor.rel();
    }

    private RelNode node(Node node) {
        RelNode left = build(node.left());
        RelNode right = build(node.right());
        shift(node.right().set(), left.getRowType().getFieldCount());
        JoinFactor right0 = graph.only(node.right().set());
        boolean satellite = node.right() instanceof Leaf && !right0.isInner();
        RelNode joined = satellite ? satellite(node, left, right0) : inner(node, left, right);
        estimator.setRows(joined, cardinality.rows(node.set()));
        return joined;
    }

    private void shift(long set, int by) {
        for (int column = 0; column < positions.length; column++) {
            if (positions[column] >= 0 && (set >> graph.owner(column) & 1) != 0) {
                positions[column] += by;
            }
        }
    }

    private RelNode inner(Node node, RelNode left, RelNode right) {
        List<RexNode> conjuncts = new ArrayList<>();
        for (List<Integer> equal : graph.classes()) {
            int l = memberIn(equal, node.left().set());
            int r = memberIn(equal, node.right().set());
            if (l >= 0 && r >= 0) {
                conjuncts.add(
                        rexBuilder.makeCall(
                                SqlStdOperatorTable.EQUALS,
                                over(left, right, positions[l]),
                                over(left, right, positions[r])));
            }
        }
        for (RexNode condition : graph.conditionsOf(node.left().set(), node.right().set())) {
            conjuncts.add(over(left, right, condition));
        }
        return LogicalJoin.create(
                left,
                right,
                List.of(),
                Expressions.conjunction(left, conjuncts),
                Set.of(),
                JoinRelType.INNER);
    }

    private int memberIn(List<Integer> equal, long set) {
        for (int column : equal) {
            if ((set >> graph.owner(column) & 1) != 0) {
                return column;
            }
        }
        return -1;
    }

    private static RexNode over(RelNode left, RelNode right, int position) {
        int width = left.getRowType().getFieldCount();
        return position < width
                ? Expressions.reference(left, position)
                : new RexInputRef(
                        position, Expressions.reference(right, position - width).getType());
    }

    private RexNode over(RelNode left, RelNode right, RexNode condition) {
        return over(left, right, condition, positions);
    }

    /// Puts a condition over the graph's columns over the two sides of a join.
    static RexNode over(RelNode left, RelNode right, RexNode condition, int[] positions) {
        return condition.accept(
                new RexShuttle() {
                    @Override
                    public RexNode visitInputRef(RexInputRef reference) {
                        return over(left, right, positions[reference.getIndex()]);
                    }
                });
    }

    private RelNode satellite(Node node, RelNode left, JoinFactor factor) {
        RexNode condition = over(left, factor.rel(), factor.condition());
        RelNode joined = join(left, factor.rel(), condition, factor.type());
        if (!factor.addsColumns()) {
            Arrays.fill(positions, factor.offset(), factor.offset() + factor.columns(), -1);
        }
        if (factor.hasMark()) {
            positions[factor.offset() + factor.width()] = left.getRowType().getFieldCount();
        }
        List<RexNode> after = new ArrayList<>();
        for (RexNode late : graph.conditionsOf(node.left().set(), factor.bit())) {
            after.add(translate(late, joined));
        }
        return Expressions.filter(joined, after);
    }

    static RelNode join(RelNode left, RelNode right, RexNode condition, JoinType type) {
        return switch (type) {
            case MARK, MARK_NULL_AWARE, SINGLE, ANTI_NULL_AWARE ->
                    SubQueryJoin.create(left, right, condition, type);
            case SEMI -> join(left, right, condition, JoinRelType.SEMI);
            case ANTI -> join(left, right, condition, JoinRelType.ANTI);
            case LEFT -> join(left, right, condition, JoinRelType.LEFT);
            case INNER, RIGHT, FULL, BUILD_SEMI, BUILD_ANTI ->
                    throw new IllegalStateException("Not a satellite's join: " + type);
        };
    }

    private static RelNode join(RelNode left, RelNode right, RexNode condition, JoinRelType type) {
        List<RexNode> conjuncts = RelOptUtil.conjunctions(condition);
        return LogicalJoin.create(
                left, right, List.of(), Expressions.conjunction(left, conjuncts), Set.of(), type);
    }
}
