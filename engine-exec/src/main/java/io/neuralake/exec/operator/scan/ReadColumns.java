package io.neuralake.exec.operator.scan;

import io.neuralake.exec.expression.RowExpression;
import io.neuralake.exec.plan.PhysicalPlan;
import io.neuralake.exec.plan.PhysicalPlan.AggregateCall;
import io.neuralake.exec.plan.PhysicalPlan.SortKey;

import org.jspecify.annotations.Nullable;

import java.util.BitSet;

/// Finds which columns of its input a node reads. The others were for filters below it.
final class ReadColumns {
    private ReadColumns() {}

    /// Returns the columns read, all of them for nodes that hand rows on.
    ///
    /// @param reader null if it is not known
    /// @param count how many columns the input has
    static BitSet of(@Nullable PhysicalPlan reader, int count) {
        BitSet read = new BitSet(count);
        switch (reader) {
            case PhysicalPlan.Project project -> {
                for (RowExpression expression : project.expressions()) {
                    for (int column : ColumnReferences.of(expression)) {
                        read.set(column);
                    }
                }
            }
            case PhysicalPlan.HashAggregate aggregate -> {
                aggregate.keys().forEach(read::set);
                for (AggregateCall call : aggregate.aggregates()) {
                    call.arguments().forEach(read::set);
                    if (call.filter() >= 0) {
                        read.set(call.filter());
                    }
                    for (SortKey key : call.order()) {
                        read.set(key.column());
                    }
                }
            }
            case null, default -> read.set(0, count);
        }
        return read;
    }
}
