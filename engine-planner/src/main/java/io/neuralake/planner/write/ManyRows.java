package io.neuralake.planner.write;

import io.neuralake.exec.expression.RowExpression;
import io.neuralake.exec.expression.RowExpression.InputRef;
import io.neuralake.exec.expression.RowExpression.Literal;
import io.neuralake.exec.expression.RowExpression.Parameter;
import io.neuralake.exec.expression.RowExpression.When;
import io.neuralake.exec.plan.PhysicalPlan;
import io.neuralake.exec.plan.PhysicalPlan.Project;
import io.neuralake.exec.plan.PhysicalPlan.Values;
import io.neuralake.planner.ParameterValues;
import io.neuralake.planner.write.Planning.Planned;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.Schema;

import org.jspecify.annotations.Nullable;

import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// Runs the plan of `INSERT ... VALUES` for many rows of parameters at once: projections over one
/// constant row are made projections over a row for each row of parameters, which become columns behind
/// its own. Other plans run once a row.
final class ManyRows {
    private static final int AT_ONCE = 4096;
    private static final Schema NO_PARAMETERS = new Schema(List.of());

    private final Planned planned;
    private final List<Project> projections;
    private final @Nullable Values base;

    private ManyRows(Planned planned, List<Project> projections, @Nullable Values base) {
        this.planned = planned;
        this.projections = projections;
        this.base = base;
    }

    /// A plan and the values that it runs with.
    record Step(Planned planned, List<Literal> values) {}

    static ManyRows of(Planned planned) {
        List<Project> projections = new ArrayList<>();
        PhysicalPlan at = planned.plan();
        while (at instanceof Project project) {
            projections.addFirst(project);
            at = project.input();
        }
        boolean one = at instanceof Values values && values.rows().size() == 1;
        return new ManyRows(planned, projections, one ? (Values) at : null);
    }

    /// Returns the most rows of a step.
    int most() {
        return base == null ? 1 : AT_ONCE;
    }

    /// Makes the plan for up to [#most] rows of values.
    Step step(List<List<Literal>> rows, ZoneId zone) {
        if (base == null) {
            return new Step(planned, rows.getFirst());
        }
        PhysicalPlan plan = values(base, rows, zone);
        for (int i = 0; i < projections.size(); i++) {
            plan = project(projections.get(i), plan, i == projections.size() - 1);
        }
        return new Step(new Planned(plan, NO_PARAMETERS), List.of());
    }

    private Values values(Values row, List<List<Literal>> rows, ZoneId zone) {
        List<List<RowExpression>> wide = new ArrayList<>(rows.size());
        for (List<Literal> values : rows) {
            List<Literal> cast = ParameterValues.cast(values, planned.parameters(), zone);
            List<RowExpression> cells = new ArrayList<>();
            row.rows().getFirst().forEach(e -> cells.add(replaced(e, p -> cast.get(p.index()))));
            if (!projections.isEmpty()) {
                cells.addAll(cast);
            }
            wide.add(cells);
        }
        return new Values(wide, projections.isEmpty() ? row.schema() : widened(row.schema()));
    }

    private Project project(Project project, PhysicalPlan input, boolean last) {
        int own = project.input().schema().size();
        List<RowExpression> expressions = new ArrayList<>();
        project.expressions()
                .forEach(
                        e ->
                                expressions.add(
                                        replaced(e, p -> new InputRef(own + p.index(), p.type()))));
        if (last) {
            return new Project(input, expressions, project.schema());
        }
        List<Field> parameters = planned.parameters().fields();
        for (int i = 0; i < parameters.size(); i++) {
            expressions.add(new InputRef(own + i, parameters.get(i).type()));
        }
        return new Project(input, expressions, widened(project.schema()));
    }

    private Schema widened(Schema schema) {
        List<Field> fields = new ArrayList<>(schema.fields());
        planned.parameters().fields().forEach(f -> fields.add(Field.of("$" + f.name(), f.type())));
        return new Schema(fields);
    }

    private static List<RowExpression> replaced(
            List<RowExpression> all, Function<Parameter, RowExpression> by) {
        return all.stream().map(e -> replaced(e, by)).toList();
    }

    private static RowExpression replaced(
            RowExpression expression, Function<Parameter, RowExpression> by) {
        return switch (expression) {
            case Parameter parameter -> by.apply(parameter);
            case InputRef _, Literal _ -> expression;
            case RowExpression.Call call ->
                    new RowExpression.Call(
                            call.function(), replaced(call.arguments(), by), call.type());
            case RowExpression.And and -> new RowExpression.And(replaced(and.parts(), by));
            case RowExpression.Or or -> new RowExpression.Or(replaced(or.parts(), by));
            case RowExpression.Case choice ->
                    new RowExpression.Case(
                            choice.branches().stream()
                                    .map(
                                            w ->
                                                    new When(
                                                            replaced(w.condition(), by),
                                                            replaced(w.result(), by)))
                                    .toList(),
                            replaced(choice.otherwise(), by),
                            choice.type());
            case RowExpression.Coalesce first ->
                    new RowExpression.Coalesce(replaced(first.values(), by), first.type());
            case RowExpression.Cast cast ->
                    new RowExpression.Cast(replaced(cast.value(), by), cast.type(), cast.orNull());
            case RowExpression.In in ->
                    new RowExpression.In(replaced(in.value(), by), in.candidates());
            case RowExpression.Member member ->
                    new RowExpression.Member(
                            replaced(member.struct(), by), member.index(), member.type());
        };
    }
}
