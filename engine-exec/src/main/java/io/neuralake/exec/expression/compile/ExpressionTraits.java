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
import io.neuralake.exec.function.ScalarFunctions;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// Answers questions about expressions.
final class ExpressionTraits {
    private ExpressionTraits() {}

    /// Returns the operands.
    static List<RowExpression> children(RowExpression expression) {
        return switch (expression) {
            case InputRef _, Literal _, Parameter _ -> List.of();
            case Call call -> call.arguments();
            case And and -> and.parts();
            case Or or -> or.parts();
            case Case c -> {
                List<RowExpression> children = new ArrayList<>();
                for (When when : c.branches()) {
                    children.add(when.condition());
                    children.add(when.result());
                }
                children.add(c.otherwise());
                yield children;
            }
            case Coalesce coalesce -> coalesce.values();
            case Cast cast -> List.of(cast.value());
            case In in -> List.of(in.value());
            case Member member -> List.of(member.struct());
        };
    }

    /// Returns the columns that an expression reads.
    static Set<Integer> inputs(RowExpression expression) {
        Set<Integer> columns = new TreeSet<>();
        addInputs(expression, columns);
        return columns;
    }

    private static void addInputs(RowExpression expression, Set<Integer> columns) {
        if (expression instanceof InputRef ref) {
            columns.add(ref.column());
        }
        children(expression).forEach(child -> addInputs(child, columns));
    }

    /// Tells whether equal inputs always give equal results.
    static boolean isDeterministic(RowExpression expression) {
        if (expression instanceof Call call
                && ScalarFunctions.find(call.function()).isPresent()
                && !ScalarFunctions.find(call.function()).get().deterministic()) {
            return false;
        }
        return children(expression).stream().allMatch(ExpressionTraits::isDeterministic);
    }
}
