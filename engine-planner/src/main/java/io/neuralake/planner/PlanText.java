package io.neuralake.planner;

import io.neuralake.exec.QueryStatistics;
import io.neuralake.exec.QueryStatistics.OperatorStatistics;
import io.neuralake.exec.expression.RowExpression;
import io.neuralake.exec.plan.PhysicalPlan;
import io.neuralake.exec.plan.PhysicalPlan.AggregateCall;
import io.neuralake.exec.plan.PhysicalPlan.SortKey;
import io.neuralake.exec.plan.PhysicalPlan.WindowCall;
import io.neuralake.spi.connector.ScanColumn;
import io.neuralake.spi.type.Schema;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Writes a physical plan as a tree that a person reads: the operator, what it does, the rows that
/// it is thought to yield; after a run, what it did.
public final class PlanText {
    private static final String NANOS = "nanos";

    private final List<String> lines = new ArrayList<>();
    private final Set<Integer> shared = new HashSet<>();
    private final List<OperatorStatistics> run;
    private int next;

    private PlanText(List<OperatorStatistics> run) {
        this.run = run;
    }

    /// Writes a plan.
    public static List<String> of(PhysicalPlan plan) {
        PlanText text = new PlanText(List.of());
        text.add(plan, "", "", "");
        return text.lines;
    }

    /// Writes a plan that ran, and totals.
    public static List<String> of(PhysicalPlan plan, QueryStatistics statistics) {
        List<OperatorStatistics> operators = statistics.operators();
        PlanText text = new PlanText(operators);
        if (matches(plan, operators)) {
            text.add(plan, "", "", "");
        } else {
            for (OperatorStatistics operator : operators) {
                String indent = "  ".repeat(operator.depth());
                text.lines.add(indent + headline(operator.node()) + estimate(operator.node()));
                text.lines.add(indent + "    " + actual(operator));
            }
        }
        text.lines.add("");
        text.lines.add(
                "Time: "
                        + millis(statistics.wallNanos())
                        + " (CPU "
                        + millis(statistics.cpuNanos())
                        + "), peak memory: "
                        + bytes(statistics.peakBytes())
                        + ", rows: "
                        + count(statistics.rows()));
        return text.lines;
    }

    /// Tells whether the statistics are one an operator of the plan, in pre-order.
    private static boolean matches(PhysicalPlan plan, List<OperatorStatistics> run) {
        List<PhysicalPlan> nodes = new ArrayList<>();
        collect(plan, nodes, new HashSet<>());
        if (nodes.size() != run.size()) {
            return false;
        }
        for (int i = 0; i < nodes.size(); i++) {
            if (!nodes.get(i).getClass().equals(run.get(i).node().getClass())) {
                return false;
            }
        }
        return true;
    }

    private static void collect(PhysicalPlan plan, List<PhysicalPlan> nodes, Set<Integer> seen) {
        nodes.add(plan);
        if (plan instanceof PhysicalPlan.Shared s && !seen.add(s.id())) {
            return;
        }
        plan.inputs().forEach(input -> collect(input, nodes, seen));
    }

    private void add(PhysicalPlan plan, String first, String rest, String role) {
        boolean again = plan instanceof PhysicalPlan.Shared s && !shared.add(s.id());
        lines.add(first + role + headline(plan) + (again ? " (see above)" : estimate(plan)));
        List<PhysicalPlan> inputs = again ? List.of() : plan.inputs();
        String below = rest + (inputs.isEmpty() ? "     " : "│    ");
        for (String detail : details(plan)) {
            lines.add(below + detail);
        }
        if (next < run.size()) {
            lines.add(below + actual(run.get(next++)));
        }
        for (int i = 0; i < inputs.size(); i++) {
            boolean last = i == inputs.size() - 1;
            add(
                    inputs.get(i),
                    rest + (last ? "└─ " : "├─ "),
                    rest + (last ? "   " : "│  "),
                    role(plan, i));
        }
    }

