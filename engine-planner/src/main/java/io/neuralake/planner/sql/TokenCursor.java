package io.neuralake.planner.sql;

import io.neuralake.planner.sql.SqlLexer.Kind;
import io.neuralake.planner.sql.SqlLexer.Token;
import io.neuralake.planner.sql.Statement.TableName;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.error.SqlPosition;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Goes over the tokens of one statement.
final class TokenCursor {
    private final String sql;
    private final List<Token> tokens;
    private int next;

    TokenCursor(String sql, List<Token> tokens, int next) {
        this.sql = sql;
        this.tokens = tokens;
        this.next = next;
    }

    boolean atEnd() {
        return next >= tokens.size();
    }

    /// Tells whether words come next.
    boolean isNext(String... words) {
        for (int i = 0; i < words.length; i++) {
            if (next + i >= tokens.size() || !tokens.get(next + i).is(words[i])) {
                return false;
            }
        }
        return true;
    }

    boolean isSymbolNext(String symbol) {
        return !atEnd() && tokens.get(next).isSymbol(symbol);
    }

    /// Tells whether the token behind the next is one of some words, or a symbol.
    boolean isBehindNext(Set<String> words, String symbol) {
        return next + 1 < tokens.size()
                && (tokens.get(next + 1).isSymbol(symbol)
                        || tokens.get(next + 1).kind() == Kind.WORD
                                && words.contains(lower(tokens.get(next + 1))));
    }

    /// Steps over words if they come next.
    boolean takes(String... words) {
        if (isNext(words)) {
            next += words.length;
            return true;
        }
        return false;
    }

    boolean takesSymbol(String symbol) {
        if (isSymbolNext(symbol)) {
            next++;
            return true;
        }
        return false;
    }

    void expect(String... words) {
        for (String word : words) {
            if (!takes(word)) {
                throw near(peek(word.toUpperCase(Locale.ROOT)));
            }
        }
    }

    void expectSymbol(String symbol) {
        if (!takesSymbol(symbol)) {
            throw near(peek(symbol));
        }
    }

    Token peek(String expected) {
        if (atEnd()) {
            throw new NeuralakeException(
                    ErrorCode.SYNTAX_ERROR,
                    "Syntax error: the statement ends too early; expected " + expected,
                    endPosition(),
                    null);
        }
        return tokens.get(next);
    }

    Token take(String expected) {
        Token token = peek(expected);
        next++;
        return token;
    }

    void end() {
        if (!atEnd()) {
            throw near(tokens.get(next));
        }
    }

    /// Reads a name of parts.
    TableName name() {
        List<String> parts = new ArrayList<>();
        Token first = peek("a name");
        do {
            parts.add(nameToken().name());
        } while (takesSymbol("."));
        return new TableName(parts, first.position());
    }

    /// Reads a name of one part.
    TableName simpleName() {
        Token token = nameToken();
        return new TableName(List.of(token.name()), token.position());
    }

    private Token nameToken() {
        Token token = take("a name");
        if (token.kind() != Kind.WORD && token.kind() != Kind.QUOTED_NAME) {
            throw near(token);
        }
        return token;
    }

    /// Reads `(name, ...)`.
    List<TableName> names() {
        expectSymbol("(");
        List<TableName> names = new ArrayList<>();
        do {
            names.add(name());
        } while (takesSymbol(","));
        expectSymbol(")");
        return names;
    }

    /// Reads a string constant.
    String text() {
        Token token = take("a text");
        if (token.kind() != Kind.STRING) {
            throw near(token);
        }
        String text = token.text();
        return text.startsWith("'") && text.length() > 1
                ? text.substring(1, text.length() - 1).replace("''", "'")
                : text;
    }

    /// Reads a whole number.
    long number() {
        Token token = take("a number");
        try {
            if (token.kind() == Kind.NUMBER) {
                return Long.parseLong(token.text());
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw near(token);
    }

    /// Reads everything up to one of some words, a comma or a closing parenthesis outside of
    /// parentheses and CASE, but at least one token.
    Fragment until(String... words) {
        return until(Set.of(words), true);
    }

    /// Reads everything up to one of some words outside of parentheses and CASE, commas included.
    Fragment listUntil(String... words) {
        return until(Set.of(words), false);
    }

    /// Reads a type, which may hold commas in angle brackets.
    Fragment type(String... words) {
        Token first = peek("a type");
        Set<String> stops = Set.of(words);
        int depth = 0;
        int from = next;
        while (!atEnd()) {
            Token token = tokens.get(next);
            if (depth == 0
                    && (token.isSymbol(",") || token.isSymbol(")") || isStop(token, stops))) {
                break;
            }
            if (token.isSymbol("(") || token.isSymbol("<") || token.isSymbol("[")) {
                depth++;
            } else if (token.isSymbol(")") || token.isSymbol(">") || token.isSymbol("]")) {
                depth--;
            }
            next++;
        }
        if (next == from) {
            throw near(first);
        }
        return new Fragment(sql, first.start(), tokens.get(next - 1).end());
    }

    private Fragment until(Set<String> words, boolean single) {
        Token first = peek("an expression");
        int depth = 0;
        int from = next;
        while (!atEnd()) {
            Token token = tokens.get(next);
            boolean closing = isClosing(token);
            if (depth == 0
                    && (closing && !token.is("end")
                            || single && token.isSymbol(",")
                            || isStop(token, words) && !isDistinctFrom(token))) {
                break;
            }
            if (token.isSymbol("(")
                    || token.isSymbol("[")
                    || token.isSymbol("{")
                    || token.is("case")) {
                depth++;
            } else if (closing && depth > 0) {
                depth--;
            }
            next++;
        }
        if (next == from) {
            throw near(first);
        }
        return new Fragment(sql, first.start(), tokens.get(next - 1).end());
    }

    private static boolean isStop(Token token, Set<String> words) {
        return token.kind() == Kind.WORD && words.contains(lower(token));
    }

    private static boolean isClosing(Token token) {
        return token.isSymbol(")") || token.isSymbol("]") || token.isSymbol("}") || token.is("end");
    }

    /// Tells whether FROM is that of `a IS DISTINCT FROM b`.
    private boolean isDistinctFrom(Token token) {
        return token.is("from") && next > 0 && tokens.get(next - 1).is("distinct");
    }

    /// Returns everything that is left, as it is.
    Fragment rest() {
        Token first = peek("a query");
        Fragment rest = new Fragment(sql, first.start(), tokens.getLast().end());
        next = tokens.size();
        return rest;
    }

    private static String lower(Token token) {
        return token.text().toLowerCase(Locale.ROOT);
    }

    private @Nullable SqlPosition endPosition() {
        if (tokens.isEmpty()) {
            return null;
        }
        Token last = tokens.getLast();
        return new SqlPosition(
                last.position().line(), last.position().column() + last.text().length());
    }

    static NeuralakeException near(Token token) {
        return new NeuralakeException(
                ErrorCode.SYNTAX_ERROR,
                "Syntax error near: " + token.text(),
                token.position(),
                null);
    }
}
