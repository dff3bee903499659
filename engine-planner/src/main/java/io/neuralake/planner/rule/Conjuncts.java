package io.neuralake.planner.rule;

import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.SqlKind;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Splits conditions into conjuncts: common factors are pulled out of disjunctions, negations are
/// pushed through them, repetitions dropped.
public final class Conjuncts {
    private Conjuncts() {}

    /// Returns the conjuncts of a condition.
    public static List<RexNode> of(RexNode condition, RelNode any) {
        Set<RexNode> result = new LinkedHashSet<>();
        RexBuilder rexBuilder = any.getCluster().getRexBuilder();
        for (RexNode conjunct : RelOptUtil.conjunctions(condition)) {
            add(conjunct, rexBuilder, result);
        }
        return new ArrayList<>(result);
    }

    private static void add(RexNode conjunct, RexBuilder rexBuilder, Set<RexNode> result) {
        RexNode factored = conjunct;
        if (conjunct.getKind() == SqlKind.OR) {
            factored = RexUtil.pullFactors(rexBuilder, conjunct);
        } else if (conjunct.getKind() == SqlKind.NOT) {
            factored = negated((RexCall) conjunct, rexBuilder);
        }
        if (factored.equals(conjunct)) {
            if (!conjunct.isAlwaysTrue()) {
                result.add(conjunct);
            }
            return;
        }
        for (RexNode part : RelOptUtil.conjunctions(factored)) {
            add(part, rexBuilder, result);
        }
    }

    /// Tells whether the parts are equalities of one column, which make one test for membership.
    private static boolean isOfOneColumn(RexCall disjunction) {
        return Expressions.columns(disjunction).cardinality() == 1
                && disjunction.getOperands().stream()
                        .allMatch(part -> part.getKind() == SqlKind.EQUALS);
    }

    private static RexNode negated(RexCall not, RexBuilder rexBuilder) {
        RexNode operand = not.getOperands().getFirst();
        if (operand.getKind() != SqlKind.OR || isOfOneColumn((RexCall) operand)) {
            return not;
        }
        List<RexNode> parts = new ArrayList<>();
        for (RexNode part : ((RexCall) operand).getOperands()) {
            parts.add(RexUtil.not(part));
        }
        return RexUtil.composeConjunction(rexBuilder, parts);
    }
}
