package io.neuralake.planner.check;

import io.neuralake.exec.expression.RowExpression;
import io.neuralake.exec.plan.PhysicalPlan;
import io.neuralake.exec.plan.PhysicalPlan.AggregateCall;
import io.neuralake.exec.plan.PhysicalPlan.DynamicFilterSource;
import io.neuralake.exec.plan.PhysicalPlan.DynamicFilterTarget;
import io.neuralake.exec.plan.PhysicalPlan.HashJoin;
import io.neuralake.exec.plan.PhysicalPlan.JoinType;
import io.neuralake.exec.plan.PhysicalPlan.SortKey;
import io.neuralake.exec.plan.PhysicalPlan.WindowCall;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;
import io.neuralake.spi.type.Type;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Checks what the executor relies on: columns in range and of the types that expressions say, equal
/// types of join keys, schemas that fit, unique ids of filters, equal inputs of shared parts.
public final class PlanCheck {
    private final Set<Integer> sources = new HashSet<>();
    private final Set<Integer> targets = new HashSet<>();
    private final Map<Integer, PhysicalPlan> shared = new HashMap<>();

    private PlanCheck() {}

    /// Returns true; throws IllegalStateException that says what is wrong.
    public static boolean isValid(PhysicalPlan plan) {
        PlanCheck check = new PlanCheck();
        check.visit(plan);
        check.require(
                check.sources.containsAll(check.targets), "dynamic filter without source", plan);
        check.require(
                check.targets.containsAll(check.sources), "dynamic filter without target", plan);
        return true;
    }

    private void require(boolean holds, String what, PhysicalPlan plan) {
        if (!holds) {
            throw new IllegalStateException(
                    "Plan is wrong: "
                            + what
                            + " at "
                            + plan.getClass().getSimpleName()
                            + " "
                            + plan);
        }
    }

    private void visit(PhysicalPlan plan) {
        if (plan instanceof PhysicalPlan.Shared part) {
            PhysicalPlan known = shared.putIfAbsent(part.id(), part.input());
            require(known == null || known.equals(part.input()), "shared parts differ", plan);
            if (known != null) {
                return;
            }
        }
        plan.inputs().forEach(this::visit);
        require(
                Double.isNaN(plan.estimatedRows()) || plan.estimatedRows() >= 0,
                "negative estimate",
                plan);
        node(plan);
    }

    private void node(PhysicalPlan plan) {
        switch (plan) {
            case PhysicalPlan.TableScan scan -> scan(scan);
            case PhysicalPlan.Values values -> {
                for (List<RowExpression> row : values.rows()) {
                    types(row, values.schema(), plan);
                }
            }
            case PhysicalPlan.Filter filter ->
                    condition(filter.predicate(), filter.input().schema(), plan);
            case PhysicalPlan.Project project -> {
                types(project.expressions(), project.schema(), plan);
                project.expressions().forEach(e -> expression(e, project.input().schema(), plan));
            }
            case PhysicalPlan.HashAggregate aggregate -> aggregate(aggregate);
            case HashJoin join -> hashJoin(join);
            case PhysicalPlan.NestedLoopJoin join ->
                    join(join.type(), join.condition(), join.output(), plan);
            case PhysicalPlan.AsofJoin join ->
                    keys(join.probeKeys(), join.buildKeys(), join.probe(), join.build(), plan);
            case PhysicalPlan.Sort sort -> sortKeys(sort.keys(), sort.schema(), plan);
            case PhysicalPlan.TopN topN -> sortKeys(topN.keys(), topN.schema(), plan);
            case PhysicalPlan.Limit limit ->
                    require(limit.limit().type() == ScalarType.BIGINT, "limit's type", plan);
            case PhysicalPlan.Window window -> window(window);
            case PhysicalPlan.Union union -> {
                for (PhysicalPlan input : union.inputs()) {
                    sameTypes(types(input.schema()), types(union.schema()), plan);
                }
            }
            case PhysicalPlan.Unnest unnest -> {
                columns(unnest.kept(), unnest.input().schema(), plan);
                columns(unnest.lists(), unnest.input().schema(), plan);
            }
            case PhysicalPlan.EnforceSingleRow single -> {}
            case PhysicalPlan.Shared part -> {}
            case PhysicalPlan.Series series -> {}
            case PhysicalPlan.RecursiveUnion recursion -> {
                for (PhysicalPlan input : recursion.inputs()) {
                    sameTypes(types(input.schema()), types(recursion.schema()), plan);
                }
            }
            case PhysicalPlan.WorkTableScan scan -> {}
        }
    }

