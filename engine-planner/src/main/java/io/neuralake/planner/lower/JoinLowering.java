package io.neuralake.planner.lower;

import io.neuralake.exec.expression.RowExpression;
import io.neuralake.exec.expression.RowExpression.And;
import io.neuralake.exec.expression.RowExpression.InputRef;
import io.neuralake.exec.expression.RowExpression.Literal;
import io.neuralake.exec.plan.PhysicalPlan;
import io.neuralake.exec.plan.PhysicalPlan.JoinType;
import io.neuralake.planner.rel.SubQueryJoin;
import io.neuralake.planner.rule.Expressions;

import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rex.RexNode;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Lowers joins: equalities of the two sides become hash keys, the rest a residual condition; without
/// equalities it is a nested loop. The side with fewer rows is built where the type of join lets it.
final class JoinLowering {
    /// How much smaller the left side must be for semi, anti and left joins to build it: these then
    /// hold back their result until the other side has ended.
    private static final double BUILD_LEFT_SHARE = 0.5;

    private final Lowering lowering;
    private final RelNode join;
    private final RelNode leftRel;
    private final RelNode rightRel;
    private final JoinType type;
    private final int leftWidth;
    private final JoinCondition condition;

    JoinLowering(Lowering lowering, Join join) {
        this(lowering, join, join.getLeft(), join.getRight(), join.getCondition(), type(join));
    }

    JoinLowering(Lowering lowering, SubQueryJoin join) {
        this(lowering, join, join.getLeft(), join.getRight(), join.condition(), join.type());
    }

    private JoinLowering(
            Lowering lowering,
            RelNode join,
            RelNode left,
            RelNode right,
            RexNode condition,
            JoinType type) {
        this.lowering = lowering;
        this.join = join;
        this.leftRel = left;
        this.rightRel = right;
        this.type = type;
        this.leftWidth = left.getRowType().getFieldCount();
        this.condition = JoinCondition.of(condition, leftWidth, isNullAware(type));
    }

    private static JoinType type(Join join) {
        return switch (join.getJoinType()) {
            case INNER, ASOF -> JoinType.INNER;
            case LEFT, LEFT_ASOF -> JoinType.LEFT;
            case RIGHT -> JoinType.RIGHT;
            case FULL -> JoinType.FULL;
            case SEMI -> JoinType.SEMI;
            case ANTI -> JoinType.ANTI;
            case LEFT_MARK -> throw RexToRowExpression.unsupported("mark join of Calcite");
        };
    }

    private static boolean isNullAware(JoinType type) {
        return type == JoinType.ANTI_NULL_AWARE || type == JoinType.MARK_NULL_AWARE;
    }

    Lowered lower(Uses uses) {
        Uses leftUses = Uses.none();
        Uses rightUses = Uses.none();
        int rightWidth = rightRel.getRowType().getFieldCount();
        for (FieldPath path : uses.paths()) {
            if (path.column() < leftWidth) {
                leftUses.add(path);
            } else if (path.column() < leftWidth + rightWidth && type.hasBuildColumns()) {
                rightUses.add(path.shift(-leftWidth));
            }
        }
        Uses residual = Uses.none().addAll(condition.residual());
        for (FieldPath path : residual.paths()) {
            if (path.column() < leftWidth) {
                leftUses.add(path);
            } else {
                rightUses.add(path.shift(-leftWidth));
            }
        }
        leftUses.addAll(condition.leftKeys());
        rightUses.addAll(condition.rightKeys());
        Lowered left = lowering.lower(leftRel, leftUses);
        Lowered right = lowering.lower(rightRel, rightUses).narrow(rightUses);
        return build(left, right, uses);
    }

