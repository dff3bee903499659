package io.neuralake.planner.sql;

import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// What the generated parser does with what it has read.
public final class ParserActions {
    /// Types that may stand before a text; DATE, TIME, TIMESTAMP and DECIMAL have literals of their own.
    private static final Set<String> TYPE_NAMES =
            Set.of(
                    "BIGINT",
                    "BOOL",
                    "BOOLEAN",
                    "DOUBLE",
                    "FLOAT",
                    "FLOAT4",
                    "FLOAT8",
                    "INT",
                    "INT2",
                    "INT4",
                    "INT8",
                    "INTEGER",
                    "REAL",
                    "SMALLINT",
                    "TEXT",
                    "TIMESTAMPTZ",
                    "TINYINT",
                    "VARCHAR");

    private ParserActions() {}

    /// Tells whether a word before a text is the text's type.
    public static boolean isTypeName(String word) {
        return TYPE_NAMES.contains(word.toUpperCase(Locale.ROOT));
    }

    /// Returns the text of a number without the underscores between its digits.
    public static String digits(String image) {
        return image.replace("_", "");
    }

    /// Makes the bounds of a slice: from the first and to the last element unless said otherwise.
    public static SqlNode slice(
            @Nullable SqlNode from,
            @Nullable SqlNode to,
            @Nullable SqlNode step,
            SqlParserPos pos) {
        List<SqlNode> bounds = new ArrayList<>();
        bounds.add(from == null ? Calls.number(1, pos) : from);
        bounds.add(to == null ? Calls.number(-1, pos) : to);
        if (step != null) {
            bounds.add(step);
        }
        return SqlStdOperatorTable.ROW.createCall(pos, bounds);
    }
}
