package io.neuralake.planner.rule.join;

import io.neuralake.planner.rule.Expressions;

import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.logical.LogicalJoin;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.util.ImmutableBitSet;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

/// The join of some factors of a graph, with all conditions that read nothing else.
///
/// @param positions where the graph's columns are in it; -1 for none
record FactorJoin(RelNode rel, int[] positions) {
    /// Joins factors. Satellites come after what they need, as in the graph.
    ///
    /// @param set the factors, those that satellites need included
    /// @param read columns of the graph, without which columns are left out
    /// @param order orders the joins
    static FactorJoin of(
            JoinGraph graph, long set, ImmutableBitSet read, UnaryOperator<RelNode> order) {
        int[] positions = new int[graph.columns()];
        Arrays.fill(positions, -1);
        RelNode product = product(graph, set, read, positions);
        List<RexNode> conjuncts = new ArrayList<>();
        RexBuilder rexBuilder = product.getCluster().getRexBuilder();
        for (List<Integer> equal : graph.classes()) {
            List<Integer> members =
                    equal.stream().filter(c -> (set >> graph.owner(c) & 1) != 0).toList();
            for (int i = 1; i < members.size(); i++) {
                conjuncts.add(
                        rexBuilder.makeCall(
                                SqlStdOperatorTable.EQUALS,
                                Expressions.reference(product, positions[members.getFirst()]),
                                Expressions.reference(product, positions[members.get(i)])));
            }
        }
        for (JoinGraph.Condition condition : graph.conditions()) {
            if ((condition.factors() & ~set) == 0) {
                conjuncts.add(Expressions.remap(condition.expression(), positions, product));
            }
        }
        return new FactorJoin(order.apply(Expressions.filter(product, conjuncts)), positions);
    }

    private static RelNode product(
            JoinGraph graph, long set, ImmutableBitSet read, int[] positions) {
        RelNode joined = null;
        for (JoinFactor factor : graph.factors()) {
            if ((set & factor.bit()) == 0) {
                continue;
            }
            List<Integer> columns = new ArrayList<>();
            for (int i = 0; i < factor.width(); i++) {
                if (read.get(factor.offset() + i)) {
                    columns.add(i);
                }
            }
            RelNode right = narrow(factor.rel(), columns);
            int width = joined == null ? 0 : joined.getRowType().getFieldCount();
            for (int i = 0; i < columns.size(); i++) {
                positions[factor.offset() + columns.get(i)] = width + i;
            }
            joined = joined == null ? right : join(joined, right, factor, positions);
        }
        if (joined == null) {
            throw new IllegalStateException("No factors");
        }
        return joined;
    }

    private static RelNode narrow(RelNode rel, List<Integer> columns) {
        List<RexNode> kept = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (int column : columns) {
            kept.add(Expressions.reference(rel, column));
            names.add(rel.getRowType().getFieldNames().get(column));
        }
        return Expressions.project(rel, kept, names);
    }

    private static RelNode join(RelNode left, RelNode right, JoinFactor factor, int[] positions) {
        if (factor.isInner()) {
            RexNode always = left.getCluster().getRexBuilder().makeLiteral(true);
            return LogicalJoin.create(left, right, List.of(), always, Set.of(), JoinRelType.INNER);
        }
        RexNode condition = JoinTreeRels.over(left, right, factor.condition(), positions);
        RelNode joined = JoinTreeRels.join(left, right, condition, factor.type());
        if (!factor.addsColumns()) {
            Arrays.fill(positions, factor.offset(), factor.offset() + factor.columns(), -1);
        }
        if (factor.hasMark()) {
            positions[factor.offset() + factor.width()] = left.getRowType().getFieldCount();
        }
        return joined;
    }

    /// Puts an expression over the graph's columns over the relation.
    RexNode over(RexNode expression) {
        return Expressions.remap(expression, positions, rel);
    }

    /// Refers to a column of the graph.
    RexNode column(int column) {
        return Expressions.reference(rel, positions[column]);
    }
}