    private Lowered build(Lowered left, Lowered right, Uses uses) {
        List<RowExpression> leftKeys =
                RexToRowExpression.over(left).translate(condition.leftKeys());
        List<RowExpression> rightKeys =
                RexToRowExpression.over(right).translate(condition.rightKeys());
        for (int i = 0; i < leftKeys.size(); i++) {
            var common = Casts.common(leftKeys.get(i).type(), rightKeys.get(i).type());
            leftKeys.set(i, Casts.to(leftKeys.get(i), common));
            rightKeys.set(i, Casts.to(rightKeys.get(i), common));
        }
        KeyedPlan keyedLeft = KeyedPlan.of(left, leftKeys);
        KeyedPlan keyedRight = KeyedPlan.of(right, rightKeys);
        return swapped()
                ? combine(keyedRight, keyedLeft, swap(type), true, uses)
                : combine(keyedLeft, keyedRight, type, false, uses);
    }

    private boolean swapped() {
        double left = lowering.rows(leftRel);
        double right = lowering.rows(rightRel);
        return switch (type) {
            case INNER, FULL -> left < right;
            case LEFT -> left < right * BUILD_LEFT_SHARE;
            case RIGHT -> left <= right / BUILD_LEFT_SHARE;
            case SEMI, ANTI -> left < right * BUILD_LEFT_SHARE && !condition.leftKeys().isEmpty();
            default -> false;
        };
    }

    private static JoinType swap(JoinType type) {
        return switch (type) {
            case LEFT -> JoinType.RIGHT;
            case RIGHT -> JoinType.LEFT;
            case SEMI -> JoinType.BUILD_SEMI;
            case ANTI -> JoinType.BUILD_ANTI;
            case INNER, FULL -> type;
            default -> throw new IllegalStateException("Sides cannot be swapped: " + type);
        };
    }

    private Lowered combine(
            KeyedPlan probe, KeyedPlan build, JoinType joinType, boolean flipped, Uses uses) {
        int probeWidth = probe.plan().schema().size();
        KeyedPlan left = flipped ? build : probe;
        KeyedPlan right = flipped ? probe : build;
        int leftShift = flipped ? probeWidth : 0;
        int rightShift = flipped ? 0 : probeWidth;
        RowExpression residual = residual(left, right, leftShift, rightShift);
        Map<FieldPath, Integer> positions = new LinkedHashMap<>();
        List<Integer> output = new ArrayList<>();
        int probeColumns = joinType.hasProbeColumns() ? probeWidth : 0;
        for (FieldPath path : uses.paths()) {
            int combined;
            if (path.column() < leftWidth) {
                combined = locate(left, path, flipped ? probeColumns : 0);
            } else if (type.hasBuildColumns()) {
                combined = locate(right, path.shift(-leftWidth), flipped ? 0 : probeColumns);
            } else {
                combined = probeWidth;
            }
            if (combined >= 0) {
                positions.put(path, output.size());
                output.add(combined);
            }
        }
        addCovering(left, right, flipped, probeColumns, uses, positions, output);
        return new Lowered(plan(probe, build, joinType, residual, output), new Layout(positions));
    }

    private static int locate(KeyedPlan side, FieldPath path, int shift) {
        return side.layout().has(path) ? side.layout().position(path) + shift : -1;
    }

    /// Adds columns that hold more than was asked for: a whole struct of which a member is used.
    private void addCovering(
            KeyedPlan left,
            KeyedPlan right,
            boolean flipped,
            int probeColumns,
            Uses uses,
            Map<FieldPath, Integer> positions,
            List<Integer> output) {
        for (FieldPath path : uses.paths()) {
            boolean isLeft = path.column() < leftWidth;
            if (positions.containsKey(path) || !isLeft && !type.hasBuildColumns()) {
                continue;
            }
            KeyedPlan side = isLeft ? left : right;
            int columnShift = isLeft ? 0 : leftWidth;
            int shift = isLeft == flipped ? probeColumns : 0;
            for (Map.Entry<FieldPath, Integer> entry : side.layout().positions().entrySet()) {
                FieldPath whole = entry.getKey().shift(columnShift);
                if (whole.covers(path) && !positions.containsKey(whole)) {
                    positions.put(whole, output.size());
                    output.add(entry.getValue() + shift);
                }
            }
        }
    }

