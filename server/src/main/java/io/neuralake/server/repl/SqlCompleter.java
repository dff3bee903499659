package io.neuralake.server.repl;

import io.neuralake.server.sql.SqlTarget;
import io.neuralake.spi.error.NeuralakeException;

import org.jline.reader.Candidate;
import org.jline.reader.Completer;
import org.jline.reader.LineReader;
import org.jline.reader.ParsedLine;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Completes keywords, dot commands, and the names of tables and columns, which are read at the first
/// completion.
final class SqlCompleter implements Completer {
    private static final List<String> DOT_COMMANDS =
            List.of(".help", ".tables", ".schema", ".timer", ".format", ".quit");
    private static final List<String> KEYWORDS =
            List.of(
                    "SELECT",
                    "FROM",
                    "WHERE",
                    "GROUP BY",
                    "HAVING",
                    "ORDER BY",
                    "LIMIT",
                    "OFFSET",
                    "JOIN",
                    "LEFT JOIN",
                    "ON",
                    "USING",
                    "UNION ALL",
                    "WITH",
                    "AS",
                    "DISTINCT",
                    "CASE",
                    "WHEN",
                    "THEN",
                    "ELSE",
                    "END",
                    "AND",
                    "OR",
                    "NOT",
                    "NULL",
                    "IN",
                    "EXISTS",
                    "BETWEEN",
                    "LIKE",
                    "INTERVAL",
                    "DATE",
                    "TIMESTAMP",
                    "COUNT",
                    "SUM",
                    "AVG",
                    "MIN",
                    "MAX",
                    "EXPLAIN",
                    "EXPLAIN ANALYZE",
                    "DESCRIBE",
                    "SHOW TABLES",
                    "SUMMARIZE",
                    "QUALIFY",
                    "OVER",
                    "PARTITION BY",
                    "VALUES");

    private final SqlTarget target;
    private @Nullable List<String> names;

    SqlCompleter(SqlTarget target) {
        this.target = target;
    }

    @Override
    public void complete(LineReader reader, ParsedLine line, List<Candidate> candidates) {
        String word = line.word();
        if (word.startsWith(".")) {
            add(DOT_COMMANDS, word, candidates);
            return;
        }
        add(KEYWORDS, word, candidates);
        add(names(), word, candidates);
    }

    private static void add(List<String> texts, String prefix, List<Candidate> candidates) {
        for (String text : texts) {
            if (text.regionMatches(true, 0, prefix, 0, prefix.length())) {
                boolean lower = !prefix.isEmpty() && prefix.equals(prefix.toLowerCase(Locale.ROOT));
                candidates.add(new Candidate(lower ? text.toLowerCase(Locale.ROOT) : text));
            }
        }
    }

    private List<String> names() {
        List<String> known = names;
        if (known == null) {
            known = new ArrayList<>();
            try {
                known.addAll(
                        target.firstColumn("SELECT table_name FROM information_schema.tables"));
                known.addAll(
                        target.firstColumn(
                                "SELECT DISTINCT column_name FROM information_schema.columns"));
            } catch (NeuralakeException e) {
                known = List.of(); // a broken table must not break typing
            }
            names = known;
        }
        return known;
    }
}
