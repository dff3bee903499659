package io.neuralake.planner.rule.join;

import io.neuralake.planner.rule.Expressions;

import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.type.SqlTypeName;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// Splits a join graph into factors that decide which groups there are and what is aggregated, the
/// early ones, and those that are only asked for columns of each group, the late ones. Equalities of
/// columns that are among the groups connect the two, and nothing else.
///
/// @param early a bit set
/// @param late a bit set
/// @param links one pair of equal columns a class that connects them
record LateSplit(long early, long late, List<Link> links) {
    /// Columns of the graph that are equal.
    record Link(int early, int late) {}

    /// Splits as late as it can.
    ///
    /// @param groups what is grouped by, over the graph's columns
    /// @param needed factors that must be early
    /// @return null where nothing can be late
    static @Nullable LateSplit of(JoinGraph graph, List<RexNode> groups, long needed) {
        return new Search(graph, groups, needed).find();
    }

    /// Returns which link an expression over the graph's columns is equal to; -1 for none.
    int link(JoinGraph graph, RexNode expression) {
        int column = Expressions.plainColumn(expression);
        int equal = column < 0 ? -1 : graph.classOf(column);
        for (int i = 0; i < links.size(); i++) {
            if (equal >= 0 && graph.classOf(links.get(i).early()) == equal) {
                return i;
            }
        }
        return -1;
    }

    private static final class Search {
        private final JoinGraph graph;
        private final List<RexNode> groups;
        private final boolean[] grouped;
        private long needed;
        private long late;

        Search(JoinGraph graph, List<RexNode> groups, long needed) {
            this.graph = graph;
            this.groups = groups;
            this.needed = needed;
            this.grouped = new boolean[graph.classes().size()];
        }

        @Nullable LateSplit find() {
            for (JoinFactor factor : graph.factors()) {
                if (!factor.isInner()) {
                    needed |= factor.bit() | factor.required();
                }
            }
            for (RexNode group : groups) {
                int column = Expressions.plainColumn(group);
                int equal = column < 0 ? -1 : graph.classOf(column);
                if (equal >= 0) {
                    grouped[equal] = true;
                } else {
                    start(graph.factorsOf(group));
                }
            }
            late &= ~needed;
            long before;
            do {
                before = late;
                settleClasses();
                settleConditions();
            } while (late != before);
            return late == 0 || late == graph.all() || !isConnected(graph.all() & ~late)
                    ? null
                    : split();
        }

        /// Takes factors for late whose columns are grouped by, those of mixed expressions apart.
        private void start(long factors) {
            if (Long.bitCount(factors) == 1) {
                late |= factors;
            } else {
                needed |= factors;
            }
        }

        /// Moves what an equality connects that is not among the groups to one side.
        private void settleClasses() {
            for (int i = 0; i < grouped.length; i++) {
                long members = 0;
                for (int column : graph.classes().get(i)) {
                    members |= 1L << graph.owner(column);
                }
                if (!grouped[i] || !isComparable(graph.classes().get(i).getFirst())) {
                    settle(members);
                }
            }
        }

        /// Equal floating-point numbers need not be the same.
        private boolean isComparable(int column) {
            JoinFactor factor = graph.factor(graph.owner(column));
            SqlTypeName type =
                    Expressions.reference(factor.rel(), column - factor.offset())
                            .getType()
                            .getSqlTypeName();
            return SqlTypeName.EXACT_TYPES.contains(type)
                    || SqlTypeName.CHAR_TYPES.contains(type)
                    || type == SqlTypeName.DATE;
        }

        private void settleConditions() {
            for (JoinGraph.Condition condition : graph.conditions()) {
                if ((condition.factors() & ~late) != 0) {
                    late &= ~condition.factors();
                    needed |= condition.factors();
                }
            }
        }

        private void settle(long members) {
            if ((members & late) == 0) {
                return;
            }
            if ((members & needed) == 0) {
                late |= members;
            } else {
                late &= ~members;
                needed |= members;
            }
        }

        private boolean isConnected(long set) {
            long reached = Long.lowestOneBit(set);
            long before = 0;
            while (reached != before) {
                before = reached;
                for (List<Integer> equal : graph.classes()) {
                    long members = 0;
                    for (int column : equal) {
                        members |= 1L << graph.owner(column);
                    }
                    members &= set;
                    reached |= (members & reached) != 0 ? members : 0;
                }
                for (JoinGraph.Condition condition : graph.conditions()) {
                    boolean within = (condition.factors() & ~set) == 0;
                    reached |=
                            within && (condition.factors() & reached) != 0
                                    ? condition.factors()
                                    : 0;
                }
                for (JoinFactor factor : graph.factors()) {
                    boolean joined = (factor.required() & reached) != 0 && !factor.isInner();
                    reached |= joined ? factor.bit() & set : 0;
                }
            }
            return reached == set;
        }

        private @Nullable LateSplit split() {
            List<Link> links = new ArrayList<>();
            for (List<Integer> equal : graph.classes()) {
                int ofEarly = member(equal, ~late);
                int ofLate = member(equal, late);
                if (ofEarly >= 0 && ofLate >= 0) {
                    links.add(new Link(ofEarly, ofLate));
                }
            }
            return links.isEmpty() ? null : new LateSplit(graph.all() & ~late, late, links);
        }

        private int member(List<Integer> equal, long set) {
            for (int column : equal) {
                if ((set >> graph.owner(column) & 1) != 0) {
                    return column;
                }
            }
            return -1;
        }
    }
}
