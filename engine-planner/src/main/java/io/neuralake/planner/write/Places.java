package io.neuralake.planner.write;

import io.neuralake.spi.error.SqlPosition;

import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/// Finds where nodes are in the statement.
final class Places {
    private Places() {}

    static @Nullable SqlPosition of(SqlNode node) {
        SqlParserPos position = node.getParserPosition();
        return position.getLineNum() < 1
                ? null
                : new SqlPosition(position.getLineNum(), position.getColumnNum());
    }
}