    private static String role(PhysicalPlan plan, int input) {
        return switch (plan) {
            case PhysicalPlan.HashJoin _, PhysicalPlan.NestedLoopJoin _, PhysicalPlan.AsofJoin _ ->
                    input == 0 ? "probe: " : "build: ";
            case PhysicalPlan.RecursiveUnion _ -> input == 0 ? "seed: " : "step: ";
            default -> "";
        };
    }

    private static String estimate(PhysicalPlan plan) {
        double rows = plan.estimatedRows();
        return Double.isNaN(rows) ? "" : "  ~" + count(Math.round(rows)) + " rows";
    }

    private static String headline(PhysicalPlan plan) {
        return switch (plan) {
            case PhysicalPlan.TableScan scan -> "Scan " + scan.request().table().name();
            case PhysicalPlan.Values values ->
                    "Values ("
                            + values.rows().size()
                            + (values.rows().size() == 1 ? " row)" : " rows)");
            case PhysicalPlan.Filter _ -> "Filter";
            case PhysicalPlan.Project _ -> "Project";
            case PhysicalPlan.HashAggregate aggregate ->
                    aggregate.keys().isEmpty()
                            ? "Aggregate"
                            : aggregate.aggregates().isEmpty() ? "Distinct" : "Group";
            case PhysicalPlan.HashJoin join -> "Hash join " + words(join.type());
            case PhysicalPlan.NestedLoopJoin join -> "Nested loop join " + words(join.type());
            case PhysicalPlan.AsofJoin join -> "As-of join " + words(join.type());
            case PhysicalPlan.Sort _ -> "Sort";
            case PhysicalPlan.TopN top -> "Top " + expression(top.limit(), top.input().schema());
            case PhysicalPlan.Limit _ -> "Limit";
            case PhysicalPlan.Window _ -> "Window";
            case PhysicalPlan.Union _ -> "Union all";
            case PhysicalPlan.Unnest _ -> "Unnest";
            case PhysicalPlan.EnforceSingleRow _ -> "Enforce single row";
            case PhysicalPlan.Shared s -> "Shared #" + s.id();
            case PhysicalPlan.Series _ -> "Series";
            case PhysicalPlan.RecursiveUnion r ->
                    (r.distinct() ? "Recursive union #" : "Recursive union all #") + r.id();
            case PhysicalPlan.WorkTableScan scan -> "Work table of #" + scan.id();
        };
    }

