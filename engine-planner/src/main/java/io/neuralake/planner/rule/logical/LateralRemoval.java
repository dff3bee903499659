package io.neuralake.planner.rule.logical;

import io.neuralake.planner.rel.LateralUnnest;
import io.neuralake.planner.rule.Expressions;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.apache.calcite.plan.Strong;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Correlate;
import org.apache.calcite.rel.core.CorrelationId;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.Uncollect;
import org.apache.calcite.rel.core.Values;
import org.apache.calcite.rel.logical.LogicalJoin;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexFieldAccess;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.util.ImmutableBitSet;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Replaces one correlated join (LATERAL, UNNEST of a column). A right side that only computes on the
/// left row, perhaps unnesting lists, is computed in place; other ones are unnested as sub-queries.
final class LateralRemoval {
    private final Correlate correlate;
    private final RexBuilder rexBuilder;
    private final Set<CorrelationId> ids;

    LateralRemoval(Correlate correlate) {
        this.correlate = correlate;
        this.rexBuilder = correlate.getCluster().getRexBuilder();
        this.ids = Set.of(correlate.getCorrelationId());
    }

    RelNode apply() {
        return inPlace(correlate.getRight()).map(this::finished).orElseGet(this::joined);
    }

    /// Left rows with a right side computed so far.
    ///
    /// @param columns the right side's columns over `rel`
    private record Computed(RelNode rel, List<RexNode> columns) {}

    private Optional<Computed> inPlace(RelNode rel) {
        boolean outer = correlate.getJoinType() == JoinRelType.LEFT;
        if (!outer && correlate.getJoinType() != JoinRelType.INNER) {
            return Optional.empty();
        }
        return switch (rel) {
            case Values values when values.getTuples().size() == 1 ->
                    Optional.of(
                            new Computed(
                                    correlate.getLeft(),
                                    List.copyOf(values.getTuples().getFirst())));
            case Project project when !project.containsOver() && !outerPast(project, outer) ->
                    inPlace(project.getInput()).map(c -> project(c, project));
            case Filter filter when !outer ->
                    inPlace(filter.getInput()).map(c -> filter(c, filter));
            case LateralUnnest unnest ->
                    inPlace(unnest.getInput()).map(c -> unnest(c, unnest, outer));
            default -> Optional.empty();
        };
    }

    /// Tells whether the projection computes over an unnest which gives nulls for a left join: what
    /// it computes might not be null then.
    private static boolean outerPast(Project project, boolean outer) {
        return outer
                && project.getInput() instanceof LateralUnnest
                && !project.getProjects().stream().allMatch(LateralRemoval::isNullForNulls);
    }

    private static boolean isNullForNulls(RexNode expression) {
        ImmutableBitSet read = Expressions.columns(expression);
        return !read.isEmpty()
                && (expression instanceof RexFieldAccess || Strong.isNull(expression, read));
    }

    private Computed project(Computed computed, Project project) {
        List<RexNode> columns = new ArrayList<>();
        for (RexNode column : project.getProjects()) {
            columns.add(bind(Expressions.substitute(column, computed.columns)));
        }
        return new Computed(computed.rel, columns);
    }

    private Computed filter(Computed computed, Filter filter) {
        RexNode condition = bind(Expressions.substitute(filter.getCondition(), computed.columns));
        return new Computed(Expressions.filter(computed.rel, List.of(condition)), computed.columns);
    }

    private RexNode bind(RexNode expression) {
        return Expressions.bind(expression, ids, Expressions.references(correlate.getLeft()), 0);
    }

    private Computed unnest(Computed computed, LateralUnnest unnest, boolean outer) {
        int width = computed.rel.getRowType().getFieldCount();
        List<RexNode> columns = new ArrayList<>(Expressions.references(computed.rel));
        columns.addAll(computed.columns);
        RelNode input =
                Expressions.project(
                        computed.rel, columns, computed.rel.getRowType().getFieldNames());
        RelNode unnested =
                LateralUnnest.create(
                        input,
                        unnest.lists().stream().map(list -> list + width).toList(),
                        unnest.ordinality(),
                        outer || unnest.outer());
        return new Computed(
                unnested,
                Expressions.references(unnested, width, unnested.getRowType().getFieldCount()));
    }

