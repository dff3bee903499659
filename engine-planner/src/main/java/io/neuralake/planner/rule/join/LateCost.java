package io.neuralake.planner.rule.join;

import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.type.SqlTypeName;

import java.util.HashSet;
import java.util.Set;

/// Compares grouping before late columns with grouping by them.
record LateCost(GroupedJoin join, JoinCardinality cardinality, LateSplit split) {
    /// The most that the new plan may cost, as a share of the old one.
    private static final double MOST_COST = 0.6;

    /// How many times the rows may grow without the late relations, which filter.
    private static final double MOST_GROWTH = 1.5;

    /// How many rows of the late relations may be there for each of the values that connect them.
    private static final double MOST_PER_KEY = 1.2;

    /// Cost of a row that is counted by a short key, or joined, where finding the group of a row
    /// costs 1.
    private static final double ROW_COST = 0.3;

    /// Cost of a key or of an aggregate.
    private static final double COLUMN_COST = 0.25;

    /// Cost of a key of text: hashed, compared, copied, and carried through joins.
    private static final double TEXT_KEY_COST = 1;

    /// @param groups how many are expected
    boolean isWorthIt(double groups) {
        JoinGraph graph = join.graph();
        double all = cardinality.rows(graph.all());
        double early = cardinality.rows(split.early());
        double late = cardinality.rows(split.late());
        if (early > all * MOST_GROWTH || late > keys() * MOST_PER_KEY) {
            return false;
        }
        double calls = join.aggregate().getAggCallList().size() * COLUMN_COST;
        double before = 1 + calls;
        double after = 1 + calls;
        Set<RexNode> keys = new HashSet<>();
        for (RexNode group : join.groups()) {
            before += cost(group);
            boolean isEarly = (graph.factorsOf(group) & split.late()) == 0;
            if (isEarly && split.link(graph, group) < 0 && keys.add(group)) {
                after += cost(group);
            }
        }
        after += split.links().size() * COLUMN_COST;
        return early * after + (late + groups) * ROW_COST <= all * before * MOST_COST;
    }

    private static double cost(RexNode key) {
        return SqlTypeName.CHAR_TYPES.contains(key.getType().getSqlTypeName())
                ? TEXT_KEY_COST
                : COLUMN_COST;
    }

    /// Returns how many values are expected in the late columns that connect.
    private double keys() {
        double keys = 1;
        for (LateSplit.Link link : split.links()) {
            JoinFactor factor = join.graph().factor(join.graph().owner(link.late()));
            keys *= factor.estimate().column(link.late() - factor.offset()).distinct();
        }
        return keys;
    }
}
