package io.neuralake.planner.rule;

import org.apache.calcite.rel.RelNode;

/// Rewrites a whole query. The result has the same columns and rows.
@FunctionalInterface
public interface RelRule {
    /// Rewrites a query.
    RelNode apply(RelNode root);
}
