package io.neuralake.planner.rule.physical;

import io.neuralake.exec.expression.RowExpression;
import io.neuralake.exec.expression.RowExpression.Call;
import io.neuralake.exec.expression.RowExpression.Case;
import io.neuralake.exec.expression.RowExpression.Cast;
import io.neuralake.exec.expression.RowExpression.InputRef;
import io.neuralake.exec.expression.RowExpression.Literal;
import io.neuralake.exec.expression.RowExpression.When;
import io.neuralake.exec.function.CommonTypes;
import io.neuralake.exec.plan.PhysicalPlan;
import io.neuralake.exec.plan.PhysicalPlan.AggregateCall;
import io.neuralake.exec.plan.PhysicalPlan.HashAggregate;
import io.neuralake.exec.plan.PhysicalPlan.Project;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;
import io.neuralake.spi.type.Type;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Computes what is summed in 64 bits where the statistics of the columns show that it fits, though
/// SQL's rules give the expression more than 18 digits. The sum has 38 digits either way. Were the
/// statistics wrong, the casts would raise an error rather than wrap.
public final class DecimalNarrowing {
    /// Rewrites a plan.
    public PhysicalPlan apply(PhysicalPlan plan) {
        PhysicalPlan result = PlanInputs.rewrite(plan, this::apply);
        return result instanceof HashAggregate aggregate
                        && aggregate.input() instanceof Project project
                ? narrowed(aggregate, project)
                : result;
    }

    private static PhysicalPlan narrowed(HashAggregate aggregate, Project project) {
        List<RowExpression> expressions = new ArrayList<>(project.expressions());
        List<Field> fields = new ArrayList<>(project.schema().fields());
        boolean changed = false;
        for (int column : summedOnly(aggregate)) {
            Optional<RowExpression> narrow =
                    isWide(expressions.get(column))
                            ? narrow(expressions.get(column), project.input())
                            : Optional.empty();
            if (narrow.isPresent() && !isWide(narrow.get())) {
                Field field = fields.get(column);
                expressions.set(column, narrow.get());
                fields.set(column, new Field(field.name(), narrow.get().type(), field.nullable()));
                changed = true;
            }
        }
        return changed
                ? PlanInputs.replace(
                        aggregate,
                        List.of(new Project(project.input(), expressions, new Schema(fields))))
                : aggregate;
    }

    /// Returns the columns that are read by sums and averages only, whose results are the same for
    /// decimals of other precision.
    private static Set<Integer> summedOnly(HashAggregate aggregate) {
        Set<Integer> summed = new HashSet<>();
        Set<Integer> others = new HashSet<>(aggregate.keys());
        for (AggregateCall call : aggregate.aggregates()) {
            boolean sums =
                    (call.function().equals("sum") || call.function().equals("avg"))
                            && call.order().isEmpty();
            (sums ? summed : others).addAll(call.arguments());
        }
        summed.removeAll(others);
        return summed;
    }

    private static boolean isWide(RowExpression expression) {
        return expression.type() instanceof DecimalType decimal && !decimal.isShort();
    }

    /// Gives an expression the fewest digits that are sure to hold it; empty for what is not
    /// understood.
    private static Optional<RowExpression> narrow(RowExpression expression, PhysicalPlan input) {
        return switch (expression) {
            case InputRef reference -> Optional.of(column(reference, input));
            case Literal literal -> constant(literal);
            case Call call
                    when call.arguments().size() == 2
                            && call.type() instanceof DecimalType decimal ->
                    call(call, decimal, input);
            case Case choice -> choice(choice, input);
            default -> Optional.empty();
        };
    }

    private static RowExpression column(InputRef reference, PhysicalPlan input) {
        if (!(reference.type() instanceof DecimalType type)) {
            return reference;
        }
        return ValueRanges.of(input, reference.column())
                .map(range -> digits(range, type))
                .filter(precision -> precision < type.precision())
                .<RowExpression>map(
                        precision ->
                                new Cast(
                                        reference, new DecimalType(precision, type.scale()), false))
                .orElse(reference);
    }

