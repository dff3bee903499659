package io.neuralake.planner;

import io.neuralake.exec.expression.RowExpression;
import io.neuralake.exec.plan.PhysicalPlan;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// Writes plans for comparison: a node a line, with columns by name and estimates.
final class PlanLines {
    private final StringBuilder text = new StringBuilder();

    static String of(PhysicalPlan plan) {
        PlanLines writer = new PlanLines();
        writer.write(plan, 0);
        return writer.text.toString();
    }

    private void write(PhysicalPlan plan, int depth) {
        text.append("  ".repeat(depth))
                .append(line(plan))
                .append("  ~")
                .append(Math.round(plan.estimatedRows()))
                .append('\n');
        plan.inputs().forEach(input -> write(input, depth + 1));
    }

    private static String line(PhysicalPlan plan) {
        return switch (plan) {
            case PhysicalPlan.TableScan s -> scan(s);
            case PhysicalPlan.Values v -> "Values " + v.schema().size() + " x " + v.rows().size();
            case PhysicalPlan.Filter f -> "Filter " + text(f.predicate(), f.schema());
            case PhysicalPlan.Project p -> "Project " + list(p.expressions(), p.input().schema());
            case PhysicalPlan.HashAggregate a -> aggregate(a);
            case PhysicalPlan.HashJoin j -> hashJoin(j);
            case PhysicalPlan.NestedLoopJoin j ->
                    "NestedLoopJoin " + j.type() + " on " + text(j.condition(), both(j));
            case PhysicalPlan.AsofJoin j ->
                    "AsofJoin "
                            + j.type()
                            + names(j.probeKeys(), j.probe().schema())
                            + " "
                            + j.probe().schema().field(j.probeValue()).name()
                            + " "
                            + j.operator()
                            + " "
                            + j.build().schema().field(j.buildValue()).name();
            case PhysicalPlan.Sort s -> "Sort " + keys(s.keys(), s.schema());
            case PhysicalPlan.TopN t ->
                    "TopN "
                            + keys(t.keys(), t.schema())
                            + " limit "
                            + text(t.limit(), t.schema())
                            + offset(t.offset(), t.schema());
            case PhysicalPlan.Limit l ->
                    "Limit " + text(l.limit(), l.schema()) + offset(l.offset(), l.schema());
            case PhysicalPlan.Window w -> window(w);
            case PhysicalPlan.Union u -> "Union";
            case PhysicalPlan.Unnest u ->
                    "Unnest "
                            + names(u.lists(), u.input().schema())
                            + " keep "
                            + names(u.kept(), u.input().schema())
                            + (u.outer() ? " outer" : "")
                            + (u.ordinality() ? " ordinality" : "");
            case PhysicalPlan.EnforceSingleRow e -> "EnforceSingleRow";
            case PhysicalPlan.Shared s -> "Shared #" + s.id();
            case PhysicalPlan.Series s -> "Series " + s.start() + " to " + s.stop();
            case PhysicalPlan.RecursiveUnion r ->
                    "RecursiveUnion #" + r.id() + (r.distinct() ? " distinct" : "");
            case PhysicalPlan.WorkTableScan w -> "WorkTableScan #" + w.id();
        };
    }

    private static String scan(PhysicalPlan.TableScan s) {
        String columns =
                s.schema().fields().stream().map(f -> f.name()).collect(Collectors.joining(", "));
        String line = "Scan " + s.request().table().name().table() + " [" + columns + "]";
        if (!s.filters().isEmpty()) {
            line += " where " + list(s.filters(), s.schema());
        }
        if (!s.request().predicates().isEmpty()) {
            line += " skip " + s.request().predicates().size();
        }
        for (var target : s.dynamicFilters()) {
            line += " <-#" + target.id() + " " + s.schema().field(target.outputColumn()).name();
        }
        return line;
    }

    private static String aggregate(PhysicalPlan.HashAggregate a) {
        Schema input = a.input().schema();
        String calls =
                a.aggregates().stream()
                        .map(
                                c ->
                                        c.function()
                                                + (c.distinct() ? " distinct" : "")
                                                + names(c.arguments(), input)
                                                + (c.filter() >= 0 ? " filter" : ""))
                        .collect(Collectors.joining(", "));
        String sets = a.groupingSets().size() > 1 ? " sets " + a.groupingSets() : "";
        return "Aggregate by " + names(a.keys(), input) + sets + ": " + calls;
    }

