package io.neuralake.planner.lower;

import io.neuralake.exec.expression.RowExpression;
import io.neuralake.exec.expression.RowExpression.Literal;
import io.neuralake.exec.plan.PhysicalPlan;
import io.neuralake.exec.plan.PhysicalPlan.SortKey;
import io.neuralake.spi.type.ScalarType;

import org.apache.calcite.rel.RelCollation;
import org.apache.calcite.rel.RelFieldCollation;
import org.apache.calcite.rel.RelFieldCollation.NullDirection;
import org.apache.calcite.rel.core.Sort;
import org.apache.calcite.rex.RexNode;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// Lowers sorts and limits; a sort with a limit is a top-N.
final class SortLowering {
    private final Lowering lowering;
    private final Sort sort;

    SortLowering(Lowering lowering, Sort sort) {
        this.lowering = lowering;
        this.sort = sort;
    }

    Lowered lower(Uses uses) {
        Uses read = Uses.copyOf(uses);
        for (RelFieldCollation key : sort.getCollation().getFieldCollations()) {
            read.add(FieldPath.of(key.getFieldIndex()));
        }
        Lowered input = lowering.lower(sort.getInput(), read).narrow(read);
        List<SortKey> keys = keys(sort.getCollation(), input.layout());
        boolean limited = sort.fetch != null || sort.offset != null;
        PhysicalPlan plan = input.plan();
        if (!limited && !keys.isEmpty()) {
            plan = new PhysicalPlan.Sort(plan, keys);
        } else if (limited) {
            plan = limited(plan, keys);
        }
        return new Lowered(plan, input.layout());
    }

    private PhysicalPlan limited(PhysicalPlan input, List<SortKey> keys) {
        RowExpression limit = count(sort.fetch, null);
        RowExpression offset = count(sort.offset, 0L);
        double rows = lowering.rows(sort);
        if (keys.isEmpty()) {
            return new PhysicalPlan.Limit(input, limit, offset, rows);
        }
        if (limit instanceof Literal literal && literal.value() == null) {
            return new PhysicalPlan.Limit(new PhysicalPlan.Sort(input, keys), limit, offset, rows);
        }
        return new PhysicalPlan.TopN(input, keys, limit, offset, rows);
    }

    private static RowExpression count(@Nullable RexNode count, @Nullable Long none) {
        return count == null
                ? new Literal(none, ScalarType.BIGINT)
                : parameterOrConstant(RexToRowExpression.constant(count));
    }

    /// A limit's parameter is BIGINT whatever type was inferred.
    private static RowExpression parameterOrConstant(RowExpression count) {
        return count instanceof RowExpression.Parameter parameter
                ? new RowExpression.Parameter(parameter.index(), ScalarType.BIGINT)
                : Casts.to(count, ScalarType.BIGINT);
    }

    /// Translates a collation.
    static List<SortKey> keys(RelCollation collation, Layout layout) {
        List<SortKey> keys = new ArrayList<>();
        for (RelFieldCollation key : collation.getFieldCollations()) {
            keys.add(key(key, layout.position(key.getFieldIndex())));
        }
        return keys;
    }

    static SortKey key(RelFieldCollation key, int position) {
        boolean descending = key.getDirection().isDescending();
        boolean nullsFirst =
                key.nullDirection == NullDirection.UNSPECIFIED
                        ? descending
                        : key.nullDirection == NullDirection.FIRST;
        return new SortKey(position, descending, nullsFirst);
    }
}