    private static int digits(ValueRanges.Range range, DecimalType type) {
        return Math.max(precision(range.min(), type.scale()), precision(range.max(), type.scale()));
    }

    private static int precision(BigDecimal value, int scale) {
        BigDecimal scaled = value.setScale(scale, java.math.RoundingMode.UP);
        return Math.max(Math.max(1, scale), scaled.unscaledValue().abs().toString().length());
    }

    private static Optional<RowExpression> constant(Literal literal) {
        BigDecimal value =
                switch (literal.value()) {
                    case BigDecimal decimal -> decimal;
                    case Long integer when literal.type() instanceof ScalarType ->
                            BigDecimal.valueOf(integer);
                    case null, default -> null;
                };
        if (value == null || literal.type() == ScalarType.DATE) {
            return Optional.empty();
        }
        int precision = precision(value, value.scale());
        return precision > DecimalType.MAX_PRECISION
                ? Optional.empty()
                : Optional.of(new Literal(value, new DecimalType(precision, value.scale())));
    }

    private static Optional<RowExpression> call(Call call, DecimalType wanted, PhysicalPlan input) {
        Optional<RowExpression> left = narrow(call.arguments().get(0), input);
        Optional<RowExpression> right =
                left.isEmpty() ? left : narrow(call.arguments().get(1), input);
        if (right.isEmpty()) {
            return Optional.empty();
        }
        Type l = left.get().type();
        Type r = right.get().type();
        Type type =
                switch (call.function()) {
                    case "add", "subtract" -> CommonTypes.sum(l, r);
                    case "multiply" -> CommonTypes.product(l, r);
                    default -> wanted;
                };
        boolean same = type instanceof DecimalType decimal && decimal.scale() == wanted.scale();
        return same && !type.equals(wanted)
                ? Optional.of(new Call(call.function(), List.of(left.get(), right.get()), type))
                : Optional.empty();
    }

    private static Optional<RowExpression> choice(Case choice, PhysicalPlan input) {
        if (!(choice.type() instanceof DecimalType wanted)) {
            return Optional.empty();
        }
        List<RowExpression> results = new ArrayList<>();
        choice.branches().forEach(branch -> results.add(branch.result()));
        results.add(choice.otherwise());
        int whole = 1;
        for (int i = 0; i < results.size(); i++) {
            Optional<RowExpression> narrow = narrow(unwrapped(results.get(i)), input);
            if (narrow.isEmpty()
                    || !(narrow.get().type() instanceof DecimalType type)
                    || type.scale() > wanted.scale()) {
                return Optional.empty();
            }
            results.set(i, narrow.get());
            whole = Math.max(whole, type.precision() - type.scale());
        }
        DecimalType common = CommonTypes.decimal(whole + wanted.scale(), wanted.scale());
        List<When> branches = new ArrayList<>();
        for (int i = 0; i < choice.branches().size(); i++) {
            branches.add(
                    new When(choice.branches().get(i).condition(), cast(results.get(i), common)));
        }
        return Optional.of(new Case(branches, cast(results.getLast(), common), common));
    }

    /// Looks through a cast that only adds digits.
    private static RowExpression unwrapped(RowExpression expression) {
        return expression instanceof Cast cast
                        && cast.type() instanceof DecimalType to
                        && cast.value().type() instanceof DecimalType from
                        && to.scale() >= from.scale()
                ? cast.value()
                : expression;
    }

    private static RowExpression cast(RowExpression value, DecimalType type) {
        if (value.type().equals(type)) {
            return value;
        }
        return value instanceof Literal literal && literal.value() instanceof BigDecimal number
                ? new Literal(number.setScale(type.scale()), type)
                : new Cast(value, type, false);
    }
}