    private static String words(PhysicalPlan.JoinType type) {
        return type.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static List<String> details(PhysicalPlan plan) {
        List<String> details = new ArrayList<>();
        switch (plan) {
            case PhysicalPlan.TableScan scan -> scan(scan, details);
            case PhysicalPlan.Values _,
                    PhysicalPlan.Union _,
                    PhysicalPlan.EnforceSingleRow _,
                    PhysicalPlan.RecursiveUnion _,
                    PhysicalPlan.WorkTableScan _,
                    PhysicalPlan.Shared _ -> {}
            case PhysicalPlan.Filter filter ->
                    details.add(expression(filter.predicate(), filter.input().schema()));
            case PhysicalPlan.Project project -> details.add(project(project));
            case PhysicalPlan.HashAggregate aggregate -> aggregate(aggregate, details);
            case PhysicalPlan.HashJoin join -> hashJoin(join, details);
            case PhysicalPlan.NestedLoopJoin join ->
                    details.add(
                            "on "
                                    + expression(
                                            join.condition(),
                                            combined(join.probe(), join.build())));
            case PhysicalPlan.AsofJoin join -> asof(join, details);
            case PhysicalPlan.Sort sort ->
                    details.add("by " + order(sort.keys(), sort.input().schema()));
            case PhysicalPlan.TopN top -> {
                details.add("by " + order(top.keys(), top.input().schema()));
                offset(top.offset(), details);
            }
            case PhysicalPlan.Limit limit -> {
                if (!(limit.limit() instanceof RowExpression.Literal l) || l.value() != null) {
                    details.add("rows " + expression(limit.limit(), limit.input().schema()));
                }
                offset(limit.offset(), details);
            }
            case PhysicalPlan.Window window -> window(window, details);
            case PhysicalPlan.Unnest unnest ->
                    details.add("lists " + names(unnest.lists(), unnest.input().schema()));
            case PhysicalPlan.Series series ->
                    details.add(
                            expression(series.start(), series.schema())
                                    + " to "
                                    + expression(series.stop(), series.schema())
                                    + " by "
                                    + expression(series.step(), series.schema()));
        }
        return details;
    }

    private static void scan(PhysicalPlan.TableScan scan, List<String> details) {
        if (!scan.request().columns().isEmpty()) {
            details.add(
                    "columns "
                            + scan.request().columns().stream()
                                    .map(ScanColumn::name)
                                    .collect(Collectors.joining(", ")));
        }
        for (RowExpression filter : scan.filters()) {
            details.add("filter " + expression(filter, scan.schema()));
        }
        if (!scan.request().predicates().isEmpty()) {
            details.add("skips by " + scan.request().predicates().size() + " predicates");
        }
        if (!scan.dynamicFilters().isEmpty()) {
            details.add(
                    "narrowed by joins on "
                            + scan.dynamicFilters().stream()
                                    .map(f -> name(f.outputColumn(), scan.schema()))
                                    .collect(Collectors.joining(", ")));
        }
    }

    private static String project(PhysicalPlan.Project project) {
        Schema input = project.input().schema();
        List<String> columns = new ArrayList<>();
        for (int i = 0; i < project.expressions().size(); i++) {
            String text = expression(project.expressions().get(i), input);
            String name = project.schema().field(i).name();
            columns.add(text.equals(name) ? text : text + " as " + name);
        }
        return String.join(", ", columns);
    }

    private static void aggregate(PhysicalPlan.HashAggregate aggregate, List<String> details) {
        Schema input = aggregate.input().schema();
        if (!aggregate.keys().isEmpty()) {
            details.add("by " + names(aggregate.keys(), input));
        }
        boolean plain =
                aggregate.groupingSets().size() == 1
                        && aggregate.groupingSets().getFirst().size() == aggregate.keys().size();
        if (!plain && !aggregate.groupingSets().isEmpty()) {
            details.add("grouping sets " + aggregate.groupingSets());
        }
        if (!aggregate.aggregates().isEmpty()) {
            details.add(
                    aggregate.aggregates().stream()
                            .map(call -> call(call, input))
                            .collect(Collectors.joining(", ")));
        }
    }

    private static String call(AggregateCall call, Schema input) {
        List<String> arguments = new ArrayList<>();
        call.arguments().forEach(a -> arguments.add(name(a, input)));
        call.constants().forEach(c -> arguments.add(expression(c, input)));
        String text =
                call.function()
                        + "("
                        + (call.distinct() ? "distinct " : "")
                        + (arguments.isEmpty() ? "*" : String.join(", ", arguments))
                        + ")";
        if (!call.order().isEmpty()) {
            text += " order by " + order(call.order(), input);
        }
        return call.filter() < 0 ? text : text + " filter " + name(call.filter(), input);
    }

    private static void hashJoin(PhysicalPlan.HashJoin join, List<String> details) {
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < join.probeKeys().size(); i++) {
            keys.add(
                    name(join.probeKeys().get(i), join.probe().schema())
                            + (join.nullsEqual().get(i) ? " is not distinct from " : " = ")
                            + name(join.buildKeys().get(i), join.build().schema()));
        }
        details.add("on " + String.join(" and ", keys));
        if (!join.residual().equals(RowExpression.Literal.TRUE)) {
            details.add("and " + expression(join.residual(), combined(join.probe(), join.build())));
        }
    }

