package io.neuralake.exec.operator.join;

import io.neuralake.exec.expression.RowExpression;

import java.util.BitSet;

/// Finds the columns which an expression reads.
final class InputReferences {
    private InputReferences() {}

    /// Returns the positions of the columns.
    static BitSet of(RowExpression expression) {
        BitSet columns = new BitSet();
        collect(expression, columns);
        return columns;
    }

    private static void collect(RowExpression expression, BitSet columns) {
        switch (expression) {
            case RowExpression.InputRef ref -> columns.set(ref.column());
            case RowExpression.Literal _, RowExpression.Parameter _ -> {}
            case RowExpression.Call call -> call.arguments().forEach(e -> collect(e, columns));
            case RowExpression.And and -> and.parts().forEach(e -> collect(e, columns));
            case RowExpression.Or or -> or.parts().forEach(e -> collect(e, columns));
            case RowExpression.Case c -> {
                for (RowExpression.When branch : c.branches()) {
                    collect(branch.condition(), columns);
                    collect(branch.result(), columns);
                }
                collect(c.otherwise(), columns);
            }
            case RowExpression.Coalesce c -> c.values().forEach(e -> collect(e, columns));
            case RowExpression.Cast cast -> collect(cast.value(), columns);
            case RowExpression.In in -> collect(in.value(), columns);
            case RowExpression.Member member -> collect(member.struct(), columns);
        }
    }
}