    private void scan(PhysicalPlan.TableScan scan) {
        require(scan.request().columns().size() == scan.schema().size(), "columns of scan", scan);
        for (int i = 0; i < scan.schema().size(); i++) {
            require(
                    scan.request().columns().get(i).type().equals(scan.schema().field(i).type()),
                    "type of scan's column " + i,
                    scan);
        }
        scan.filters().forEach(filter -> condition(filter, scan.schema(), scan));
        for (DynamicFilterTarget target : scan.dynamicFilters()) {
            targets.add(target.id());
            column(target.outputColumn(), scan.schema(), scan);
        }
    }

    private void aggregate(PhysicalPlan.HashAggregate aggregate) {
        Schema input = aggregate.input().schema();
        columns(aggregate.keys(), input, aggregate);
        require(
                aggregate.schema().size()
                        == aggregate.keys().size() + aggregate.aggregates().size(),
                "columns of aggregate",
                aggregate);
        for (int i = 0; i < aggregate.keys().size(); i++) {
            require(
                    aggregate
                            .schema()
                            .field(i)
                            .type()
                            .equals(input.field(aggregate.keys().get(i)).type()),
                    "type of key " + i,
                    aggregate);
        }
        for (List<Integer> set : aggregate.groupingSets()) {
            for (int key : set) {
                require(key < aggregate.keys().size(), "grouping set", aggregate);
            }
        }
        for (AggregateCall call : aggregate.aggregates()) {
            columns(call.arguments(), input, aggregate);
            filter(call.filter(), input, aggregate);
            sortKeys(call.order(), input, aggregate);
        }
    }

    private void filter(int column, Schema input, PhysicalPlan plan) {
        require(
                column == -1
                        || column < input.size()
                                && input.field(column).type() == ScalarType.BOOLEAN,
                "filter of aggregate",
                plan);
    }

    private void hashJoin(HashJoin join) {
        require(!join.probeKeys().isEmpty(), "hash join without keys", join);
        keys(join.probeKeys(), join.buildKeys(), join.probe(), join.build(), join);
        require(join.nullsEqual().size() == join.probeKeys().size(), "nullsEqual", join);
        join(join.type(), join.residual(), join.output(), join);
        for (DynamicFilterSource source : join.dynamicFilters()) {
            require(sources.add(source.id()), "dynamic filter twice", join);
            require(source.key() < join.probeKeys().size(), "dynamic filter's key", join);
        }
    }

    private void keys(
            List<Integer> probeKeys,
            List<Integer> buildKeys,
            PhysicalPlan probe,
            PhysicalPlan build,
            PhysicalPlan plan) {
        require(probeKeys.size() == buildKeys.size(), "number of keys", plan);
        columns(probeKeys, probe.schema(), plan);
        columns(buildKeys, build.schema(), plan);
        for (int i = 0; i < probeKeys.size(); i++) {
            require(
                    probe.schema()
                            .field(probeKeys.get(i))
                            .type()
                            .equals(build.schema().field(buildKeys.get(i)).type()),
                    "types of key " + i,
                    plan);
        }
    }

    private void join(
            JoinType type, RowExpression condition, List<Integer> output, PhysicalPlan plan) {
        Schema probe = plan.inputs().get(0).schema();
        Schema build = plan.inputs().get(1).schema();
        List<io.neuralake.spi.type.Field> both = new ArrayList<>(probe.fields());
        both.addAll(build.fields());
        condition(condition, new Schema(both), plan);
        int width = 0;
        width += type.hasProbeColumns() ? probe.size() : 0;
        width += type.hasBuildColumns() ? build.size() : 0;
        width += type == JoinType.MARK || type == JoinType.MARK_NULL_AWARE ? 1 : 0;
        for (int position : output) {
            require(position >= 0 && position < width, "output " + position, plan);
        }
    }