    private static void asof(PhysicalPlan.AsofJoin join, List<String> details) {
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < join.probeKeys().size(); i++) {
            keys.add(
                    name(join.probeKeys().get(i), join.probe().schema())
                            + " = "
                            + name(join.buildKeys().get(i), join.build().schema()));
        }
        keys.add(
                "nearest "
                        + name(join.probeValue(), join.probe().schema())
                        + " "
                        + join.operator().name().toLowerCase(Locale.ROOT).replace('_', ' ')
                        + " "
                        + name(join.buildValue(), join.build().schema()));
        details.add("on " + String.join(" and ", keys));
    }

    private static void window(PhysicalPlan.Window window, List<String> details) {
        Schema input = window.input().schema();
        if (!window.partitionKeys().isEmpty()) {
            details.add("partition by " + names(window.partitionKeys(), input));
        }
        if (!window.orderKeys().isEmpty()) {
            details.add("order by " + order(window.orderKeys(), input));
        }
        details.add(
                window.functions().stream()
                        .map(
                                (WindowCall call) ->
                                        call.function()
                                                + "("
                                                + names(call.arguments(), input)
                                                + ")")
                        .collect(Collectors.joining(", ")));
    }

    private static void offset(RowExpression offset, List<String> details) {
        boolean none =
                offset instanceof RowExpression.Literal literal
                        && (literal.value() == null || Long.valueOf(0).equals(literal.value()));
        if (!none) {
            details.add("after skipping " + expression(offset, new Schema(List.of())));
        }
    }

    private static Schema combined(PhysicalPlan probe, PhysicalPlan build) {
        List<io.neuralake.spi.type.Field> fields = new ArrayList<>(probe.schema().fields());
        fields.addAll(build.schema().fields());
        return new Schema(fields);
    }

    private static String order(List<SortKey> keys, Schema input) {
        return keys.stream()
                .map(
                        key ->
                                name(key.column(), input)
                                        + (key.descending() ? " desc" : "")
                                        + (key.nullsFirst() == key.descending()
                                                ? ""
                                                : key.nullsFirst()
                                                        ? " nulls first"
                                                        : " nulls last"))
                .collect(Collectors.joining(", "));
    }

    private static String names(List<Integer> columns, Schema input) {
        return columns.stream().map(c -> name(c, input)).collect(Collectors.joining(", "));
    }

    private static String name(int column, Schema input) {
        return column < input.size() ? input.field(column).name() : "#" + column;
    }

    private static String expression(RowExpression expression, Schema input) {
        return ExpressionText.of(expression, input);
    }

    private static String actual(OperatorStatistics operator) {
        List<String> parts = new ArrayList<>();
        parts.add("rows " + count(operator.outputRows()));
        parts.add("batches " + count(operator.outputBatches()));
        if (operator.cpuNanos() > 0) {
            parts.add("CPU " + millis(operator.cpuNanos()));
        }
        if (operator.peakBytes() > 0) {
            parts.add("memory " + bytes(operator.peakBytes()));
        }
        if (operator.spilledBytes() > 0) {
            parts.add("spilled " + bytes(operator.spilledBytes()));
        }
        for (Map.Entry<String, Long> detail : new TreeMap<>(operator.details()).entrySet()) {
            if (detail.getValue() != 0) {
                String name = detail.getKey().toLowerCase(Locale.ROOT).replace('_', ' ');
                long value = detail.getValue();
                parts.add(
                        name.endsWith(NANOS)
                                ? name.substring(0, name.length() - NANOS.length()) + millis(value)
                                : name
                                        + " "
                                        + (name.contains("bytes") ? bytes(value) : count(value)));
            }
        }
        return "-> " + String.join(", ", parts);
    }

    private static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    private static String millis(long nanos) {
        return String.format(Locale.ROOT, "%.2f ms", nanos / 1e6);
    }

    private static String bytes(long bytes) {
        if (bytes < 10_000) {
            return bytes + " B";
        }
        return bytes < 10_000_000
                ? String.format(Locale.ROOT, "%.1f KB", bytes / 1e3)
                : String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
    }
}
