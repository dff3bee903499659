package io.neuralake.planner.sql;

import io.neuralake.spi.error.SqlPosition;

import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/// Converts Calcite's positions.
final class Positions {
    private Positions() {}

    /// Returns where a node begins; null when it has no place in the text.
    static @Nullable SqlPosition of(SqlNode node) {
        return of(node.getParserPosition());
    }

    /// Returns where a range begins; null when it has no place in the text.
    static @Nullable SqlPosition of(@Nullable SqlParserPos position) {
        return position == null || position.getLineNum() < 1
                ? null
                : new SqlPosition(position.getLineNum(), position.getColumnNum());
    }
}
