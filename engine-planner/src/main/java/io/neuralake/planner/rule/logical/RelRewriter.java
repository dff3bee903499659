package io.neuralake.planner.rule.logical;

import org.apache.calcite.rel.RelNode;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/// Rewrites trees of relations.
public final class RelRewriter {
    private RelRewriter() {}

    /// Rewrites the inputs of a relation; the relation itself where none changes.
    public static RelNode inputs(RelNode rel, UnaryOperator<RelNode> rewrite) {
        List<RelNode> inputs = new ArrayList<>(rel.getInputs().size());
        boolean changed = false;
        for (RelNode input : rel.getInputs()) {
            RelNode rewritten = rewrite.apply(input);
            changed |= !rewritten.equals(input);
            inputs.add(rewritten);
        }
        return changed ? rel.copy(rel.getTraitSet(), inputs) : rel;
    }
}