    private void window(PhysicalPlan.Window window) {
        Schema input = window.input().schema();
        columns(window.partitionKeys(), input, window);
        sortKeys(window.orderKeys(), input, window);
        require(
                window.schema().size() == input.size() + window.functions().size(),
                "columns of window",
                window);
        for (WindowCall call : window.functions()) {
            columns(call.arguments(), input, window);
            for (int offset : List.of(call.frame().start().offset(), call.frame().end().offset())) {
                require(offset >= -1 && offset < input.size(), "frame's offset", window);
            }
        }
    }

    private void sortKeys(List<SortKey> keys, Schema schema, PhysicalPlan plan) {
        keys.forEach(key -> column(key.column(), schema, plan));
    }

    private void columns(List<Integer> columns, Schema schema, PhysicalPlan plan) {
        columns.forEach(column -> column(column, schema, plan));
    }

    private void column(int column, Schema schema, PhysicalPlan plan) {
        require(column >= 0 && column < schema.size(), "column " + column, plan);
    }

    private static List<Type> types(Schema schema) {
        return schema.fields().stream().map(io.neuralake.spi.type.Field::type).toList();
    }

    private void types(List<RowExpression> expressions, Schema schema, PhysicalPlan plan) {
        sameTypes(expressions.stream().map(RowExpression::type).toList(), types(schema), plan);
    }

    private void sameTypes(List<Type> actual, List<Type> wanted, PhysicalPlan plan) {
        require(actual.equals(wanted), "types " + actual + " for " + wanted, plan);
    }

    private void condition(RowExpression condition, Schema input, PhysicalPlan plan) {
        require(
                condition.type() == ScalarType.BOOLEAN || condition.type() == ScalarType.NULL,
                "type of condition",
                plan);
        expression(condition, input, plan);
    }

    private void expression(RowExpression expression, Schema input, PhysicalPlan plan) {
        switch (expression) {
            case RowExpression.InputRef reference -> {
                column(reference.column(), input, plan);
                require(
                        input.field(reference.column()).type().equals(reference.type()),
                        "type of column " + reference,
                        plan);
            }
            case RowExpression.Literal literal -> {}
            case RowExpression.Parameter parameter -> {}
            case RowExpression.Call call ->
                    call.arguments().forEach(a -> expression(a, input, plan));
            case RowExpression.And and -> {
                require(and.parts().size() > 1, "conjunction of one", plan);
                and.parts().forEach(p -> condition(p, input, plan));
            }
            case RowExpression.Or or -> {
                require(or.parts().size() > 1, "disjunction of one", plan);
                or.parts().forEach(p -> condition(p, input, plan));
            }
            case RowExpression.Case c -> {
                for (RowExpression.When when : c.branches()) {
                    condition(when.condition(), input, plan);
                    expression(when.result(), input, plan);
                    require(when.result().type().equals(c.type()), "type of branch", plan);
                }
                expression(c.otherwise(), input, plan);
                require(c.otherwise().type().equals(c.type()), "type of ELSE", plan);
            }
            case RowExpression.Coalesce coalesce -> {
                for (RowExpression value : coalesce.values()) {
                    require(value.type().equals(coalesce.type()), "type in COALESCE", plan);
                    expression(value, input, plan);
                }
            }
            case RowExpression.Cast cast -> expression(cast.value(), input, plan);
            case RowExpression.In in -> {
                expression(in.value(), input, plan);
                in.candidates()
                        .forEach(
                                c ->
                                        require(
                                                c.type().equals(in.value().type()),
                                                "type in IN",
                                                plan));
            }
            case RowExpression.Member member -> expression(member.struct(), input, plan);
        }
    }
}
