package io.neuralake.planner.lower;

import io.neuralake.exec.expression.RowExpression;
import io.neuralake.exec.expression.RowExpression.And;
import io.neuralake.exec.expression.RowExpression.Call;
import io.neuralake.exec.expression.RowExpression.Case;
import io.neuralake.exec.expression.RowExpression.Cast;
import io.neuralake.exec.expression.RowExpression.Coalesce;
import io.neuralake.exec.expression.RowExpression.In;
import io.neuralake.exec.expression.RowExpression.InputRef;
import io.neuralake.exec.expression.RowExpression.Literal;
import io.neuralake.exec.expression.RowExpression.Member;
import io.neuralake.exec.expression.RowExpression.Or;
import io.neuralake.exec.expression.RowExpression.Parameter;
import io.neuralake.exec.expression.RowExpression.When;
import io.neuralake.exec.plan.PhysicalPlan;
import io.neuralake.exec.plan.PhysicalPlan.Project;
import io.neuralake.spi.type.Schema;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Makes projections, in one with a projection below where nothing is computed twice for that.
final class Projections {
    private Projections() {}

    /// Projects a plan.
    static PhysicalPlan of(PhysicalPlan input, List<RowExpression> expressions, Schema schema) {
        if (input instanceof Project below && isMergeable(expressions, below)) {
            List<RowExpression> merged = new ArrayList<>(expressions.size());
            for (RowExpression expression : expressions) {
                merged.add(substitute(expression, below.expressions()));
            }
            return new Project(below.input(), merged, schema);
        }
        return new Project(input, expressions, schema);
    }

    /// Reads a projection that only picks columns from its input instead.
    static Lowered unprojected(Lowered lowered) {
        if (!(lowered.plan() instanceof Project project)
                || !project.expressions().stream().allMatch(InputRef.class::isInstance)) {
            return lowered;
        }
        Map<FieldPath, Integer> positions = new LinkedHashMap<>();
        lowered.layout()
                .positions()
                .forEach(
                        (path, at) ->
                                positions.put(
                                        path, ((InputRef) project.expressions().get(at)).column()));
        return new Lowered(project.input(), new Layout(positions));
    }

    private static boolean isMergeable(List<RowExpression> outer, Project below) {
        boolean picks = below.expressions().stream().allMatch(InputRef.class::isInstance);
        if (picks) {
            return true;
        }
        Set<Integer> used = new HashSet<>();
        for (RowExpression expression : outer) {
            if (!(expression instanceof InputRef reference)
                    || !used.add(reference.column())
                            && !(below.expressions().get(reference.column()) instanceof InputRef)) {
                return false;
            }
        }
        return true;
    }

    private static RowExpression substitute(RowExpression e, List<RowExpression> columns) {
        return switch (e) {
            case InputRef reference -> columns.get(reference.column());
            case Literal literal -> literal;
            case Parameter parameter -> parameter;
            case Call call ->
                    new Call(call.function(), all(call.arguments(), columns), call.type());
            case And and -> new And(all(and.parts(), columns));
            case Or or -> new Or(all(or.parts(), columns));
            case Case c ->
                    new Case(
                            c.branches().stream()
                                    .map(
                                            w ->
                                                    new When(
                                                            substitute(w.condition(), columns),
                                                            substitute(w.result(), columns)))
                                    .toList(),
                            substitute(c.otherwise(), columns),
                            c.type());
            case Coalesce c -> new Coalesce(all(c.values(), columns), c.type());
            case Cast cast ->
                    new Cast(substitute(cast.value(), columns), cast.type(), cast.orNull());
            case In in -> new In(substitute(in.value(), columns), in.candidates());
            case Member member ->
                    new Member(substitute(member.struct(), columns), member.index(), member.type());
        };
    }

    private static List<RowExpression> all(
            List<RowExpression> expressions, List<RowExpression> columns) {
        return expressions.stream().map(e -> substitute(e, columns)).toList();
    }
}
