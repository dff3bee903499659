package io.neuralake.server.repl;

import org.jline.reader.EOFError;
import org.jline.reader.ParsedLine;
import org.jline.reader.Parser;
import org.jline.reader.impl.DefaultParser;

/// Lets a statement span lines until its semicolon; semicolons within quotes and comments do not
/// count. Dot commands are one line.
final class StatementParser implements Parser {
    private final DefaultParser words = new DefaultParser();

    StatementParser() {
        words.setQuoteChars(new char[] {});
        words.setEscapeChars(new char[] {});
    }

    @Override
    public ParsedLine parse(String line, int cursor, ParseContext context) {
        if (context == ParseContext.ACCEPT_LINE && !complete(line)) {
            throw new EOFError(-1, -1, "Statement goes on");
        }
        return words.parse(line, cursor, ParseContext.COMPLETE);
    }

    /// Tells whether the text is a dot command, empty, or ends with a semicolon outside of quotes.
    static boolean complete(String text) {
        String stripped = text.strip();
        if (stripped.isEmpty() || stripped.startsWith(".")) {
            return true;
        }
        boolean ended = false;
        int i = 0;
        while (i < text.length()) {
            char ch = text.charAt(i);
            if (ch == '\'' || ch == '"') {
                int close = text.indexOf(ch, i + 1);
                if (close < 0) {
                    return false;
                }
                ended = false;
                i = close + 1;
            } else if (text.startsWith("--", i)) {
                int newline = text.indexOf('\n', i);
                i = newline < 0 ? text.length() : newline + 1;
            } else if (text.startsWith("/*", i)) {
                int close = text.indexOf("*/", i + 2);
                if (close < 0) {
                    return false;
                }
                i = close + 2;
            } else {
                if (ch == ';') {
                    ended = true;
                } else if (!Character.isWhitespace(ch)) {
                    ended = false;
                }
                i++;
            }
        }
        return ended;
    }
}
