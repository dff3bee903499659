package io.neuralake.planner.sql;

import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.parser.SqlParserPos;

/// Cuts the text of a node out of its statement.
final class SourceText {
    private static final int MAX_LENGTH = 200;

    private SourceText() {}

    /// Returns the node's text on one line; empty when it has none or is very long.
    static String of(String sql, SqlNode node) {
        SqlParserPos pos = node.getParserPosition();
        int start = offset(sql, pos.getLineNum(), pos.getColumnNum());
        int end = offset(sql, pos.getEndLineNum(), pos.getEndColumnNum());
        if (start < 0 || end < start || end >= sql.length()) {
            return "";
        }
        String text = sql.substring(start, end + 1).replaceAll("\\s+", " ").strip();
        return text.length() > MAX_LENGTH ? "" : text;
    }

    /// Returns the offset of a line and column, both from 1; -1 when there is no such place.
    private static int offset(String sql, int line, int column) {
        int start = 0;
        for (int i = 1; i < line; i++) {
            start = sql.indexOf('\n', start) + 1;
            if (start == 0) {
                return -1;
            }
        }
        return line < 1 ? -1 : start + column - 1;
    }
}