    private RowExpression residual(KeyedPlan left, KeyedPlan right, int leftShift, int rightShift) {
        if (condition.residual().isEmpty()) {
            return Literal.TRUE;
        }
        RexToRowExpression translator =
                new RexToRowExpression(
                        path ->
                                path.column() < leftWidth
                                        ? shift(left.lowered().read(path), leftShift)
                                        : shift(
                                                right.lowered().read(path.shift(-leftWidth)),
                                                rightShift));
        List<RowExpression> parts = translator.translate(condition.residual());
        return parts.size() == 1 ? parts.getFirst() : new And(parts);
    }

    private static RowExpression shift(RowExpression column, int by) {
        return switch (column) {
            case InputRef reference -> new InputRef(reference.column() + by, reference.type());
            case RowExpression.Member member ->
                    new RowExpression.Member(
                            shift(member.struct(), by), member.index(), member.type());
            default -> throw new IllegalStateException("Not a column: " + column);
        };
    }

    private PhysicalPlan plan(
            KeyedPlan probe,
            KeyedPlan build,
            JoinType joinType,
            RowExpression residual,
            List<Integer> output) {
        double rows = lowering.rows(join);
        if (probe.keys().isEmpty()) {
            return new PhysicalPlan.NestedLoopJoin(
                    probe.plan(), build.plan(), joinType, residual, output, rows);
        }
        return new PhysicalPlan.HashJoin(
                probe.plan(),
                build.plan(),
                joinType,
                probe.keys(),
                build.keys(),
                condition.nullsEqual(),
                residual,
                output,
                List.of(),
                rows);
    }

    /// A join's condition, split.
    ///
    /// @param leftKeys expressions over the left side
    /// @param rightKeys expressions over the right side, counted from its first column
    record JoinCondition(
            List<RexNode> leftKeys,
            List<RexNode> rightKeys,
            List<Boolean> nullsEqual,
            List<RexNode> residual) {
        static JoinCondition of(RexNode condition, int leftWidth, boolean nullAware) {
            List<RexNode> leftKeys = new ArrayList<>();
            List<RexNode> rightKeys = new ArrayList<>();
            List<Boolean> nullsEqual = new ArrayList<>();
            List<RexNode> residual = new ArrayList<>();
            for (RexNode conjunct : RelOptUtil.conjunctions(condition)) {
                EquiPair pair = EquiPair.of(conjunct, leftWidth, nullAware);
                if (pair == null) {
                    residual.add(conjunct);
                } else {
                    leftKeys.add(pair.left());
                    rightKeys.add(org.apache.calcite.rex.RexUtil.shift(pair.right(), -leftWidth));
                    nullsEqual.add(pair.nullsEqual());
                }
            }
            return new JoinCondition(leftKeys, rightKeys, nullsEqual, residual);
        }
    }

    /// An equality of expressions over one side each.
    private record EquiPair(RexNode left, RexNode right, boolean nullsEqual) {
        static @org.jspecify.annotations.Nullable EquiPair of(
                RexNode conjunct, int leftWidth, boolean constants) {
            boolean distinct =
                    conjunct.getKind() == org.apache.calcite.sql.SqlKind.IS_NOT_DISTINCT_FROM;
            if (!distinct && conjunct.getKind() != org.apache.calcite.sql.SqlKind.EQUALS) {
                return null;
            }
            var operands = ((org.apache.calcite.rex.RexCall) conjunct).getOperands();
            RexNode a = operands.get(0);
            RexNode b = operands.get(1);
            if (isLeft(a, leftWidth, constants) && isRight(b, leftWidth)) {
                return new EquiPair(a, b, distinct);
            }
            return isLeft(b, leftWidth, constants) && isRight(a, leftWidth)
                    ? new EquiPair(b, a, distinct)
                    : null;
        }

        private static boolean isLeft(RexNode expression, int leftWidth, boolean constants) {
            var read = Expressions.columns(expression);
            return read.isEmpty() ? constants : read.length() <= leftWidth;
        }

        private static boolean isRight(RexNode expression, int leftWidth) {
            var read = Expressions.columns(expression);
            return !read.isEmpty() && read.nextSetBit(0) >= leftWidth;
        }
    }
}
