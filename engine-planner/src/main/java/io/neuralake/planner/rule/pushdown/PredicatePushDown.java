package io.neuralake.planner.rule.pushdown;

import io.neuralake.planner.cost.CardinalityEstimator;
import io.neuralake.planner.rel.LateralUnnest;
import io.neuralake.planner.rule.Conjuncts;
import io.neuralake.planner.rule.EmptyRelations;
import io.neuralake.planner.rule.Expressions;
import io.neuralake.planner.rule.join.JoinOrdering;
import io.neuralake.planner.rule.logical.KnownConditions;

import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.SetOp;
import org.apache.calcite.rel.core.Sort;
import org.apache.calcite.rel.core.Union;
import org.apache.calcite.rel.logical.LogicalJoin;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexOver;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.rex.RexVisitorImpl;
import org.apache.calcite.util.ImmutableBitSet;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/// Moves conditions towards the scans, through everything that they commute with, and orders the
/// joins that it meets. The result has exactly the columns of the input, nullability included.
public final class PredicatePushDown {
    private final KnownConditions known;
    private final JoinOrdering joins;

    /// Creates a pass.
    ///
    /// @param known decides conditions without columns
    public PredicatePushDown(CardinalityEstimator estimator, KnownConditions known) {
        this(estimator, known, true);
    }

    private PredicatePushDown(
            CardinalityEstimator estimator, KnownConditions known, boolean optimize) {
        this.known = known;
        this.joins = new JoinOrdering(estimator, known, optimize, this::push);
    }

    /// Creates a pass that keeps joins in the order of the text.
    public static PredicatePushDown inOrder(CardinalityEstimator estimator) {
        return new PredicatePushDown(estimator, KnownConditions.none(), false);
    }

    /// Rewrites a query.
    public RelNode apply(RelNode root) {
        return push(root, List.of());
    }

    /// Rewrites a relation under further conditions.
    private RelNode push(RelNode rel, List<RexNode> conjuncts) {
        return known.open(conjuncts, rel)
                .map(open -> pushOpen(rel, open))
                .filter(pushed -> !EmptyRelations.isEmpty(pushed))
                .orElseGet(() -> EmptyRelations.like(rel));
    }

    private RelNode pushOpen(RelNode rel, List<RexNode> conjuncts) {
        if (JoinOrdering.handles(rel)) {
            return joins.order(rel, conjuncts);
        }
        return switch (rel) {
            case Filter filter -> pushFilter(filter, conjuncts);
            case Project project -> pushProject(project, conjuncts);
            case Join join -> pushOuterJoin(join, conjuncts);
            case Aggregate aggregate -> pushAggregate(aggregate, conjuncts);
            case SetOp setOp -> pushSetOperation(setOp, conjuncts);
            case Sort sort -> pushSort(sort, conjuncts);
            case LateralUnnest unnest -> {
                int width = unnest.getInput().getRowType().getFieldCount();
                yield split(
                        unnest, conjuncts, c -> Expressions.columns(c).length() <= width, c -> c);
            }
            default -> {
                List<RelNode> inputs = new ArrayList<>();
                rel.getInputs().forEach(input -> inputs.add(push(input, List.of())));
                RelNode copy =
                        inputs.equals(rel.getInputs()) ? rel : rel.copy(rel.getTraitSet(), inputs);
                yield Expressions.filter(copy, conjuncts);
            }
        };
    }

    private RelNode pushSetOperation(SetOp setOp, List<RexNode> conjuncts) {
        List<RelNode> inputs = new ArrayList<>();
        for (RelNode input : setOp.getInputs()) {
            inputs.add(push(input, overInput(input, conjuncts)));
        }
        List<RelNode> filled =
                setOp instanceof Union
                        ? inputs.stream().filter(input -> !EmptyRelations.isEmpty(input)).toList()
                        : inputs;
        if (filled.size() == inputs.size() || filled.size() < 2 && !setOp.all) {
            return setOp.copy(setOp.getTraitSet(), inputs);
        }
        return switch (filled.size()) {
            case 0 -> EmptyRelations.like(setOp);
            case 1 -> like(setOp, filled.getFirst());
            default -> like(setOp, setOp.copy(setOp.getTraitSet(), filled));
        };
    }

