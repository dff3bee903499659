package io.neuralake.planner.rule.physical;

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
import io.neuralake.exec.function.ScalarFunctions;
import io.neuralake.exec.plan.PhysicalPlan;
import io.neuralake.exec.plan.PhysicalPlan.Project;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.Schema;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Computes an expression once that a projection has several times: in a projection of its own
/// below. Only where it is computed for every row anyway, so that no error is raised that CASE or
/// the like would have kept away.
public final class CommonExpressions {
    /// Rewrites a plan.
    public PhysicalPlan apply(PhysicalPlan plan) {
        PhysicalPlan result = PlanInputs.rewrite(plan, this::apply);
        return result instanceof Project project ? new Splitter().split(project) : result;
    }

    private static final class Splitter {
        private static final int NOWHERE = -1;

        private final Map<RowExpression, Integer> counts = new HashMap<>();
        private final Set<RowExpression> always = new HashSet<>();
        private final Map<RowExpression, Integer> common = new LinkedHashMap<>();
        private final Map<InputRef, Integer> columns = new LinkedHashMap<>();
        private int next;

        PhysicalPlan split(Project project) {
            project.expressions().forEach(e -> count(e, true));
            boolean repeated = false;
            for (RowExpression expression : always) {
                repeated |= counts.getOrDefault(expression, 0) > 1;
            }
            if (!repeated) {
                return project;
            }
            project.expressions().forEach(this::find);
            if (common.isEmpty()) {
                return project;
            }
            List<RowExpression> above = new ArrayList<>();
            project.expressions().forEach(e -> above.add(rewrite(e)));
            return new Project(below(project.input()), above, project.schema());
        }

        /// Counts what is worth computing once.
        private void count(RowExpression e, boolean unconditional) {
            if (isWorthIt(e)) {
                int seen = counts.merge(e, 1, Integer::sum);
                if (unconditional) {
                    always.add(e);
                }
                if (seen > 1) {
                    return;
                }
            }
            switch (e) {
                case Case c -> {
                    count(c.branches().getFirst().condition(), unconditional);
                    for (int i = 0; i < c.branches().size(); i++) {
                        if (i > 0) {
                            count(c.branches().get(i).condition(), false);
                        }
                        count(c.branches().get(i).result(), false);
                    }
                    count(c.otherwise(), false);
                }
                case And and -> first(and.parts(), unconditional);
                case Or or -> first(or.parts(), unconditional);
                case Coalesce coalesce -> first(coalesce.values(), unconditional);
                default -> children(e).forEach(child -> count(child, unconditional));
            }
        }

        private void first(List<RowExpression> parts, boolean unconditional) {
            for (int i = 0; i < parts.size(); i++) {
                count(parts.get(i), unconditional && i == 0);
            }
        }

        private static boolean isWorthIt(RowExpression e) {
            return switch (e) {
                case Call call ->
                        !call.arguments().isEmpty()
                                && ScalarFunctions.find(call.function())
                                        .map(s -> s.deterministic())
                                        .orElse(false)
                                && isDeterministic(call);
                case Cast cast -> isDeterministic(cast);
                default -> false;
            };
        }

        private static boolean isDeterministic(RowExpression e) {
            if (e instanceof Call call
                    && !ScalarFunctions.find(call.function())
                            .map(s -> s.deterministic())
                            .orElse(false)) {
                return false;
            }
            return children(e).stream().allMatch(Splitter::isDeterministic);
        }

        /// Picks the largest repeated expressions.
        private void find(RowExpression e) {
            if (counts.getOrDefault(e, 0) > 1 && always.contains(e)) {
                common.put(e, NOWHERE);
            } else {
                children(e).forEach(this::find);
            }
        }

        private PhysicalPlan below(PhysicalPlan input) {
            RowExpression[] expressions = new RowExpression[next];
            Field[] fields = new Field[next];
            columns.forEach(
                    (column, position) -> {
                        expressions[position] = column;
                        fields[position] = input.schema().field(column.column());
                    });
            common.forEach(
                    (expression, position) -> {
                        expressions[position] = expression;
                        fields[position] = Field.of("common" + position, expression.type());
                    });
            return new Project(input, List.of(expressions), Schema.of(fields));
        }

        private RowExpression rewrite(RowExpression e) {
            Integer position = common.get(e);
            if (position != null) {
                if (position == NOWHERE) {
                    position = next++;
                    common.put(e, position);
                }
                return new InputRef(position, e.type());
            }
            return switch (e) {
                case InputRef r -> new InputRef(columns.computeIfAbsent(r, c -> next++), r.type());
                case Literal l -> l;
                case Parameter p -> p;
                case Call c -> new Call(c.function(), all(c.arguments()), c.type());
                case And a -> new And(all(a.parts()));
                case Or o -> new Or(all(o.parts()));
                case Case c -> {
                    List<When> branches = new ArrayList<>();
                    for (When when : c.branches()) {
                        branches.add(new When(rewrite(when.condition()), rewrite(when.result())));
                    }
                    yield new Case(branches, rewrite(c.otherwise()), c.type());
                }
                case Coalesce c -> new Coalesce(all(c.values()), c.type());
                case Cast c -> new Cast(rewrite(c.value()), c.type(), c.orNull());
                case In i -> new In(rewrite(i.value()), i.candidates());
                case Member m -> new Member(rewrite(m.struct()), m.index(), m.type());
            };
        }

        private List<RowExpression> all(List<RowExpression> expressions) {
            List<RowExpression> result = new ArrayList<>(expressions.size());
            expressions.forEach(e -> result.add(rewrite(e)));
            return result;
        }

        private static List<RowExpression> children(RowExpression e) {
            return switch (e) {
                case InputRef r -> List.of();
                case Literal l -> List.of();
                case Parameter p -> List.of();
                case Call c -> c.arguments();
                case And a -> a.parts();
                case Or o -> o.parts();
                case Case c -> {
                    List<RowExpression> all = new ArrayList<>();
                    for (When when : c.branches()) {
                        all.add(when.condition());
                        all.add(when.result());
                    }
                    all.add(c.otherwise());
                    yield all;
                }
                case Coalesce c -> c.values();
                case Cast c -> List.of(c.value());
                case In i -> List.of(i.value());
                case Member m -> List.of(m.struct());
            };
        }
    }
}
