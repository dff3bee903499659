package io.neuralake.planner.rule.join;

import io.neuralake.planner.rule.Expressions;

import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.AggregateCall;
import org.apache.calcite.rex.RexNode;

import java.util.ArrayList;
import java.util.List;

/// An aggregation of a join of factors.
///
/// @param columns the input of the aggregation over the graph's columns
record GroupedJoin(JoinGraph graph, Aggregate aggregate, List<RexNode> columns) {
    /// Returns what is grouped by, over the graph's columns.
    List<RexNode> groups() {
        List<RexNode> groups = new ArrayList<>();
        for (int column : aggregate.getGroupSet()) {
            groups.add(columns.get(column));
        }
        return groups;
    }

    /// Returns the factors that aggregates and an order read, those apart of whose columns others are
    /// equal; the largest factor where they read none.
    ///
    /// @param keys what is ordered by, over the aggregation's columns
    long read(List<RexNode> keys) {
        long read = 0;
        for (AggregateCall call : aggregate.getAggCallList()) {
            for (int argument : call.getArgList()) {
                read |= graph.factorsOf(columns.get(argument));
            }
            if (call.filterArg >= 0) {
                read |= graph.factorsOf(columns.get(call.filterArg));
            }
        }
        for (RexNode group : groups(keys)) {
            int column = Expressions.plainColumn(group);
            boolean hasEqual = column >= 0 && graph.classOf(column) >= 0;
            read |= hasEqual ? 0 : graph.factorsOf(group);
        }
        return read == 0 ? largest().bit() : read;
    }

    /// Returns the groups, over the graph's columns, that expressions over the aggregation read.
    List<RexNode> groups(List<RexNode> keys) {
        List<RexNode> groups = groups();
        List<RexNode> read = new ArrayList<>();
        for (RexNode key : keys) {
            for (int output : Expressions.columns(key)) {
                if (output < groups.size()) {
                    read.add(groups.get(output));
                }
            }
        }
        return read;
    }

    private JoinFactor largest() {
        JoinFactor largest = graph.factor(0);
        for (JoinFactor factor : graph.factors()) {
            boolean larger = factor.estimate().rows() > largest.estimate().rows();
            largest = larger && factor.isInner() ? factor : largest;
        }
        return largest;
    }
}
