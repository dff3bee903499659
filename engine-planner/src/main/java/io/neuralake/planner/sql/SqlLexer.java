package io.neuralake.planner.sql;

import io.neuralake.spi.error.SqlPosition;

import java.util.ArrayList;
import java.util.List;

/// Cuts SQL text into tokens without understanding it: enough to find the ends of statements and
/// their first words. Comments are left out. Text that is not closed becomes one token to the end.
public final class SqlLexer {
    /// Kinds of tokens.
    public enum Kind {
        /// A keyword or a name without quotes.
        WORD,
        /// `"name"`.
        QUOTED_NAME,
        /// `'text'`, with a prefix such as E, or dollar quoted.
        STRING,
        NUMBER,
        /// One character or operator.
        SYMBOL
    }

    /// A token.
    ///
    /// @param start offset of the first character
    /// @param end offset behind the last character
    public record Token(Kind kind, String text, int start, int end, SqlPosition position) {
        /// Tells whether this is the given keyword.
        public boolean is(String keyword) {
            return kind == Kind.WORD && text.equalsIgnoreCase(keyword);
        }

        /// Tells whether this is the given symbol.
        public boolean isSymbol(String symbol) {
            return kind == Kind.SYMBOL && text.equals(symbol);
        }

        /// Returns the name that the token spells, without quotes.
        public String name() {
            return kind == Kind.QUOTED_NAME && text.length() >= 2
                    ? text.substring(1, text.length() - 1).replace("\"\"", "\"")
                    : text;
        }
    }

    private final String sql;
    private final List<Token> tokens = new ArrayList<>();
    private int at;
    private int line = 1;
    private int lineStart;

    private SqlLexer(String sql) {
        this.sql = sql;
    }

    /// Cuts a text into tokens.
    public static List<Token> tokens(String sql) {
        SqlLexer lexer = new SqlLexer(sql);
        lexer.run();
        return lexer.tokens;
    }

    /// A statement of a script, without space around it.
    ///
    /// @param start offset in the script
    public record Statement(String text, int start) {}

    /// Splits a script at its semicolons, minding quotes, comments and dollar quotes; empty
    /// statements are left out.
    public static List<Statement> split(String script) {
        List<Statement> statements = new ArrayList<>();
        int start = 0;
        boolean empty = true;
        for (Token token : tokens(script)) {
            if (token.isSymbol(";")) {
                if (!empty) {
                    statements.add(statement(script, start, token.start()));
                }
                start = token.end();
                empty = true;
            } else {
                empty = false;
            }
        }
        if (!empty) {
            statements.add(statement(script, start, script.length()));
        }
        return statements;
    }

    private static Statement statement(String script, int from, int to) {
        String text = script.substring(from, to);
        return new Statement(text.strip(), from + text.length() - text.stripLeading().length());
    }

    private void run() {
        while (at < sql.length()) {
            char c = sql.charAt(at);
            if (Character.isWhitespace(c)) {
                step();
            } else if (sql.startsWith("--", at)) {
                skipTo(sql.indexOf('\n', at), 0);
            } else if (sql.startsWith("/*", at)) {
                skipComment();
            } else {
                token(c);
            }
        }
    }

    private void token(char c) {
        int start = at;
        SqlPosition position = new SqlPosition(line, at - lineStart + 1);
        Kind kind;
        if (c == '\'') {
            quoted('\'', false);
            kind = Kind.STRING;
        } else if (c == '"') {
            quoted('"', false);
            kind = Kind.QUOTED_NAME;
        } else if ((c == 'e' || c == 'E') && at + 1 < sql.length() && sql.charAt(at + 1) == '\'') {
            at++;
            quoted('\'', true);
            kind = Kind.STRING;
        } else if (c == '$' && dollarTag() != null) {
            dollarQuoted();
            kind = Kind.STRING;
        } else if (Character.isJavaIdentifierStart(c)) {
            while (at < sql.length() && Character.isJavaIdentifierPart(sql.charAt(at))) {
                at++;
            }
            kind = Kind.WORD;
        } else if (Character.isDigit(c)) {
            while (at < sql.length()
                    && (Character.isLetterOrDigit(sql.charAt(at)) || sql.charAt(at) == '.')) {
                at++;
            }
            kind = Kind.NUMBER;
        } else {
            at++;
            kind = Kind.SYMBOL;
        }
        tokens.add(new Token(kind, sql.substring(start, at), start, at, position));
    }

    private void step() {
        if (sql.charAt(at) == '\n') {
            line++;
            lineStart = at + 1;
        }
        at++;
    }

    private void skipTo(int index, int length) {
        int end = index < 0 ? sql.length() : index + length;
        while (at < end) {
            step();
        }
    }

    /// Steps over a comment, in which others may nest.
    private void skipComment() {
        int depth = 0;
        do {
            if (sql.startsWith("/*", at)) {
                depth++;
                at += 2;
            } else if (sql.startsWith("*/", at)) {
                depth--;
                at += 2;
            } else {
                step();
            }
        } while (depth > 0 && at < sql.length());
    }

    private void quoted(char quote, boolean backslash) {
        step();
        while (at < sql.length()) {
            char c = sql.charAt(at);
            if (backslash && c == '\\' && at + 1 < sql.length()) {
                step();
                step();
            } else if (c == quote) {
                at++;
                if (at >= sql.length() || sql.charAt(at) != quote) {
                    return;
                }
                at++;
            } else {
                step();
            }
        }
    }

    /// Returns the tag that begins here, such as `$$` or `$body$`; null when none does.
    private @org.jspecify.annotations.Nullable String dollarTag() {
        int end = at + 1;
        while (end < sql.length()
                && (Character.isLetterOrDigit(sql.charAt(end)) || sql.charAt(end) == '_')) {
            end++;
        }
        boolean tag =
                end < sql.length()
                        && sql.charAt(end) == '$'
                        && (end == at + 1 || !Character.isDigit(sql.charAt(at + 1)));
        return tag ? sql.substring(at, end + 1) : null;
    }

    private void dollarQuoted() {
        String tag = java.util.Objects.requireNonNull(dollarTag());
        skipTo(sql.indexOf(tag, at + tag.length()), tag.length());
    }
}
