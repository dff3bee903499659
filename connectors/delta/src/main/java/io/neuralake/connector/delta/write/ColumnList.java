package io.neuralake.connector.delta.write;

import java.util.ArrayList;
import java.util.List;

/// Reads lists of columns as table properties have them: separated by commas, members behind points, parts
/// perhaps in back quotes.
final class ColumnList {
    private ColumnList() {}

    /// Returns the columns, without quotes.
    static List<String> parse(String list) {
        List<String> columns = new ArrayList<>();
        StringBuilder column = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < list.length(); i++) {
            char c = list.charAt(i);
            if (c == '`') {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                add(columns, column);
            } else {
                column.append(c);
            }
        }
        add(columns, column);
        return columns;
    }

    private static void add(List<String> columns, StringBuilder column) {
        String name = column.toString().strip();
        if (!name.isEmpty()) {
            columns.add(name);
        }
        column.setLength(0);
    }
}