    /// Gives a relation the types of another, of which it may lack the nullability.
    private static RelNode like(RelNode wanted, RelNode rel) {
        return cast(rel, Expressions.references(rel), wanted);
    }

    /// Types references anew for an input whose columns differ in nullability.
    private static List<RexNode> overInput(RelNode input, List<RexNode> conjuncts) {
        return Expressions.substitute(conjuncts, Expressions.references(input));
    }

    private RelNode pushFilter(Filter filter, List<RexNode> conjuncts) {
        Set<RexNode> all = new LinkedHashSet<>(Conjuncts.of(filter.getCondition(), filter));
        all.addAll(conjuncts);
        boolean fixed = all.stream().anyMatch(c -> !RexUtil.isDeterministic(c));
        if (fixed) {
            return Expressions.filter(push(filter.getInput(), List.of()), List.copyOf(all));
        }
        return push(filter.getInput(), List.copyOf(all));
    }

    /// Pushes some conjuncts into the only input and keeps the others above.
    private RelNode split(
            RelNode rel,
            List<RexNode> conjuncts,
            Predicate<RexNode> isPushed,
            java.util.function.UnaryOperator<RexNode> translate) {
        List<RexNode> down = new ArrayList<>();
        List<RexNode> up = new ArrayList<>();
        for (RexNode conjunct : conjuncts) {
            if (isPushed.test(conjunct)) {
                down.add(translate.apply(conjunct));
            } else {
                up.add(conjunct);
            }
        }
        RelNode input = push(rel.getInput(0), down);
        RelNode copy =
                input.equals(rel.getInput(0)) ? rel : rel.copy(rel.getTraitSet(), List.of(input));
        return Expressions.filter(copy, up);
    }

    private RelNode pushProject(Project project, List<RexNode> conjuncts) {
        ImmutableBitSet fixed = fixedColumns(project);
        return split(
                project,
                conjuncts,
                c -> !Expressions.columns(c).intersects(fixed),
                c -> Expressions.substitute(c, project.getProjects()));
    }

    /// Returns the columns on which conditions cannot go below: window functions, and with them all
    /// columns that are not keys of every partition; and what differs each time.
    private static ImmutableBitSet fixedColumns(Project project) {
        ImmutableBitSet.Builder fixed = ImmutableBitSet.builder();
        ImmutableBitSet keys = project.containsOver() ? partitionKeys(project) : null;
        for (int i = 0; i < project.getProjects().size(); i++) {
            RexNode column = project.getProjects().get(i);
            boolean pushed =
                    keys == null
                            ? RexUtil.isDeterministic(column)
                            : column instanceof RexInputRef reference
                                    && keys.get(reference.getIndex());
            if (!pushed) {
                fixed.set(i);
            }
        }
        return fixed.build();
    }

    private static ImmutableBitSet partitionKeys(Project project) {
        ImmutableBitSet[] keys = {
            ImmutableBitSet.range(project.getInput().getRowType().getFieldCount())
        };
        RexVisitorImpl<Void> visitor =
                new RexVisitorImpl<>(true) {
                    @Override
                    public Void visitOver(RexOver over) {
                        ImmutableBitSet.Builder own = ImmutableBitSet.builder();
                        for (RexNode key : over.getWindow().partitionKeys) {
                            if (key instanceof RexInputRef reference) {
                                own.set(reference.getIndex());
                            }
                        }
                        keys[0] = keys[0].intersect(own.build());
                        return super.visitOver(over);
                    }
                };
        project.getProjects().forEach(p -> p.accept(visitor));
        return keys[0];
    }

