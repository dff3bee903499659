package io.neuralake.server.repl;

import io.neuralake.planner.sql.SqlLexer;
import io.neuralake.planner.sql.SqlLexer.Kind;
import io.neuralake.planner.sql.SqlLexer.Token;

import org.jline.reader.Candidate;
import org.jline.reader.Completer;
import org.jline.reader.LineReader;
import org.jline.reader.ParsedLine;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/// Completes by what stands before the cursor: tables behind FROM and JOIN, members behind a dot,
/// else keywords, functions, and the columns of the statement's tables. Names are read at the first
/// completion after [#forget].
final class SqlCompleter implements Completer {
    private static final Pattern PLAIN_NAME = Pattern.compile("[\\p{L}_][\\p{L}\\p{N}_$]*");
    private static final List<String> DOT_COMMANDS =
            List.of(".help", ".tables", ".schema", ".timer", ".format", ".maxrows", ".quit");
    private static final Set<String> BEFORE_TABLES =
            Set.of("FROM", "JOIN", "DESCRIBE", "SUMMARIZE", "TABLE", ".SCHEMA");
    private static final List<String> KEYWORDS =
            List.of(
                    "SELECT",
                    "FROM",
                    "WHERE",
                    "GROUP BY",
                    "GROUP BY ALL",
                    "HAVING",
                    "ORDER BY",
                    "LIMIT",
                    "OFFSET",
                    "JOIN",
                    "LEFT JOIN",
                    "ASOF JOIN",
                    "ON",
                    "USING",
                    "UNION ALL",
                    "WITH",
                    "AS",
                    "ASC",
                    "DESC",
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
                    "IS NULL",
                    "IN",
                    "EXISTS",
                    "BETWEEN",
                    "LIKE",
                    "ILIKE",
                    "INTERVAL",
                    "DATE",
                    "TIMESTAMP",
                    "EXPLAIN",
                    "EXPLAIN ANALYZE",
                    "DESCRIBE",
                    "SHOW TABLES",
                    "SHOW SCHEMAS",
                    "SUMMARIZE",
                    "QUALIFY",
                    "OVER",
                    "PARTITION BY",
                    "EXCLUDE",
                    "VALUES",
                    "SET",
                    "USE");

    private final Supplier<SqlNames> source;
    private @Nullable SqlNames known;

    /// Completes names that `source` tells.
    SqlCompleter(Supplier<SqlNames> source) {
        this.source = source;
    }

    /// Reads the names anew when they are wanted next: a statement may have changed them, and files
    /// come and go.
    void forget() {
        known = null;
    }

    @Override
    public void complete(LineReader reader, ParsedLine line, List<Candidate> candidates) {
        String before = line.line().substring(0, line.cursor());
        String word = line.word().substring(0, Math.min(line.wordCursor(), line.word().length()));
        if (before.stripLeading().startsWith(".") && !before.strip().contains(" ")) {
            add(DOT_COMMANDS, word, "", candidates);
            return;
        }
        int dot = word.lastIndexOf('.');
        if (dot >= 0) {
            String qualifier = word.substring(0, dot + 1);
            add(members(line.line(), qualifier), word.substring(dot + 1), qualifier, candidates);
            return;
        }
        SqlNames names = names();
        if (BEFORE_TABLES.contains(wordBefore(before, word))) {
            add(names.tables().stream().map(SqlNames.Table::name).toList(), word, "", candidates);
            for (String schema : names.schemas()) {
                if (schema.regionMatches(true, 0, word, 0, word.length())) {
                    // More is to come: no space behind it.
                    candidates.add(
                            new Candidate(schema + ".", schema, null, null, null, null, false));
                }
            }
            return;
        }
        add(columns(line.line()), word, "", candidates);
        add(KEYWORDS, word, "", candidates);
        if (!word.isEmpty()) {
            add(names.functions(), word, "", candidates);
        }
    }

    /// Returns what can follow `schema.`, `table.` or `alias.`.
    private List<String> members(String statement, String qualifier) {
        String[] parts = qualifier.replace("\"", "").split("\\.");
        String last = parts.length == 0 ? "" : parts[parts.length - 1];
        Set<String> members = new LinkedHashSet<>(names().tablesOf(last));
        List<String> tables = new ArrayList<>(List.of(last));
        List<Token> tokens = SqlLexer.tokens(statement);
        for (int i = 1; i < tokens.size(); i++) {
            if (isName(tokens.get(i)) && tokens.get(i).name().equalsIgnoreCase(last)) {
                int named = tokens.get(i - 1).is("AS") ? i - 2 : i - 1;
                if (named >= 0 && isName(tokens.get(named))) {
                    tables.add(tokens.get(named).name());
                }
            }
        }
        members.addAll(names().columnsOf(tables));
        return List.copyOf(members);
    }

    /// Returns the columns of the tables that the statement names.
    private List<String> columns(String statement) {
        List<String> mentioned =
                SqlLexer.tokens(statement).stream()
                        .filter(SqlCompleter::isName)
                        .map(Token::name)
                        .toList();
        return names().columnsOf(mentioned);
    }

    private static boolean isName(Token token) {
        return token.kind() == Kind.WORD || token.kind() == Kind.QUOTED_NAME;
    }

    private static String wordBefore(String before, String word) {
        String rest = before.substring(0, before.length() - word.length()).stripTrailing();
        int start = rest.length();
        while (start > 0
                && (Character.isJavaIdentifierPart(rest.charAt(start - 1))
                        || rest.charAt(start - 1) == '.')) {
            start--;
        }
        return rest.substring(start).toUpperCase(Locale.ROOT);
    }

    /// Offers the texts that begin as the word does: keywords in small letters if the word is in
    /// small ones, names in quotes if they need some.
    private static void add(
            List<String> texts, String word, String qualifier, List<Candidate> candidates) {
        boolean lower = !word.isEmpty() && word.equals(word.toLowerCase(Locale.ROOT));
        boolean quoted = word.startsWith("\"");
        String prefix = quoted ? word.substring(1) : word;
        for (String text : texts) {
            if (text.regionMatches(true, 0, prefix, 0, prefix.length())) {
                String shown;
                if (KEYWORDS.contains(text) || DOT_COMMANDS.contains(text)) {
                    shown = lower ? text.toLowerCase(Locale.ROOT) : text;
                } else if (quoted || !PLAIN_NAME.matcher(text).matches()) {
                    shown = '"' + text.replace("\"", "\"\"") + '"';
                } else {
                    shown = text;
                }
                candidates.add(new Candidate(qualifier + shown));
            }
        }
    }

    private SqlNames names() {
        SqlNames names = known;
        if (names == null) {
            names = source.get();
            known = names;
        }
        return names;
    }
}
