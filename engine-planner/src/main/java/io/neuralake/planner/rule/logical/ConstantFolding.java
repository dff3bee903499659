package io.neuralake.planner.rule.logical;

import io.neuralake.planner.lower.Literals;
import io.neuralake.planner.lower.RexToRowExpression;
import io.neuralake.planner.rule.ConstantEvaluator;
import io.neuralake.spi.error.NeuralakeException;

import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexOver;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.sql.SqlKind;

import java.util.Optional;

/// Computes calls of constants. What fails stays, so that it fails only if a row gets there; calls
/// of the statement's time stay, since plans are kept.
public final class ConstantFolding {
    private final ConstantEvaluator evaluator;

    /// Creates a pass.
    public ConstantFolding(ConstantEvaluator evaluator) {
        this.evaluator = evaluator;
    }

    /// Rewrites a query.
    public RelNode apply(RelNode root) {
        RelNode rel = RelRewriter.inputs(root, this::apply);
        Folder folder = new Folder(rel.getCluster().getRexBuilder(), rel instanceof Project);
        return rel.accept(folder);
    }

    /// Computes the constant parts of a condition, whose nullability may change.
    RexNode fold(RexNode condition, RexBuilder rexBuilder) {
        return condition.accept(new Folder(rexBuilder, false));
    }

    private final class Folder extends RexShuttle {
        private final RexBuilder rexBuilder;
        private final boolean keepTypes;

        Folder(RexBuilder rexBuilder, boolean keepTypes) {
            this.rexBuilder = rexBuilder;
            this.keepTypes = keepTypes;
        }

        @Override
        public RexNode visitOver(RexOver over) {
            return over;
        }

        @Override
        public RexNode visitCall(RexCall call) {
            RexNode visited = super.visitCall(call);
            if (!(visited instanceof RexCall folded) || !isConstant(folded)) {
                return visited;
            }
            return fold(folded)
                    .map(
                            value ->
                                    value.getType().equals(call.getType()) || !keepTypes
                                            ? value
                                            : rexBuilder.makeAbstractCast(
                                                    call.getType(), value, false))
                    .orElse(visited);
        }

        private boolean isConstant(RexCall call) {
            boolean fixed =
                    call.getOperator().isDeterministic()
                            && !call.getOperator().isDynamicFunction()
                            && call.getKind() != SqlKind.SEARCH;
            boolean literalCast =
                    call.getKind() == SqlKind.CAST && isText(call.getOperands().getFirst(), call);
            return fixed
                    && !literalCast
                    && !call.getOperands().isEmpty()
                    && call.getOperands().stream().allMatch(this::isLiteral);
        }

        private boolean isLiteral(RexNode operand) {
            return operand instanceof RexLiteral
                    || operand instanceof RexCall call
                            && call.getKind() == SqlKind.CAST
                            && call.getOperands().getFirst() instanceof RexLiteral;
        }

        /// Tells whether the cast is one between texts, or of a null, which nothing simplifies.
        private static boolean isText(RexNode operand, RexCall cast) {
            return operand instanceof RexLiteral literal
                    && (literal.isNull()
                            || operand.getType().getSqlTypeName().getFamily()
                                            == cast.getType().getSqlTypeName().getFamily()
                                    && org.apache.calcite.sql.type.SqlTypeUtil.inCharFamily(
                                            cast.getType()));
        }

        private Optional<RexNode> fold(RexCall call) {
            try {
                Object value = evaluator.evaluate(RexToRowExpression.constant(call));
                return Literals.toRex(value, call.getType(), rexBuilder);
            } catch (NeuralakeException failed) {
                return Optional.empty();
            }
        }
    }
}
