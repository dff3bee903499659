package io.neuralake.planner.write;

import io.neuralake.planner.sql.Fragment;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.Schema;

import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOrderBy;
import org.apache.calcite.sql.parser.SqlParserPos;

import java.util.ArrayList;
import java.util.List;

/// Orders rows so that those lie together which are alike in several columns: by the interleaved bits of
/// the columns' ranks (Morton, "A Computer Oriented Geodetic Data Base and a New Technique in File
/// Sequencing", 1966). Ranks rather than values make every column count the same, whatever its type and
/// distribution.
final class ZOrder {
    private static final int MOST_BITS = 60;
    private static final int MOST_BITS_OF_COLUMN = 10;

    private ZOrder() {}

    /// Makes the query of all rows of a table.
    ///
    /// @param key of the table among the statement's
    /// @param columns to order by; empty for no order
    static SqlNode query(String key, Schema schema, List<String> columns) {
        List<SqlNode> items = new ArrayList<>();
        for (Field field : schema.fields()) {
            items.add(Syntax.as(Syntax.name("t", field.name()), field.name()));
        }
        SqlNode source = Syntax.as(Syntax.adHoc(key), "t");
        if (columns.isEmpty()) {
            return Syntax.select(items, source, null);
        }
        if (columns.size() == 1) {
            return ordered(Syntax.select(items, source, null), columns);
        }
        int bits = Math.clamp(MOST_BITS / columns.size(), 1, MOST_BITS_OF_COLUMN);
        List<SqlNode> ranked = new ArrayList<>(items);
        for (int i = 0; i < columns.size(); i++) {
            String rank =
                    "ntile(" + (1 << bits) + ") over (order by t." + quoted(columns.get(i)) + ")";
            ranked.add(Syntax.as(Fragment.of(rank).expression(), "$rank" + i));
        }
        SqlNode ranks = Syntax.as(Syntax.select(ranked, source, null), "t");
        SqlNode all = Syntax.select(items, ranks, null);
        return new SqlOrderBy(
                SqlParserPos.ZERO,
                all,
                SqlNodeList.of(Fragment.of(interleaved(columns.size(), bits)).expression()),
                null,
                null);
    }

    private static SqlNode ordered(SqlNode select, List<String> columns) {
        List<SqlNode> keys = new ArrayList<>();
        columns.forEach(column -> keys.add(Syntax.name("t", column)));
        return new SqlOrderBy(
                SqlParserPos.ZERO, select, new SqlNodeList(keys, SqlParserPos.ZERO), null, null);
    }

    private static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    /// Adds up the bits of the ranks, each at its place.
    private static String interleaved(int columns, int bits) {
        StringBuilder sum = new StringBuilder();
        for (int bit = bits - 1; bit >= 0; bit--) {
            for (int column = 0; column < columns; column++) {
                long weight = 1L << (bit * columns + columns - 1 - column);
                sum.append(sum.isEmpty() ? "" : " + ")
                        .append("((cast(t.\"$rank")
                        .append(column)
                        .append("\" as bigint) - 1) / ")
                        .append(1L << bit)
                        .append(") % 2 * cast(")
                        .append(weight)
                        .append(" as bigint)");
            }
        }
        return sum.toString();
    }
}
