package io.neuralake.planner.rule.pushdown;

import io.neuralake.planner.rule.Expressions;

import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.logical.LogicalJoin;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.util.ImmutableBitSet;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.ObjDoubleConsumer;

/// Joins, filters and projections on the way from a relation down to one of those that it is made of,
/// the bottom. All their expressions are over the columns of the bottom, numbered from 0, and those of
/// the other sides of the joins behind them. Every row of the bottom takes part in results as often
/// as each other row that has the same values in [#bottomColumns].
final class JoinSpine {
    /// A step down.
    ///
    /// @param input which input of the node is nearer to the bottom
    record Step(RelNode node, int input) {}

    private final RelNode bottom;
    private final int bottomWidth;
    private final List<Level> levels = new ArrayList<>();
    private List<RexNode> columns;
    private int width;

    /// A join or a filter, from the bottom up.
    private sealed interface Level {
        RexNode condition();
    }

    private record FilterLevel(RexNode condition) implements Level {}

    /// @param offset where the columns of the other side begin
    private record JoinLevel(Join join, RelNode other, int offset, RexNode condition)
            implements Level {}

    /// Follows steps, given from the top, to a relation at their end.
    JoinSpine(List<Step> steps, RelNode bottom) {
        this.bottom = bottom;
        this.bottomWidth = bottom.getRowType().getFieldCount();
        this.width = bottomWidth;
        this.columns = Expressions.references(bottom);
        for (Step step : steps.reversed()) {
            switch (step.node) {
                case Project project ->
                        columns = Expressions.substitute(project.getProjects(), columns);
                case Filter filter ->
                        levels.add(
                                new FilterLevel(
                                        Expressions.substitute(filter.getCondition(), columns)));
                case Join join -> add(join, step.input);
                default -> throw new IllegalStateException("Not on the way: " + step.node);
            }
        }
    }

    /// Tells whether a way leads through a relation.
    static boolean leadsThrough(RelNode rel) {
        return switch (rel) {
            case Project project ->
                    !project.containsOver()
                            && project.getProjects().stream().allMatch(RexUtil::isDeterministic);
            case Filter filter -> RexUtil.isDeterministic(filter.getCondition());
            case Join join ->
                    RexUtil.isDeterministic(join.getCondition())
                            && switch (join.getJoinType()) {
                                case INNER, LEFT, SEMI, ANTI -> true;
                                case RIGHT, FULL, ASOF, LEFT_ASOF, LEFT_MARK -> false;
                            };
            default -> false;
        };
    }

    private void add(Join join, int input) {
        RelNode other = join.getInput(1 - input);
        RelDataTypeFactory types = join.getCluster().getTypeFactory();
        List<RexNode> own = new ArrayList<>();
        List<RexNode> joined = new ArrayList<>();
        for (RexNode reference : Expressions.references(other)) {
            RelDataType type = reference.getType();
            int index = width + own.size();
            own.add(new RexInputRef(index, type));
            boolean nullable = join.getJoinType() == JoinRelType.LEFT;
            joined.add(
                    new RexInputRef(
                            index, nullable ? types.createTypeWithNullability(type, true) : type));
        }
        RexNode condition =
                Expressions.substitute(
                        join.getCondition(),
                        input == 0 ? concat(columns, own) : concat(own, columns));
        levels.add(new JoinLevel(join, other, width, condition));
        if (join.getJoinType().projectsRight()) {
            columns = input == 0 ? concat(columns, joined) : concat(joined, columns);
        }
        width += own.size();
    }

    private static List<RexNode> concat(List<RexNode> left, List<RexNode> right) {
        List<RexNode> result = new ArrayList<>(left);
        result.addAll(right);
        return result;
    }

    RelNode bottom() {
        return bottom;
    }

    /// Returns the columns of the relation at the top.
    List<RexNode> columns() {
        return columns;
    }

    /// Tells whether an expression reads no columns but the bottom's.
    boolean isOfBottom(RexNode expression) {
        return Expressions.columns(expression).length() <= bottomWidth;
    }

    /// Returns the columns of the bottom that expressions and the conditions on the way read.
    ImmutableBitSet bottomColumns(List<RexNode> expressions) {
        ImmutableBitSet.Builder read = ImmutableBitSet.builder();
        expressions.forEach(e -> read.addAll(Expressions.columns(e)));
        levels.forEach(level -> read.addAll(Expressions.columns(level.condition())));
        return read.build().intersect(ImmutableBitSet.range(bottomWidth));
    }

    /// Returns the joins from the bottom up.
    List<Join> joins() {
        List<Join> joins = new ArrayList<>();
        for (Level level : levels) {
            if (level instanceof JoinLevel known) {
                joins.add(known.join);
            }
        }
        return joins;
    }

    /// A relation in the place of the one at the top, and where the columns are in it.
    ///
    /// @param positions one a column of the bottom and the other sides; -1 for none
    record Rebuilt(RelNode rel, int[] positions) {
        /// Puts an expression over the relation.
        RexNode over(RexNode expression) {
            return Expressions.remap(expression, positions, rel);
        }
    }

    /// Does the same joins and filters over another bottom, which is to stay at the front.
    ///
    /// @param newBottom has the kept columns first, in their order
    /// @param kept columns of the bottom
    /// @param share how many times fewer rows the new one has
    /// @param rows takes the estimates of joins
    Rebuilt over(RelNode newBottom, ImmutableBitSet kept, double share, Estimates rows) {
        int[] positions = new int[width];
        Arrays.fill(positions, -1);
        int next = 0;
        for (int column : kept) {
            positions[column] = next++;
        }
        RelNode current = newBottom;
        for (Level level : levels) {
            current =
                    switch (level) {
                        case FilterLevel filter ->
                                Expressions.filter(
                                        current,
                                        List.of(
                                                Expressions.remap(
                                                        filter.condition, positions, current)));
                        case JoinLevel join -> join(join, current, positions, share, rows);
                    };
        }
        return new Rebuilt(current, positions);
    }

    /// Reads and writes estimated rows.
    interface Estimates extends ObjDoubleConsumer<RelNode> {
        double of(RelNode rel);
    }

    private static RelNode join(
            JoinLevel level, RelNode left, int[] positions, double share, Estimates rows) {
        int leftWidth = left.getRowType().getFieldCount();
        int otherWidth = level.other.getRowType().getFieldCount();
        for (int i = 0; i < otherWidth; i++) {
            positions[level.offset + i] = leftWidth + i;
        }
        RexNode condition =
                level.condition.accept(
                        new RexShuttle() {
                            @Override
                            public RexNode visitInputRef(RexInputRef reference) {
                                int position = positions[reference.getIndex()];
                                return position < leftWidth
                                        ? Expressions.reference(left, position)
                                        : new RexInputRef(position, reference.getType());
                            }
                        });
        RelNode joined =
                LogicalJoin.create(
                        left,
                        level.other,
                        List.of(),
                        Expressions.conjunction(left, RelOptUtil.conjunctions(condition)),
                        Set.of(),
                        level.join.getJoinType());
        if (!level.join.getJoinType().projectsRight()) {
            Arrays.fill(positions, level.offset, level.offset + otherWidth, -1);
        }
        rows.accept(joined, Math.max(1, rows.of(level.join) * share));
        return joined;
    }
}
