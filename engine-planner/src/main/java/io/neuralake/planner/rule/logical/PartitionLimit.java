package io.neuralake.planner.rule.logical;

import com.google.common.collect.ImmutableList;

import io.neuralake.planner.rule.Expressions;

import org.apache.calcite.rel.RelFieldCollation;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Sort;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexFieldCollation;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexWindowBounds;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.type.SqlTypeName;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Limits rows a partition: what ORDER BY and LIMIT of a correlated sub-query mean once the
/// sub-query runs for all outer rows at once.
final class PartitionLimit {
    private final RexBuilder rexBuilder;
    private final RelDataType bigint;

    PartitionLimit(RexBuilder rexBuilder) {
        this.rexBuilder = rexBuilder;
        this.bigint = rexBuilder.getTypeFactory().createSqlType(SqlTypeName.BIGINT);
    }

    /// Keeps, of each partition of `input`, the rows that `sort` would keep.
    ///
    /// @param partition expressions over the input
    /// @param columns the sort's columns, over the input
    RelNode apply(RelNode input, Sort sort, List<RexNode> partition, List<RexNode> columns) {
        RexNode number = number(partition, orderBy(sort, columns));
        int width = input.getRowType().getFieldCount();
        List<RexNode> withNumber = new ArrayList<>(Expressions.references(input));
        withNumber.add(number);
        RelNode numbered =
                Expressions.project(input, withNumber, input.getRowType().getFieldNames());
        RelNode kept =
                Expressions.filter(numbered, bounds(sort, Expressions.reference(numbered, width)));
        return Expressions.project(kept, Expressions.references(kept, 0, width), input);
    }

    private RexNode number(List<RexNode> partition, ImmutableList<RexFieldCollation> order) {
        return rexBuilder.makeOver(
                bigint,
                SqlStdOperatorTable.ROW_NUMBER,
                List.of(),
                partition,
                order,
                RexWindowBounds.UNBOUNDED_PRECEDING,
                RexWindowBounds.CURRENT_ROW,
                true,
                true,
                false,
                false,
                false);
    }

    private static ImmutableList<RexFieldCollation> orderBy(Sort sort, List<RexNode> columns) {
        ImmutableList.Builder<RexFieldCollation> order = ImmutableList.builder();
        for (RelFieldCollation key : sort.getCollation().getFieldCollations()) {
            Set<SqlKind> directions = new HashSet<>();
            if (key.getDirection().isDescending()) {
                directions.add(SqlKind.DESCENDING);
            }
            switch (key.nullDirection) {
                case FIRST -> directions.add(SqlKind.NULLS_FIRST);
                case LAST -> directions.add(SqlKind.NULLS_LAST);
                case UNSPECIFIED -> {}
            }
            order.add(new RexFieldCollation(columns.get(key.getFieldIndex()), directions));
        }
        return order.build();
    }

    private List<RexNode> bounds(Sort sort, RexNode number) {
        List<RexNode> bounds = new ArrayList<>();
        RexNode skipped = rexBuilder.makeExactLiteral(BigDecimal.ZERO, bigint);
        if (sort.offset != null) {
            skipped = rexBuilder.makeCast(bigint, sort.offset);
            bounds.add(rexBuilder.makeCall(SqlStdOperatorTable.GREATER_THAN, number, skipped));
        }
        if (sort.fetch != null) {
            RexNode last =
                    rexBuilder.makeCall(
                            bigint,
                            SqlStdOperatorTable.PLUS,
                            List.of(skipped, rexBuilder.makeCast(bigint, sort.fetch)));
            bounds.add(rexBuilder.makeCall(SqlStdOperatorTable.LESS_THAN_OR_EQUAL, number, last));
        }
        return bounds;
    }
}
