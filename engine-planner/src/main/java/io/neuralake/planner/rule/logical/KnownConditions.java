package io.neuralake.planner.rule.logical;

import io.neuralake.planner.rule.Expressions;

import org.apache.calcite.plan.Strong;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.util.ImmutableBitSet;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/// Tells what conditions come to before any row is read: those that read no column, as pushing them
/// through columns of constants leaves them, and those over nothing but nulls.
public final class KnownConditions {
    private final BiFunction<RexNode, RexBuilder, RexNode> folding;
    private final boolean decides;

    /// Computes constants by a pass.
    public KnownConditions(ConstantFolding folding) {
        this(folding::fold, true);
    }

    private KnownConditions(BiFunction<RexNode, RexBuilder, RexNode> folding, boolean decides) {
        this.folding = folding;
        this.decides = decides;
    }

    /// Computes nothing.
    public static KnownConditions none() {
        return new KnownConditions((expression, builder) -> expression, false);
    }

    /// Tells whether more is known than what a condition says without being computed.
    public boolean decides() {
        return decides;
    }

    /// Drops the conjuncts that always hold.
    ///
    /// @return empty where one never holds
    public Optional<List<RexNode>> open(List<RexNode> conjuncts, RelNode any) {
        List<RexNode> open = new ArrayList<>(conjuncts.size());
        for (RexNode conjunct : conjuncts) {
            RexNode known =
                    Expressions.columns(conjunct).isEmpty() ? fold(conjunct, any) : conjunct;
            if (isNeverTrue(known)) {
                return Optional.empty();
            }
            if (!known.isAlwaysTrue()) {
                open.add(known);
            }
        }
        return Optional.of(open);
    }

    /// Tells whether a condition holds for no row in which all of some columns are null.
    public boolean rejectsNulls(RexNode condition, ImmutableBitSet columns, RelNode any) {
        if (Strong.isNotTrue(condition, columns)) {
            return true;
        }
        ImmutableBitSet read = Expressions.columns(condition);
        return !read.isEmpty()
                && columns.contains(read)
                && Expressions.isDeterministic(condition)
                && isNeverTrue(fold(overNulls(condition, any), any));
    }

    private static RexNode overNulls(RexNode condition, RelNode any) {
        RexBuilder builder = any.getCluster().getRexBuilder();
        return condition.accept(
                new RexShuttle() {
                    @Override
                    public RexNode visitInputRef(RexInputRef reference) {
                        return builder.makeNullLiteral(reference.getType());
                    }
                });
    }

    private RexNode fold(RexNode expression, RelNode any) {
        return Expressions.stripNullability(
                folding.apply(expression, any.getCluster().getRexBuilder()));
    }

    private static boolean isNeverTrue(RexNode condition) {
        return condition.isAlwaysFalse() || RexLiteral.isNullLiteral(condition);
    }
}
