package io.neuralake.planner.rule.logical;

import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rex.RexNode;

import java.util.List;

/// A sub-query whose correlation was pulled out: rows of `rel` for which the conditions hold for an
/// outer row are the sub-query's rows for that outer row.
///
/// @param conditions conjuncts over columns of `rel` and correlated fields
/// @param columns the sub-query's columns, over columns of `rel` and correlated fields
record Pulled(RelNode rel, List<RexNode> conditions, List<RexNode> columns) {
    Pulled {
        conditions = List.copyOf(conditions);
        columns = List.copyOf(columns);
    }
}
