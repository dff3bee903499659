package io.neuralake.planner.cost;

import io.neuralake.exec.plan.PhysicalPlan.JoinType;
import io.neuralake.planner.cost.RelationEstimate.Key;
import io.neuralake.planner.cost.RelationEstimate.Source;
import io.neuralake.planner.rel.LakeTable;
import io.neuralake.planner.rel.LateralUnnest;
import io.neuralake.planner.rel.SingleRow;
import io.neuralake.planner.rel.SubQueryJoin;

import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.AggregateCall;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.SetOp;
import org.apache.calcite.rel.core.Sort;
import org.apache.calcite.rel.core.TableScan;
import org.apache.calcite.rel.core.Union;
import org.apache.calcite.rel.core.Values;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.util.ImmutableBitSet;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/// Estimates the rows and columns of relations from table statistics, bottom up, each relation once.
/// For the planning of one query; not thread-safe.
public final class CardinalityEstimator {
    private static final double UNKNOWN_ROWS = 1000;
    private static final double LIST_ELEMENTS = 10;

    /// How many times the mean of counts is between the smallest and the largest.
    private static final double COUNTS_PER_ROW = 4;

    private final Map<RelNode, RelationEstimate> known = new IdentityHashMap<>();
    private final SelectivityEstimator selectivity = new SelectivityEstimator();
    private final JoinEstimator joins = new JoinEstimator(selectivity);

    /// Returns the estimator of conditions.
    public SelectivityEstimator selectivity() {
        return selectivity;
    }

    /// Returns the estimator of joins.
    public JoinEstimator joins() {
        return joins;
    }

    /// Estimates the number of rows.
    public double rows(RelNode rel) {
        return of(rel).rows();
    }

    /// Estimates a relation.
    public RelationEstimate of(RelNode rel) {
        RelationEstimate estimate = known.get(rel);
        if (estimate == null) {
            estimate = estimate(rel);
            known.put(rel, estimate);
        }
        return estimate;
    }

    /// Overrides the rows of a relation with a better guess, such as the join enumerator's.
    public void setRows(RelNode rel, double rows) {
        RelationEstimate estimate = of(rel);
        known.put(rel, estimate.withRows(rows));
    }

    private RelationEstimate estimate(RelNode rel) {
        return switch (rel) {
            case TableScan scan -> scan(scan);
            case Filter filter ->
                    selectivity.filter(
                            of(filter.getInput()), RelOptUtil.conjunctions(filter.getCondition()));
            case Project project -> project(project);
            case Join join ->
                    joins.join(
                            of(join.getLeft()),
                            of(join.getRight()),
                            join.getCondition(),
                            type(join.getJoinType()));
            case SubQueryJoin join ->
                    joins.join(
                            of(join.getLeft()), of(join.getRight()), join.condition(), join.type());
            case Aggregate aggregate -> aggregate(aggregate);
            case Sort sort -> sort(sort);
            case Values values -> uniform(values, values.getTuples().size());
            case SetOp setOp -> setOp(setOp);
            case SingleRow single -> uniform(single, 1);
            case LateralUnnest unnest -> unnest(unnest);
            default ->
                    uniform(rel, rel.getInputs().isEmpty() ? UNKNOWN_ROWS : rows(rel.getInput(0)));
        };
    }

    /// Returns the executor's type of a Calcite join; a mark join's mark is three-valued or not, but
    /// always a column.
    private static JoinType type(JoinRelType type) {
        return switch (type) {
            case INNER, ASOF -> JoinType.INNER;
            case LEFT, LEFT_ASOF -> JoinType.LEFT;
            case RIGHT -> JoinType.RIGHT;
            case FULL -> JoinType.FULL;
            case SEMI -> JoinType.SEMI;
            case ANTI -> JoinType.ANTI;
            case LEFT_MARK -> JoinType.MARK;
        };
    }

    private static RelationEstimate scan(TableScan scan) {
        LakeTable table = scan.getTable().unwrap(LakeTable.class);
        return table == null ? uniform(scan, UNKNOWN_ROWS) : TableEstimates.of(table.snapshot());
    }

    private RelationEstimate project(Project project) {
        RelationEstimate input = of(project.getInput());
        List<ColumnEstimate> columns = new ArrayList<>();
        int[] outputs = new int[input.columns().size()];
        java.util.Arrays.fill(outputs, -1);
        for (int i = 0; i < project.getProjects().size(); i++) {
            var expression = project.getProjects().get(i);
            columns.add(selectivity.value(input, expression));
            if (expression instanceof RexInputRef reference) {
                outputs[reference.getIndex()] = i;
            }
        }
        List<Key> keys = new ArrayList<>();
        for (Key key : input.keys()) {
            ImmutableBitSet.Builder mapped = ImmutableBitSet.builder();
            boolean whole = true;
            for (int column : key.columns()) {
                whole &= outputs[column] >= 0;
                if (whole) {
                    mapped.set(outputs[column]);
                }
            }
            if (whole) {
                keys.add(new Key(mapped.build(), key.rows()));
            }
        }
        return new RelationEstimate(
                input.rows(), input.population(), columns, keys, sources(project, input));
    }

    /// What is computed from columns of a source alone depends on it as they do.
    private static List<Source> sources(Project project, RelationEstimate input) {
        List<Source> sources = new ArrayList<>();
        for (Source source : input.sources()) {
            ImmutableBitSet.Builder columns = ImmutableBitSet.builder();
            for (int i = 0; i < project.getProjects().size(); i++) {
                var expression = project.getProjects().get(i);
                if (RexUtil.isDeterministic(expression)
                        && source.columns().contains(RelOptUtil.InputFinder.bits(expression))) {
                    columns.set(i);
                }
            }
            sources.add(new Source(columns.build(), source.rows()));
        }
        return sources;
    }

