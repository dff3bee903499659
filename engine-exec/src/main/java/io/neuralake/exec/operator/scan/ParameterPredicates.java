package io.neuralake.exec.operator.scan;

import io.neuralake.exec.expression.RowExpression;
import io.neuralake.exec.expression.RowExpression.Call;
import io.neuralake.exec.expression.RowExpression.InputRef;
import io.neuralake.exec.expression.RowExpression.Literal;
import io.neuralake.exec.expression.RowExpression.Parameter;
import io.neuralake.exec.plan.PhysicalPlan;
import io.neuralake.spi.expression.ColumnPath;
import io.neuralake.spi.expression.ScanPredicate;

import java.util.List;
import java.util.Optional;

/// Makes scan predicates of conjuncts that compare a column with a parameter, whose value the planner
/// did not know.
final class ParameterPredicates {
    private ParameterPredicates() {}

    static List<ScanPredicate> of(PhysicalPlan.TableScan node, List<Literal> parameters) {
        return node.filters().stream()
                .flatMap(conjunct -> predicate(node, conjunct, parameters).stream())
                .toList();
    }

    private static Optional<ScanPredicate> predicate(
            PhysicalPlan.TableScan node, RowExpression conjunct, List<Literal> parameters) {
        if (!(conjunct instanceof Call call) || call.arguments().size() != 2) {
            return Optional.empty();
        }
        RowExpression left = call.arguments().get(0);
        RowExpression right = call.arguments().get(1);
        if (left instanceof InputRef column && right instanceof Parameter parameter) {
            return operator(call.function(), false)
                    .flatMap(o -> comparison(node, column, o, parameter, parameters));
        }
        if (left instanceof Parameter parameter && right instanceof InputRef column) {
            return operator(call.function(), true)
                    .flatMap(o -> comparison(node, column, o, parameter, parameters));
        }
        return Optional.empty();
    }

    private static Optional<ScanPredicate> comparison(
            PhysicalPlan.TableScan node,
            InputRef column,
            ScanPredicate.Operator operator,
            Parameter parameter,
            List<Literal> parameters) {
        Literal literal = parameters.get(parameter.index());
        Object value = literal.value();
        if (value == null || !literal.type().equals(column.type())) {
            return Optional.empty();
        }
        ColumnPath path = node.request().columns().get(column.column()).path();
        return Optional.of(new ScanPredicate.Comparison(path, operator, value));
    }

    private static Optional<ScanPredicate.Operator> operator(String function, boolean mirrored) {
        return switch (function) {
            case "eq" -> Optional.of(ScanPredicate.Operator.EQUAL);
            case "lt" ->
                    Optional.of(
                            mirrored
                                    ? ScanPredicate.Operator.GREATER
                                    : ScanPredicate.Operator.LESS);
            case "le" ->
                    Optional.of(
                            mirrored
                                    ? ScanPredicate.Operator.GREATER_OR_EQUAL
                                    : ScanPredicate.Operator.LESS_OR_EQUAL);
            case "gt" ->
                    Optional.of(
                            mirrored
                                    ? ScanPredicate.Operator.LESS
                                    : ScanPredicate.Operator.GREATER);
            case "ge" ->
                    Optional.of(
                            mirrored
                                    ? ScanPredicate.Operator.LESS_OR_EQUAL
                                    : ScanPredicate.Operator.GREATER_OR_EQUAL);
            default -> Optional.empty();
        };
    }
}
