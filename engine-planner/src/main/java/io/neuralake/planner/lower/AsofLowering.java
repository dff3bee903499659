package io.neuralake.planner.lower;

import io.neuralake.exec.expression.RowExpression;
import io.neuralake.exec.plan.PhysicalPlan;
import io.neuralake.exec.plan.PhysicalPlan.JoinType;
import io.neuralake.planner.lower.JoinLowering.JoinCondition;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.expression.ScanPredicate.Operator;

import org.apache.calcite.rel.core.AsofJoin;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.SqlKind;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Lowers joins with the nearest row. The left side probes.
final class AsofLowering {
    private final Lowering lowering;
    private final AsofJoin join;
    private final int leftWidth;

    AsofLowering(Lowering lowering, AsofJoin join) {
        this.lowering = lowering;
        this.join = join;
        this.leftWidth = join.getLeft().getRowType().getFieldCount();
    }

    Lowered lower(Uses uses) {
        JoinCondition condition = JoinCondition.of(join.getCondition(), leftWidth, false);
        if (!condition.residual().isEmpty()) {
            throw new NeuralakeException(
                    ErrorCode.UNSUPPORTED,
                    "ASOF JOIN condition not supported: " + condition.residual().getFirst());
        }
        Match match = match();
        Uses leftUses = Uses.none().addAll(condition.leftKeys()).add(match.left);
        Uses rightUses = Uses.none().addAll(condition.rightKeys()).add(match.right);
        for (FieldPath path : uses.paths()) {
            if (path.column() < leftWidth) {
                leftUses.add(path);
            } else {
                rightUses.add(path.shift(-leftWidth));
            }
        }
        Lowered left = lowering.lower(join.getLeft(), leftUses).narrow(leftUses);
        Lowered right = lowering.lower(join.getRight(), rightUses).narrow(rightUses);
        return combine(condition, match, left, right);
    }

    /// The values compared; the right one counted from the right side's first column.
    private record Match(RexNode left, RexNode right, Operator operator) {}

    private Match match() {
        if (join.getMatchCondition() instanceof RexCall call && call.getOperands().size() == 2) {
            RexNode first = call.getOperands().get(0);
            RexNode second = call.getOperands().get(1);
            boolean inOrder =
                    io.neuralake.planner.rule.Expressions.columns(first).length() <= leftWidth;
            SqlKind kind = inOrder ? call.getKind() : call.getKind().reverse();
            return new Match(
                    inOrder ? first : second,
                    RexUtil.shift(inOrder ? second : first, -leftWidth),
                    operator(kind));
        }
        throw RexToRowExpression.unsupported(join.getMatchCondition().toString());
    }

    private static Operator operator(SqlKind kind) {
        return switch (kind) {
            case GREATER_THAN -> Operator.GREATER;
            case GREATER_THAN_OR_EQUAL -> Operator.GREATER_OR_EQUAL;
            case LESS_THAN -> Operator.LESS;
            case LESS_THAN_OR_EQUAL -> Operator.LESS_OR_EQUAL;
            default -> throw RexToRowExpression.unsupported("ASOF JOIN by " + kind.sql);
        };
    }

    private Lowered combine(JoinCondition condition, Match match, Lowered left, Lowered right) {
        List<RexNode> leftValues = new ArrayList<>(condition.leftKeys());
        leftValues.add(match.left);
        List<RexNode> rightValues = new ArrayList<>(condition.rightKeys());
        rightValues.add(match.right);
        List<RowExpression> leftKeys = RexToRowExpression.over(left).translate(leftValues);
        List<RowExpression> rightKeys = RexToRowExpression.over(right).translate(rightValues);
        for (int i = 0; i < leftKeys.size(); i++) {
            var common = Casts.common(leftKeys.get(i).type(), rightKeys.get(i).type());
            leftKeys.set(i, Casts.to(leftKeys.get(i), common));
            rightKeys.set(i, Casts.to(rightKeys.get(i), common));
        }
        KeyedPlan probe = KeyedPlan.of(left, leftKeys);
        KeyedPlan build = KeyedPlan.of(right, rightKeys);
        int last = leftKeys.size() - 1;
        boolean outer = join.getJoinType() == JoinRelType.LEFT_ASOF;
        PhysicalPlan plan =
                new PhysicalPlan.AsofJoin(
                        probe.plan(),
                        build.plan(),
                        outer ? JoinType.LEFT : JoinType.INNER,
                        probe.keys().subList(0, last),
                        build.keys().subList(0, last),
                        probe.keys().get(last),
                        build.keys().get(last),
                        match.operator,
                        lowering.rows(join));
        Map<FieldPath, Integer> positions = new LinkedHashMap<>(probe.layout().positions());
        int probeWidth = probe.plan().schema().size();
        build.layout()
                .positions()
                .forEach((path, at) -> positions.put(path.shift(leftWidth), at + probeWidth));
        return new Lowered(plan, new Layout(positions));
    }
}
