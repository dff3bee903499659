package io.neuralake.server.repl;

import io.neuralake.planner.sql.SqlLexer;
import io.neuralake.planner.sql.SqlLexer.Token;

import org.jline.reader.CompletingParsedLine;
import org.jline.reader.EOFError;
import org.jline.reader.ParsedLine;
import org.jline.reader.Parser;

import java.util.List;

/// Lets a statement span lines until its semicolon; semicolons within quotes and comments do not
/// count. Dot commands are one line. The word to complete reaches back over letters, digits, dots
/// and quotes.
final class StatementParser implements Parser {
    @Override
    public ParsedLine parse(String line, int cursor, ParseContext context) {
        if (context == ParseContext.ACCEPT_LINE && !complete(line)) {
            throw new EOFError(-1, -1, "Statement goes on");
        }
        int start = cursor;
        while (start > 0 && isWordPart(line.charAt(start - 1))) {
            start--;
        }
        int end = cursor;
        while (end < line.length() && isWordPart(line.charAt(end))) {
            end++;
        }
        return new Word(line, cursor, line.substring(start, end), cursor - start);
    }

    private static boolean isWordPart(char ch) {
        return Character.isJavaIdentifierPart(ch) || ch == '.' || ch == '"';
    }

    /// Tells whether the text is a dot command, empty, or ends with a semicolon.
    static boolean complete(String text) {
        String stripped = text.strip();
        if (stripped.isEmpty() || stripped.startsWith(".")) {
            return true;
        }
        List<Token> tokens = SqlLexer.tokens(text);
        return !tokens.isEmpty() && tokens.getLast().isSymbol(";");
    }

    /// The word at the cursor.
    private record Word(String line, int cursor, String word, int wordCursor)
            implements CompletingParsedLine {
        @Override
        public int wordIndex() {
            return 0;
        }

        @Override
        public List<String> words() {
            return List.of(word);
        }

        /// Candidates come quoted as SQL wants them.
        @Override
        public CharSequence escape(CharSequence candidate, boolean complete) {
            return candidate;
        }

        @Override
        public int rawWordCursor() {
            return wordCursor;
        }

        @Override
        public int rawWordLength() {
            return word.length();
        }
    }
}