    private RelNode finished(Computed computed) {
        List<RexNode> columns =
                new ArrayList<>(Expressions.references(computed.rel, 0, leftWidth()));
        columns.addAll(computed.columns);
        return typed(computed.rel, columns);
    }

    private int leftWidth() {
        return correlate.getLeft().getRowType().getFieldCount();
    }

    private RelNode typed(RelNode rel, List<RexNode> columns) {
        List<RexNode> result = new ArrayList<>();
        for (int i = 0; i < correlate.getRowType().getFieldCount(); i++) {
            result.add(Expressions.ensureType(correlate, i, columns.get(i)));
        }
        return Expressions.project(rel, result, correlate);
    }

    private RelNode joined() {
        RelNode right = correlate.getRight();
        RelNode left = correlate.getLeft();
        Pulled pulled =
                new CorrelationPull(ids, rexBuilder).pull(right).orElseGet(() -> general(right));
        boolean plain = pulled.columns().stream().allMatch(RexInputRef.class::isInstance);
        if (correlate.getJoinType() != JoinRelType.INNER && !plain) {
            pulled = general(right);
        }
        int width = leftWidth();
        List<RexNode> outer = Expressions.references(left);
        List<RexNode> conditions = new ArrayList<>();
        for (RexNode condition : pulled.conditions()) {
            conditions.add(Expressions.bind(condition, ids, outer, width));
        }
        RelNode joined =
                LogicalJoin.create(
                        left,
                        pulled.rel(),
                        List.of(),
                        Expressions.conjunction(left, conditions),
                        Set.of(),
                        correlate.getJoinType());
        if (!correlate.getJoinType().projectsRight()) {
            return joined;
        }
        List<RexNode> columns = new ArrayList<>(Expressions.references(joined, 0, width));
        for (RexNode column : pulled.columns()) {
            columns.add(
                    column instanceof RexInputRef reference
                            ? Expressions.reference(joined, width + reference.getIndex())
                            : Expressions.bind(column, ids, outer, width));
        }
        return typed(joined, columns);
    }

    private Pulled general(RelNode right) {
        return new DependentJoin(correlate.getLeft(), ids, right)
                .unnest(right, correlate.getCorrelationId(), correlate.getLeft().getRowType());
    }

    /// Replaces Calcite's unnest, which spreads the members of structs into columns.
    static RelNode expand(Uncollect uncollect) {
        RelNode input = uncollect.getInput();
        int width = input.getRowType().getFieldCount();
        List<Integer> lists = new ArrayList<>();
        for (int i = 0; i < width; i++) {
            lists.add(i);
        }
        RelNode unnested = LateralUnnest.create(input, lists, uncollect.withOrdinality, false);
        List<RexNode> columns = new ArrayList<>();
        int column = width;
        for (RelDataTypeField list : input.getRowType().getFieldList()) {
            int added = LateralUnnest.width(list.getType());
            for (int i = 0; i < added; i++) {
                columns.addAll(
                        elements(
                                uncollect,
                                list.getType(),
                                Expressions.reference(unnested, column)));
                column++;
            }
        }
        if (uncollect.withOrdinality) {
            columns.add(Expressions.reference(unnested, column));
        }
        if (columns.size() != uncollect.getRowType().getFieldCount()) {
            throw new NeuralakeException(
                    ErrorCode.UNSUPPORTED, "UNNEST not supported: of " + input.getRowType());
        }
        List<RexNode> typed = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            typed.add(Expressions.ensureType(uncollect, i, columns.get(i)));
        }
        return Expressions.project(unnested, typed, uncollect);
    }

    private static List<RexNode> elements(Uncollect uncollect, RelDataType list, RexNode element) {
        RelDataType component = list.getComponentType();
        if (component == null || !component.isStruct() || !uncollect.getItemAliases().isEmpty()) {
            return List.of(element);
        }
        RexBuilder rexBuilder = uncollect.getCluster().getRexBuilder();
        List<RexNode> members = new ArrayList<>();
        for (int i = 0; i < component.getFieldCount(); i++) {
            members.add(rexBuilder.makeFieldAccess(element, i));
        }
        return members;
    }
}
