package io.neuralake.planner.rule.physical;

import io.neuralake.exec.expression.RowExpression.InputRef;
import io.neuralake.exec.plan.PhysicalPlan;
import io.neuralake.exec.plan.PhysicalPlan.JoinType;
import io.neuralake.exec.plan.PhysicalPlan.TableScan;
import io.neuralake.spi.catalog.ColumnStatistics;
import io.neuralake.spi.expression.ColumnPath;

import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.util.Optional;

/// Finds bounds of a column's values in the statistics of the table that it comes from.
final class ValueRanges {
    private ValueRanges() {}

    /// The least and the greatest value that a column may have, nulls aside.
    record Range(BigDecimal min, BigDecimal max) {}

    /// Returns the bounds of a plan's column; empty where it is computed or not a number.
    static Optional<Range> of(PhysicalPlan plan, int column) {
        return switch (plan) {
            case TableScan scan -> scanned(scan, column);
            case PhysicalPlan.Filter filter -> of(filter.input(), column);
            case PhysicalPlan.Sort sort -> of(sort.input(), column);
            case PhysicalPlan.TopN topN -> of(topN.input(), column);
            case PhysicalPlan.Limit limit -> of(limit.input(), column);
            case PhysicalPlan.Shared shared -> of(shared.input(), column);
            case PhysicalPlan.Project project ->
                    project.expressions().get(column) instanceof InputRef reference
                            ? of(project.input(), reference.column())
                            : Optional.empty();
            case PhysicalPlan.HashAggregate aggregate ->
                    column < aggregate.keys().size()
                            ? of(aggregate.input(), aggregate.keys().get(column))
                            : Optional.empty();
            case PhysicalPlan.HashJoin join -> joined(join, join.type(), join.output().get(column));
            case PhysicalPlan.NestedLoopJoin join ->
                    joined(join, join.type(), join.output().get(column));
            case PhysicalPlan.Values values -> Optional.empty();
            case PhysicalPlan.AsofJoin join -> Optional.empty();
            case PhysicalPlan.Window window -> Optional.empty();
            case PhysicalPlan.Union union -> Optional.empty();
            case PhysicalPlan.Unnest unnest -> Optional.empty();
            case PhysicalPlan.EnforceSingleRow single -> Optional.empty();
            case PhysicalPlan.Series series -> Optional.empty();
            case PhysicalPlan.RecursiveUnion recursion -> Optional.empty();
            case PhysicalPlan.WorkTableScan scan -> Optional.empty();
        };
    }

    private static Optional<Range> joined(PhysicalPlan join, JoinType type, int combined) {
        PhysicalPlan probe = join.inputs().get(0);
        PhysicalPlan build = join.inputs().get(1);
        int probeColumns = type.hasProbeColumns() ? probe.schema().size() : 0;
        if (combined < probeColumns) {
            return of(probe, combined);
        }
        int column = combined - probeColumns;
        return type.hasBuildColumns() && column < build.schema().size()
                ? of(build, column)
                : Optional.empty();
    }

    private static Optional<Range> scanned(TableScan scan, int column) {
        ColumnPath path = scan.request().columns().get(column).path();
        if (!path.members().isEmpty()) {
            return Optional.empty();
        }
        ColumnStatistics statistics = scan.request().table().statistics().column(path.ordinal());
        BigDecimal min = number(statistics.minimum());
        BigDecimal max = number(statistics.maximum());
        return min == null || max == null ? Optional.empty() : Optional.of(new Range(min, max));
    }

    private static @Nullable BigDecimal number(@Nullable Object value) {
        return switch (value) {
            case BigDecimal decimal -> decimal;
            case Long integer -> BigDecimal.valueOf(integer);
            case null, default -> null;
        };
    }
}
