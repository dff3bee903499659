package io.neuralake.planner.sql;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.util.SqlBasicVisitor;
import org.jspecify.annotations.Nullable;

/// Refuses UNNEST where it cannot make rows: outside of the select list, GROUP BY and ORDER BY, and
/// inside of aggregate functions.
final class UnnestPlacement {
    private UnnestPlacement() {}

    /// Checks the clauses of a SELECT. Throws UNSUPPORTED.
    static void check(SqlSelect select) {
        refuse(select.getWhere(), "WHERE");
        refuse(select.getHaving(), "HAVING");
        refuse(select.getQualify(), "QUALIFY");
        select.getSelectList().accept(new Finder("aggregate functions", true));
    }

    /// Refuses UNNEST anywhere in a condition.
    static void refuse(@Nullable SqlNode condition, String clause) {
        if (condition != null) {
            condition.accept(new Finder(clause, false));
        }
    }

    /// Walks an expression outside of its sub-queries.
    private static final class Finder extends SqlBasicVisitor<Void> {
        private final String place;
        private boolean allowed;

        Finder(String place, boolean allowed) {
            this.place = place;
            this.allowed = allowed;
        }

        @Override
        public @Nullable Void visit(SqlCall call) {
            if (call.isA(SqlKind.QUERY)) {
                return null;
            }
            if (!allowed && call.getOperator().getName().equalsIgnoreCase("unnest")) {
                throw new NeuralakeException(
                        ErrorCode.UNSUPPORTED,
                        "UNNEST is not allowed in " + place + "; use it in a sub-query",
                        Positions.of(call),
                        null);
            }
            boolean before = allowed;
            allowed &= !LakeOperatorTable.isAggregate(call.getOperator());
            super.visit(call);
            allowed = before;
            return null;
        }
    }
}
