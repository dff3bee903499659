package io.neuralake.exec.operator.scan;

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

import java.util.Arrays;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/// Finds and renumbers the columns that an expression reads.
final class ColumnReferences {
    private ColumnReferences() {}

    /// Returns the columns read, ascending, each once.
    static int[] of(RowExpression expression) {
        SortedSet<Integer> columns = new TreeSet<>();
        collect(expression, columns);
        return columns.stream().mapToInt(Integer::intValue).toArray();
    }

    private static void collect(RowExpression expression, SortedSet<Integer> columns) {
        switch (expression) {
            case InputRef ref -> columns.add(ref.column());
            case Literal _, Parameter _ -> {}
            case Call call -> call.arguments().forEach(e -> collect(e, columns));
            case And and -> and.parts().forEach(e -> collect(e, columns));
            case Or or -> or.parts().forEach(e -> collect(e, columns));
            case Case c -> {
                for (When when : c.branches()) {
                    collect(when.condition(), columns);
                    collect(when.result(), columns);
                }
                collect(c.otherwise(), columns);
            }
            case Coalesce coalesce -> coalesce.values().forEach(e -> collect(e, columns));
            case Cast cast -> collect(cast.value(), columns);
            case In in -> collect(in.value(), columns);
            case Member member -> collect(member.struct(), columns);
        }
    }

    /// Replaces each column by its position in `columns`, which is sorted.
    static RowExpression renumber(RowExpression expression, int[] columns) {
        return switch (expression) {
            case InputRef ref ->
                    new InputRef(Arrays.binarySearch(columns, ref.column()), ref.type());
            case Literal literal -> literal;
            case Parameter parameter -> parameter;
            case Call call ->
                    new Call(call.function(), renumber(call.arguments(), columns), call.type());
            case And and -> new And(renumber(and.parts(), columns));
            case Or or -> new Or(renumber(or.parts(), columns));
            case Case c ->
                    new Case(
                            c.branches().stream()
                                    .map(
                                            w ->
                                                    new When(
                                                            renumber(w.condition(), columns),
                                                            renumber(w.result(), columns)))
                                    .toList(),
                            renumber(c.otherwise(), columns),
                            c.type());
            case Coalesce coalesce ->
                    new Coalesce(renumber(coalesce.values(), columns), coalesce.type());
            case Cast cast -> new Cast(renumber(cast.value(), columns), cast.type(), cast.orNull());
            case In in -> new In(renumber(in.value(), columns), in.candidates());
            case Member member ->
                    new Member(renumber(member.struct(), columns), member.index(), member.type());
        };
    }

    private static List<RowExpression> renumber(List<RowExpression> expressions, int[] columns) {
        return expressions.stream().map(e -> renumber(e, columns)).toList();
    }
}