    private static String hashJoin(PhysicalPlan.HashJoin j) {
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < j.probeKeys().size(); i++) {
            keys.add(
                    j.probe().schema().field(j.probeKeys().get(i)).name()
                            + (j.nullsEqual().get(i) ? " <=> " : " = ")
                            + j.build().schema().field(j.buildKeys().get(i)).name());
        }
        String line = "HashJoin " + j.type() + " on " + String.join(" and ", keys);
        if (!j.residual().equals(RowExpression.Literal.TRUE)) {
            line += " if " + text(j.residual(), both(j));
        }
        for (var source : j.dynamicFilters()) {
            line += " ->#" + source.id();
        }
        return line;
    }

    private static String window(PhysicalPlan.Window w) {
        Schema input = w.input().schema();
        return "Window by "
                + names(w.partitionKeys(), input)
                + " order "
                + keys(w.orderKeys(), input)
                + ": "
                + w.functions().stream()
                        .map(
                                f ->
                                        f.function()
                                                + names(f.arguments(), input)
                                                + " "
                                                + f.frame().unit()
                                                + " "
                                                + f.frame().start().kind()
                                                + ".."
                                                + f.frame().end().kind()
                                                + (f.ignoreNulls() ? " ignore nulls" : ""))
                        .collect(Collectors.joining(", "));
    }

    private static Schema both(PhysicalPlan join) {
        List<io.neuralake.spi.type.Field> fields =
                new ArrayList<>(join.inputs().get(0).schema().fields());
        fields.addAll(join.inputs().get(1).schema().fields());
        return new Schema(fields);
    }

    private static String names(List<Integer> columns, Schema schema) {
        return columns.stream()
                .map(c -> schema.field(c).name())
                .collect(Collectors.joining(", ", "(", ")"));
    }

    private static String keys(List<PhysicalPlan.SortKey> keys, Schema schema) {
        return keys.stream()
                .map(
                        k ->
                                schema.field(k.column()).name()
                                        + (k.descending() ? " desc" : "")
                                        + (k.nullsFirst() == k.descending()
                                                ? ""
                                                : k.nullsFirst() ? " nulls first" : " nulls last"))
                .collect(Collectors.joining(", "));
    }

    private static String offset(RowExpression offset, Schema schema) {
        return offset instanceof RowExpression.Literal literal
                        && Long.valueOf(0).equals(literal.value())
                ? ""
                : " offset " + text(offset, schema);
    }

    private static String list(List<? extends RowExpression> expressions, Schema schema) {
        return expressions.stream()
                .map(e -> text(e, schema))
                .collect(Collectors.joining(", ", "[", "]"));
    }

    static String text(RowExpression e, Schema schema) {
        return switch (e) {
            case RowExpression.InputRef r -> schema.field(r.column()).name();
            case RowExpression.Literal l ->
                    l.type() == ScalarType.DATE && l.value() instanceof Long days
                            ? LocalDate.ofEpochDay(days).toString()
                            : l.value() instanceof String s ? "'" + s + "'" : "" + l.value();
            case RowExpression.Parameter p -> "?" + p.index();
            case RowExpression.Call c -> c.function() + args(c.arguments(), schema);
            case RowExpression.And a -> "and" + args(a.parts(), schema);
            case RowExpression.Or o -> "or" + args(o.parts(), schema);
            case RowExpression.Case c ->
                    "case("
                            + c.branches().stream()
                                    .map(
                                            w ->
                                                    text(w.condition(), schema)
                                                            + ": "
                                                            + text(w.result(), schema))
                                    .collect(Collectors.joining(", "))
                            + ", else: "
                            + text(c.otherwise(), schema)
                            + ")";
            case RowExpression.Coalesce c -> "coalesce" + args(c.values(), schema);
            case RowExpression.Cast c ->
                    text(c.value(), schema) + "::" + c.type().sql() + (c.orNull() ? "?" : "");
            case RowExpression.In i ->
                    text(i.value(), schema) + " in " + list(i.candidates(), schema);
            case RowExpression.Member m -> text(m.struct(), schema) + "." + m.index();
        };
    }

    private static String args(List<? extends RowExpression> arguments, Schema schema) {
        return arguments.stream()
                .map(a -> text(a, schema))
                .collect(Collectors.joining(", ", "(", ")"));
    }
}
