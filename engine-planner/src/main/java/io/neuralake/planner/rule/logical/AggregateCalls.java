package io.neuralake.planner.rule.logical;

import org.apache.calcite.rel.RelCollation;
import org.apache.calcite.rel.RelCollations;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.AggregateCall;
import org.apache.calcite.rel.core.Sort;
import org.apache.calcite.rel.logical.LogicalAggregate;
import org.apache.calcite.sql.SqlAggFunction;
import org.apache.calcite.sql.fun.SqlLibraryOperators;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.util.ImmutableBitSet;

import java.util.ArrayList;
import java.util.List;

/// The aggregate calls that rewritings of sub-queries need.
final class AggregateCalls {
    private AggregateCalls() {}

    /// A call whose type is not yet settled.
    record Untyped(SqlAggFunction function, List<Integer> arguments, RelCollation order) {
        AggregateCall on(RelNode input, int groupCount) {
            return AggregateCall.create(
                    org.apache.calcite.sql.parser.SqlParserPos.ZERO,
                    function,
                    false,
                    false,
                    false,
                    List.of(),
                    arguments,
                    -1,
                    null,
                    order,
                    groupCount == 0,
                    input,
                    null,
                    function.getName().toLowerCase(java.util.Locale.ROOT));
        }
    }

    static Untyped countStar() {
        return new Untyped(SqlStdOperatorTable.COUNT, List.of(), RelCollations.EMPTY);
    }

    static Untyped count(int column) {
        return new Untyped(SqlStdOperatorTable.COUNT, List.of(column), RelCollations.EMPTY);
    }

    static Untyped minimum(int column) {
        return new Untyped(SqlStdOperatorTable.MIN, List.of(column), RelCollations.EMPTY);
    }

    static Untyped maximum(int column) {
        return new Untyped(SqlStdOperatorTable.MAX, List.of(column), RelCollations.EMPTY);
    }

    /// Collects a column into a list, in the order of the relation if it is sorted.
    static Untyped arrayOf(RelNode input, int column) {
        RelCollation order =
                input instanceof Sort sort && sort.fetch == null
                        ? sort.getCollation()
                        : RelCollations.EMPTY;
        return new Untyped(SqlLibraryOperators.ARRAY_AGG, List.of(column), order);
    }

    /// Aggregates all rows.
    static RelNode aggregate(RelNode input, List<Untyped> calls) {
        List<AggregateCall> typed = new ArrayList<>();
        for (Untyped call : calls) {
            typed.add(call.on(input, 0));
        }
        return LogicalAggregate.create(input, List.of(), ImmutableBitSet.of(), null, typed);
    }
}