    private RelationEstimate aggregate(Aggregate aggregate) {
        RelationEstimate input = of(aggregate.getInput());
        int groupCount = aggregate.getGroupCount();
        double groups = input.groups(aggregate.getGroupSet());
        if (aggregate.getGroupSets().size() > 1) {
            groups = Math.min(input.rows() * aggregate.getGroupSets().size(), groups * 1.3);
        }
        List<ColumnEstimate> columns = new ArrayList<>();
        for (int key : aggregate.getGroupSet()) {
            ColumnEstimate column = input.column(key);
            // What is grouped mostly meets what was grouped out of the same rows.
            double distinct = Math.min(column.distinct(), groups);
            columns.add(column.withDistinct(distinct).withDomain(distinct));
        }
        for (AggregateCall call : aggregate.getAggCallList()) {
            columns.add(result(call, input, groups, groupCount > 0));
        }
        boolean plain = aggregate.getGroupSets().size() == 1;
        List<Key> keys =
                plain ? List.of(new Key(ImmutableBitSet.range(groupCount), groups)) : List.of();
        List<Source> sources = new ArrayList<>();
        List<Integer> group = aggregate.getGroupSet().asList();
        for (Source source : input.sources()) {
            ImmutableBitSet.Builder known = ImmutableBitSet.builder();
            source.columns()
                    .intersect(aggregate.getGroupSet())
                    .forEach(column -> known.set(group.indexOf(column)));
            sources.add(new Source(known.build(), Math.min(source.rows(), groups)));
        }
        sources.add(new Source(ImmutableBitSet.range(columns.size()), groups));
        return new RelationEstimate(groups, groups, columns, keys, sources);
    }

    private static ColumnEstimate result(
            AggregateCall call, RelationEstimate input, double groups, boolean grouped) {
        double each = input.rows() / groups;
        double distinct = groups * 0.7;
        SqlKind kind = call.getAggregation().getKind();
        boolean picks = grouped && (kind == SqlKind.MIN || kind == SqlKind.MAX);
        if (kind == SqlKind.COUNT) {
            distinct = Math.min(distinct, COUNTS_PER_ROW * (each + 1));
        }
        return ColumnEstimate.ofDistinct(distinct)
                .withDomain(picks ? each : distinct)
                .withDistribution(call.isDistinct() ? null : spread(call, input, each));
    }

    /// Describes the results of an aggregate over `each` rows a group; null where nothing is known.
    private static @Nullable Distribution spread(
            AggregateCall call, RelationEstimate input, double each) {
        SqlKind kind = call.getAggregation().getKind();
        if (kind == SqlKind.COUNT) {
            return Distribution.ofSums(each, 1, 0);
        }
        if (call.getArgList().size() != 1) {
            return null;
        }
        Distribution values = input.column(call.getArgList().get(0)).spread();
        if (values == null) {
            return null;
        }
        return switch (kind) {
            case SUM, SUM0 -> Distribution.ofSums(each, values.mean(), values.variance());
            case AVG -> Distribution.of(values.mean(), values.variance() / each);
            default -> null;
        };
    }

    private RelationEstimate sort(Sort sort) {
        RelationEstimate input = of(sort.getInput());
        if (!(sort.fetch instanceof RexLiteral literal)) {
            return input;
        }
        double kept = Math.min(input.rows(), RexLiteral.numberValue(literal).doubleValue());
        return kept < input.rows() ? input.scaled(kept / input.rows(), input.columns()) : input;
    }

    private RelationEstimate setOp(SetOp setOp) {
        double rows = 0;
        List<ColumnEstimate> columns = new ArrayList<>();
        for (RelNode node : setOp.getInputs()) {
            RelationEstimate input = of(node);
            boolean first = columns.isEmpty();
            rows =
                    setOp instanceof Union || first
                            ? rows + input.rows()
                            : Math.min(rows, input.rows());
            for (int i = 0; i < input.columns().size(); i++) {
                if (first) {
                    columns.add(input.column(i));
                } else {
                    columns.set(i, wider(columns.get(i), input.column(i)));
                }
            }
        }
        return new RelationEstimate(rows, columns, List.of());
    }

    private static ColumnEstimate wider(ColumnEstimate a, ColumnEstimate b) {
        return new ColumnEstimate(
                Math.max(a.distinct(), b.distinct()),
                Math.max(a.domain(), b.domain()),
                Math.min(a.min(), b.min()),
                Math.max(a.max(), b.max()),
                Math.max(a.nullFraction(), b.nullFraction()));
    }

    private RelationEstimate unnest(LateralUnnest unnest) {
        RelationEstimate input = of(unnest.getInput());
        double rows = input.rows() * LIST_ELEMENTS;
        List<ColumnEstimate> columns = new ArrayList<>(input.columns());
        while (columns.size() < unnest.getRowType().getFieldCount()) {
            columns.add(ColumnEstimate.ofDistinct(rows));
        }
        return new RelationEstimate(rows, columns, List.of());
    }

    private static RelationEstimate uniform(RelNode rel, double rows) {
        List<ColumnEstimate> columns = new ArrayList<>();
        for (int i = 0; i < rel.getRowType().getFieldCount(); i++) {
            columns.add(ColumnEstimate.ofDistinct(rows));
        }
        return new RelationEstimate(rows, columns, List.of());
    }
}
