package io.neuralake.planner.rule.join;

import io.neuralake.exec.plan.PhysicalPlan.JoinType;
import io.neuralake.planner.rel.SubQueryJoin;
import io.neuralake.planner.rule.Conjuncts;
import io.neuralake.planner.rule.Expressions;
import io.neuralake.planner.rule.logical.KnownConditions;

import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.util.ImmutableBitSet;

import java.util.ArrayList;
import java.util.List;

/// Takes a tree of joins, filters and projections apart into factors and conditions. Left joins whose
/// null rows some condition above rejects become inner joins on the way.
final class JoinFlattening {
    private static final int MAX_FACTORS = 60;

    private final List<JoinFactor> factors = new ArrayList<>();
    private final List<RexNode> predicates = new ArrayList<>();
    private final KnownConditions known;
    private int width;

    JoinFlattening(KnownConditions known) {
        this.known = known;
    }

    List<JoinFactor> factors() {
        return factors;
    }

    /// Returns conjuncts over the graph's columns.
    List<RexNode> predicates() {
        return predicates;
    }

    /// Tells whether a relation is the root of joins to be ordered.
    static boolean isJoin(RelNode rel) {
        return rel instanceof SubQueryJoin
                || rel instanceof Join join
                        && switch (join.getJoinType()) {
                            case INNER, LEFT, SEMI, ANTI -> true;
                            case RIGHT, FULL, ASOF, LEFT_ASOF, LEFT_MARK -> false;
                        };
    }

    /// Takes a relation apart.
    ///
    /// @param above conjuncts that will hold, over the relation's columns
    /// @return the relation's columns over the graph's columns
    List<RexNode> flatten(RelNode rel, List<RexNode> above) {
        return switch (rel) {
            case Filter filter when isDeterministic(List.of(filter.getCondition())) ->
                    filter(filter, above);
            case Project project
                    when !project.containsOver()
                            && isDeterministic(project.getProjects())
                            && leadsToJoin(project.getInput()) ->
                    Expressions.substitute(
                            project.getProjects(),
                            flatten(project.getInput(), below(above, project)));
            case Join join when isJoin(join) && factors.size() < MAX_FACTORS -> join(join, above);
            case SubQueryJoin join when factors.size() < MAX_FACTORS -> {
                List<RexNode> left = flatten(join.getLeft(), above);
                yield satellite(join, left, join.getRight(), join.condition(), join.type());
            }
            default -> factor(rel);
        };
    }

    private static boolean isDeterministic(List<RexNode> expressions) {
        return expressions.stream().allMatch(RexUtil::isDeterministic);
    }

    private static boolean leadsToJoin(RelNode rel) {
        return switch (rel) {
            case Filter filter -> leadsToJoin(filter.getInput());
            case Project project -> leadsToJoin(project.getInput());
            default -> isJoin(rel);
        };
    }

    private List<RexNode> filter(Filter filter, List<RexNode> above) {
        List<RexNode> conjuncts = Conjuncts.of(filter.getCondition(), filter);
        List<RexNode> all = new ArrayList<>(above);
        all.addAll(conjuncts);
        List<RexNode> columns = flatten(filter.getInput(), all);
        predicates.addAll(Expressions.substitute(conjuncts, columns));
        return columns;
    }

    private List<RexNode> join(Join join, List<RexNode> above) {
        return switch (join.getJoinType()) {
            case INNER -> inner(join, above);
            case LEFT -> left(join, above);
            default -> {
                boolean semi = join.getJoinType() == JoinRelType.SEMI;
                List<RexNode> known = new ArrayList<>(above);
                if (semi) {
                    known.addAll(RelOptUtil.conjunctions(join.getCondition()));
                }
                yield satellite(
                        join,
                        flatten(join.getLeft(), known),
                        join.getRight(),
                        join.getCondition(),
                        semi ? JoinType.SEMI : JoinType.ANTI);
            }
        };
    }

    private List<RexNode> left(Join join, List<RexNode> above) {
        int leftWidth = join.getLeft().getRowType().getFieldCount();
        ImmutableBitSet right = ImmutableBitSet.range(leftWidth, join.getRowType().getFieldCount());
        if (above.stream().anyMatch(c -> known.rejectsNulls(c, right, join))) {
            return inner(join, above);
        }
        boolean unmatched = above.stream().anyMatch(c -> rejectsMatches(c, join, right));
        List<RexNode> columns =
                satellite(
                        join,
                        flatten(join.getLeft(), above),
                        join.getRight(),
                        join.getCondition(),
                        unmatched ? JoinType.ANTI : JoinType.LEFT);
        if (unmatched) {
            for (RexNode column : Expressions.references(join, leftWidth, right.length())) {
                columns.add(join.getCluster().getRexBuilder().makeNullLiteral(column.getType()));
            }
        }
        return columns;
    }

