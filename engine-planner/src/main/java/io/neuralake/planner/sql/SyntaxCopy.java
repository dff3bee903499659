package io.neuralake.planner.sql;

import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.util.SqlShuttle;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// Copies syntax trees, since validation changes nodes in place: no node may stand in two places.
final class SyntaxCopy extends SqlShuttle {
    private SyntaxCopy() {}

    /// Copies a tree, positions included.
    static SqlNode of(SqlNode node) {
        return Objects.requireNonNull(node.accept(new SyntaxCopy()));
    }

    @Override
    public @Nullable SqlNode visit(SqlCall call) {
        CallCopyingArgHandler copies = new CallCopyingArgHandler(call, true);
        call.getOperator().acceptCall(this, call, false, copies);
        return copies.result();
    }

    @Override
    public @Nullable SqlNode visit(SqlIdentifier id) {
        return id.clone(id.getParserPosition());
    }

    @Override
    public @Nullable SqlNode visit(SqlNodeList list) {
        List<@Nullable SqlNode> copies = new ArrayList<>();
        for (SqlNode node : list) {
            copies.add(node == null ? null : node.accept(this));
        }
        return new SqlNodeList(copies, list.getParserPosition());
    }
}
