package io.neuralake.exec.expression.compile;

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
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/// Prepares an expression for compilation: binds parameters, makes conversions explicit, flattens
/// conjunctions and folds what does not depend on the input. An input-free expression that fails
/// stays as it is, since no row may reach it.
final class ExpressionRewriter {
    private final EvaluationSettings settings;
    private final UnaryOperator<RowExpression> fold;

    /// @param fold evaluates an input-free deterministic expression to a literal, or returns it as it
    ///     is where it fails
    ExpressionRewriter(EvaluationSettings settings, UnaryOperator<RowExpression> fold) {
        this.settings = settings;
        this.fold = fold;
    }

    /// Rewrites a tree.
    RowExpression rewrite(RowExpression expression) {
        return switch (expression) {
            case InputRef ref -> ref;
            case Literal literal -> literal;
            case Parameter parameter -> bound(parameter);
            case Call call ->
                    folded(
                            CallCoercion.coerce(
                                    new Call(
                                            call.function(),
                                            rewrite(call.arguments()),
                                            call.type()),
                                    this::converted));
            case And and -> junction(flattened(and), false);
            case Or or -> junction(flattened(or), true);
            case Case c -> folded(cases(c));
            case Coalesce coalesce -> folded(coalesce(coalesce));
            case Cast cast -> cast(rewrite(cast.value()), cast);
            case In in -> folded(in(in));
            case Member member ->
                    folded(new Member(rewrite(member.struct()), member.index(), member.type()));
        };
    }

    private List<RowExpression> rewrite(List<RowExpression> expressions) {
        return expressions.stream().map(this::rewrite).toList();
    }

    private Literal bound(Parameter parameter) {
        if (parameter.index() >= settings.parameters().size()) {
            throw new NeuralakeException(
                    ErrorCode.UNBOUND_PARAMETER,
                    "Parameter has no value: " + (parameter.index() + 1));
        }
        return new Literal(settings.parameters().get(parameter.index()).value(), parameter.type());
    }

    /// Casts where the type differs; nulls and literals at once.
    RowExpression converted(RowExpression value, Type type) {
        if (value.type().equals(type)) {
            return value;
        }
        if (value instanceof Literal literal && literal.value() == null) {
            return new Literal(null, type);
        }
        return folded(new Cast(value, type, false));
    }

    private RowExpression cast(RowExpression value, Cast cast) {
        if (value.type().equals(cast.type())) {
            return value;
        }
        if (value instanceof Literal literal && literal.value() == null) {
            return new Literal(null, cast.type());
        }
        return folded(new Cast(value, cast.type(), cast.orNull()));
    }

    private RowExpression folded(RowExpression expression) {
        boolean constant =
                !(expression instanceof Literal)
                        && ExpressionTraits.inputs(expression).isEmpty()
                        && ExpressionTraits.isDeterministic(expression);
        return constant ? fold.apply(expression) : expression;
    }

    private List<RowExpression> flattened(RowExpression junction) {
        List<RowExpression> parts = new ArrayList<>();
        for (RowExpression part : ExpressionTraits.children(junction)) {
            if (part.getClass() == junction.getClass()) {
                parts.addAll(flattened(part));
            } else {
                parts.add(converted(rewrite(part), ScalarType.BOOLEAN));
            }
        }
        return parts;
    }

    private RowExpression junction(List<RowExpression> all, boolean deciding) {
        List<RowExpression> parts = new ArrayList<>();
        for (RowExpression part : all) {
            if (part instanceof Literal literal && literal.value() instanceof Boolean value) {
                if (value == deciding) {
                    return literal;
                }
            } else {
                parts.add(part);
            }
        }
        if (parts.isEmpty()) {
            return deciding ? Literal.FALSE : Literal.TRUE;
        }
        if (parts.size() == 1) {
            return parts.get(0);
        }
        return folded(deciding ? new Or(parts) : new And(parts));
    }

    private RowExpression cases(Case c) {
        List<When> branches = new ArrayList<>();
        for (When when : c.branches()) {
            RowExpression condition = converted(rewrite(when.condition()), ScalarType.BOOLEAN);
            if (condition instanceof Literal literal && !Boolean.TRUE.equals(literal.value())) {
                continue;
            }
            RowExpression result = converted(rewrite(when.result()), c.type());
            if (condition instanceof Literal) {
                return branches.isEmpty() ? result : new Case(branches, result, c.type());
            }
            branches.add(new When(condition, result));
        }
        RowExpression otherwise = converted(rewrite(c.otherwise()), c.type());
        return branches.isEmpty() ? otherwise : new Case(branches, otherwise, c.type());
    }

    private RowExpression coalesce(Coalesce coalesce) {
        List<RowExpression> values = new ArrayList<>();
        for (RowExpression each : coalesce.values()) {
            RowExpression value = converted(rewrite(each), coalesce.type());
            if (value instanceof Literal literal) {
                if (literal.value() == null) {
                    continue;
                }
                values.add(literal);
                break;
            }
            values.add(value);
        }
        if (values.isEmpty()) {
            return new Literal(null, coalesce.type());
        }
        return values.size() == 1 ? values.get(0) : new Coalesce(values, coalesce.type());
    }

    /// Brings the candidates to the value's type, or both to a common one where that loses digits.
    private RowExpression in(In in) {
        RowExpression value = rewrite(in.value());
        Type type = value.type();
        for (Literal candidate : in.candidates()) {
            type = CallCoercion.comparisonType(type, candidate.type());
        }
        List<Literal> candidates = new ArrayList<>();
        for (Literal candidate : in.candidates()) {
            RowExpression converted = converted(candidate, type);
            if (!(converted instanceof Literal literal)) {
                throw new NeuralakeException(
                        ErrorCode.TYPE_MISMATCH,
                        "Candidate of IN does not convert to "
                                + type.sql()
                                + ": "
                                + candidate.value());
            }
            candidates.add(literal);
        }
        return new In(converted(value, type), candidates);
    }
}