    private RelNode pushAggregate(Aggregate aggregate, List<RexNode> conjuncts) {
        ImmutableBitSet common = aggregate.getGroupSet();
        for (ImmutableBitSet set : aggregate.getGroupSets()) {
            common = common.intersect(set);
        }
        List<Integer> keys = aggregate.getGroupSet().asList();
        List<RexNode> columns = new ArrayList<>();
        ImmutableBitSet.Builder pushable = ImmutableBitSet.builder();
        for (int i = 0; i < keys.size(); i++) {
            columns.add(Expressions.reference(aggregate.getInput(), keys.get(i)));
            if (common.get(keys.get(i))) {
                pushable.set(i);
            }
        }
        ImmutableBitSet allowed = pushable.build();
        return split(
                aggregate,
                conjuncts,
                c -> {
                    ImmutableBitSet read = Expressions.columns(c);
                    return !read.isEmpty() && allowed.contains(read);
                },
                c -> Expressions.substitute(c, columns));
    }

    private RelNode pushSort(Sort sort, List<RexNode> conjuncts) {
        boolean limited = sort.fetch != null || sort.offset != null;
        return split(sort, conjuncts, c -> !limited, c -> c);
    }

    private RelNode pushOuterJoin(Join join, List<RexNode> conjuncts) {
        return switch (join.getJoinType()) {
            case RIGHT -> push(flipped(join, JoinRelType.LEFT), conjuncts);
            case FULL -> pushFullJoin(join, conjuncts);
            default -> {
                RelNode left = push(join.getLeft(), List.of());
                RelNode right = push(join.getRight(), List.of());
                yield Expressions.filter(
                        join.copy(join.getTraitSet(), List.of(left, right)), conjuncts);
            }
        };
    }

    /// Narrows a full join whose null rows of one side or both the conditions reject.
    private RelNode pushFullJoin(Join join, List<RexNode> conjuncts) {
        int leftWidth = join.getLeft().getRowType().getFieldCount();
        ImmutableBitSet left = ImmutableBitSet.range(leftWidth);
        ImmutableBitSet right = ImmutableBitSet.range(leftWidth, join.getRowType().getFieldCount());
        boolean noNullLeft = conjuncts.stream().anyMatch(c -> known.rejectsNulls(c, left, join));
        boolean noNullRight = conjuncts.stream().anyMatch(c -> known.rejectsNulls(c, right, join));
        if (noNullLeft || noNullRight) {
            JoinRelType type = noNullLeft ? JoinRelType.LEFT : JoinRelType.RIGHT;
            RelNode narrowed = retyped(join, noNullLeft && noNullRight ? JoinRelType.INNER : type);
            return push(narrowed, conjuncts);
        }
        RelNode copy =
                join.copy(
                        join.getTraitSet(),
                        List.of(push(join.getLeft(), List.of()), push(join.getRight(), List.of())));
        return Expressions.filter(copy, conjuncts);
    }

    private static RelNode retyped(Join join, JoinRelType type) {
        RelNode other =
                LogicalJoin.create(
                        join.getLeft(),
                        join.getRight(),
                        List.of(),
                        join.getCondition(),
                        Set.of(),
                        type);
        return cast(other, Expressions.references(other), join);
    }

    /// Swaps the sides of a join.
    private static RelNode flipped(Join join, JoinRelType type) {
        RexBuilder rexBuilder = join.getCluster().getRexBuilder();
        int leftWidth = join.getLeft().getRowType().getFieldCount();
        int rightWidth = join.getRight().getRowType().getFieldCount();
        List<RexNode> moved = new ArrayList<>();
        for (RexNode column : Expressions.references(join.getLeft())) {
            moved.add(RexUtil.shift(column, rightWidth));
        }
        moved.addAll(Expressions.references(join.getRight()));
        RelNode other =
                LogicalJoin.create(
                        join.getRight(),
                        join.getLeft(),
                        List.of(),
                        Expressions.substitute(join.getCondition(), moved),
                        Set.of(),
                        type);
        List<RexNode> order = new ArrayList<>();
        for (int i = 0; i < leftWidth; i++) {
            order.add(rexBuilder.makeInputRef(other, rightWidth + i));
        }
        order.addAll(Expressions.references(other, 0, rightWidth));
        return cast(other, order, join);
    }

    private static RelNode cast(RelNode rel, List<RexNode> columns, RelNode like) {
        List<RexNode> result = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            result.add(Expressions.ensureType(like, i, columns.get(i)));
        }
        return Expressions.project(rel, result, like);
    }
}
