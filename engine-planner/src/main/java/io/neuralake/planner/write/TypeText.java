package io.neuralake.planner.write;

import io.neuralake.planner.sql.SqlLexer;
import io.neuralake.planner.sql.SqlLexer.Token;

import java.util.List;

/// Brings the ways in which Spark, DuckDB and this engine spell nested types to that of the grammar:
/// `STRUCT<a: INT>` and `STRUCT(a INT)` to `ROW(a INT)`, `ARRAY<INT>` and `INT[]` to `INT ARRAY`,
/// `MAP(k, v)` to `MAP<k, v>`.
final class TypeText {
    private final List<Token> tokens;
    private int next;

    private TypeText(List<Token> tokens) {
        this.tokens = tokens;
    }

    /// Returns the text in the grammar's spelling; what is wrong with it stays wrong.
    static String standard(String text) {
        TypeText reader = new TypeText(SqlLexer.tokens(text));
        StringBuilder result = new StringBuilder(reader.type());
        while (reader.next < reader.tokens.size()) {
            result.append(' ').append(reader.tokens.get(reader.next++).text());
        }
        return result.toString();
    }

    private String type() {
        String base;
        if (takes("struct") || takes("row")) {
            base = opens() ? "ROW(" + members() + ")" : "STRUCT";
        } else if (takes("map")) {
            base = opens() ? "MAP<" + type() + ", " + second() + ">" : "MAP";
        } else if (takes("array") || takes("list")) {
            base = opens() ? closed(type()) + " ARRAY" : "ARRAY";
        } else {
            base = plain();
        }
        StringBuilder result = new StringBuilder(base);
        while (isSymbol(0, "[") && isSymbol(1, "]") || isWord("array")) {
            next += isWord("array") ? 1 : 2;
            result.append(" ARRAY");
        }
        return result.toString();
    }

    private String members() {
        StringBuilder members = new StringBuilder();
        do {
            members.append(members.isEmpty() ? "" : ", ");
            if (next < tokens.size()) {
                members.append(tokens.get(next++).text()).append(' ');
            }
            takesSymbol(":");
            members.append(type());
        } while (takesSymbol(","));
        return closed(members.toString());
    }

    private String second() {
        takesSymbol(",");
        return closed(type());
    }

    private String closed(String inner) {
        if (!takesSymbol(")")) {
            takesSymbol(">");
        }
        return inner;
    }

    /// Reads a name with its numbers.
    private String plain() {
        StringBuilder text = new StringBuilder();
        int depth = 0;
        while (next < tokens.size()) {
            Token token = tokens.get(next);
            boolean ends =
                    depth == 0
                            && (token.isSymbol(",")
                                    || token.isSymbol(")")
                                    || token.isSymbol(">")
                                    || token.isSymbol("[")
                                    || token.is("array"));
            if (ends) {
                break;
            }
            depth += token.isSymbol("(") ? 1 : token.isSymbol(")") ? -1 : 0;
            text.append(text.isEmpty() ? "" : " ").append(token.text());
            next++;
        }
        return text.toString();
    }

    private boolean opens() {
        return takesSymbol("(") || takesSymbol("<");
    }

    private boolean takes(String word) {
        if (isWord(word)) {
            next++;
            return true;
        }
        return false;
    }

    private boolean isWord(String word) {
        return next < tokens.size() && tokens.get(next).is(word);
    }

    private boolean isSymbol(int ahead, String symbol) {
        return next + ahead < tokens.size() && tokens.get(next + ahead).isSymbol(symbol);
    }

    private boolean takesSymbol(String symbol) {
        if (isSymbol(0, symbol)) {
            next++;
            return true;
        }
        return false;
    }
}