    /// Tells whether a condition holds for no row with a match: it is a null test of a column on the
    /// right that the join itself does not let be null.
    private boolean rejectsMatches(RexNode condition, Join join, ImmutableBitSet right) {
        if (condition.getKind() != SqlKind.IS_NULL) {
            return false;
        }
        int column = Expressions.plainColumn(((RexCall) condition).getOperands().getFirst());
        return column >= 0
                && right.get(column)
                && known.decides()
                && known.rejectsNulls(join.getCondition(), ImmutableBitSet.of(column), join);
    }

    private List<RexNode> inner(Join join, List<RexNode> above) {
        int leftWidth = join.getLeft().getRowType().getFieldCount();
        List<RexNode> conjuncts = Conjuncts.of(join.getCondition(), join);
        List<RexNode> known = new ArrayList<>(above);
        known.addAll(conjuncts);
        List<RexNode> columns = new ArrayList<>(flatten(join.getLeft(), known));
        List<RexNode> forRight = new ArrayList<>();
        int rightWidth = join.getRight().getRowType().getFieldCount();
        known.forEach(c -> forRight.add(overRight(c, leftWidth, rightWidth)));
        columns.addAll(flatten(join.getRight(), forRight));
        predicates.addAll(Expressions.substitute(conjuncts, columns));
        return columns;
    }

    /// Moves references to the right side to where they are in it, and others behind its columns.
    private static RexNode overRight(RexNode condition, int leftWidth, int rightWidth) {
        return condition.accept(
                new RexShuttle() {
                    @Override
                    public RexNode visitInputRef(RexInputRef reference) {
                        int index = reference.getIndex();
                        int moved = index < leftWidth ? index + rightWidth : index - leftWidth;
                        boolean behind = index >= leftWidth + rightWidth;
                        return new RexInputRef(behind ? index : moved, reference.getType());
                    }
                });
    }

    /// Translates conditions over a projection into ones over its input. References behind the
    /// projection's columns, to other relations, stay behind the input's.
    private static List<RexNode> below(List<RexNode> conditions, Project project) {
        int width = project.getProjects().size();
        int inputWidth = project.getInput().getRowType().getFieldCount();
        List<RexNode> result = new ArrayList<>();
        for (RexNode condition : conditions) {
            result.add(
                    condition.accept(
                            new RexShuttle() {
                                @Override
                                public RexNode visitInputRef(RexInputRef reference) {
                                    int index = reference.getIndex();
                                    return index < width
                                            ? project.getProjects().get(index)
                                            : new RexInputRef(
                                                    index + inputWidth, reference.getType());
                                }
                            }));
        }
        return result;
    }

    private List<RexNode> satellite(
            RelNode join, List<RexNode> left, RelNode right, RexNode condition, JoinType type) {
        JoinFactor factor = add(right, type);
        RelDataTypeFactory types = join.getCluster().getTypeFactory();
        List<RexNode> both = new ArrayList<>(left);
        List<RexNode> result = new ArrayList<>(left);
        for (int i = 0; i < factor.width(); i++) {
            RelDataType own = right.getRowType().getFieldList().get(i).getType();
            both.add(new RexInputRef(factor.offset() + i, own));
            if (factor.addsColumns()) {
                result.add(
                        new RexInputRef(
                                factor.offset() + i, types.createTypeWithNullability(own, true)));
            }
        }
        if (factor.hasMark()) {
            RexNode mark = Expressions.reference(join, join.getRowType().getFieldCount() - 1);
            result.add(new RexInputRef(factor.offset() + factor.width(), mark.getType()));
        }
        factor.setCondition(Expressions.substitute(condition, both));
        return result;
    }

    private List<RexNode> factor(RelNode rel) {
        JoinFactor factor = add(rel, JoinType.INNER);
        List<RexNode> columns = new ArrayList<>();
        for (RexNode column : Expressions.references(rel)) {
            columns.add(RexUtil.shift(column, factor.offset()));
        }
        return columns;
    }

    private JoinFactor add(RelNode rel, JoinType type) {
        JoinFactor factor = new JoinFactor(rel, factors.size(), width, type);
        factors.add(factor);
        width += factor.columns();
        return factor;
    }
}
