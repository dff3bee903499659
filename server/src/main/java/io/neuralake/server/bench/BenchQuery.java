package io.neuralake.server.bench;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A query of a benchmark.
///
/// @param name as reports show it, such as `Q14a`
/// @param sql without a semicolon
/// @param orderColumns ordinals of the columns of the answer by which the query orders its rows
public record BenchQuery(String name, String sql, List<Integer> orderColumns) {
    private static final Pattern LIMIT =
            Pattern.compile("\\blimit\\s+(\\d+)\\s*$", Pattern.CASE_INSENSITIVE);

    /// Copies the list.
    public BenchQuery {
        orderColumns = List.copyOf(orderColumns);
    }

    /// Compares two answers: all rows, and the columns of ORDER BY in the order of the rows. Where
    /// LIMIT cuts, the query leaves open which of the rows that tie with the last one are in the
    /// answer; those are compared by the columns of ORDER BY alone.
    ///
    /// @return the first difference, or empty
    public Optional<String> difference(Answer left, Answer right) {
        Optional<String> rows = left.difference(right);
        if (rows.isPresent() && cut(left) && cut(right)) {
            rows =
                    left.withoutTiesOfLastRow(orderColumns)
                            .difference(right.withoutTiesOfLastRow(orderColumns));
        }
        return rows.or(() -> left.difference(right, orderColumns));
    }

    private boolean cut(Answer answer) {
        OptionalInt limit = limit();
        return !orderColumns.isEmpty()
                && limit.isPresent()
                && answer.rows().size() == limit.getAsInt();
    }

    private OptionalInt limit() {
        Matcher limit = LIMIT.matcher(sql);
        return limit.find()
                ? OptionalInt.of(Integer.parseInt(limit.group(1)))
                : OptionalInt.empty();
    }
}
