package io.neuralake.server.repl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.jline.reader.EOFError;
import org.jline.reader.ParsedLine;
import org.jline.reader.Parser.ParseContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StatementParserTest {
    private final StatementParser parser = new StatementParser();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "  ",
                ".help",
                "  .schema a",
                "SELECT 1;",
                "SELECT\n1 ; ",
                "SELECT 1; -- done",
                "SELECT ';';",
                "SELECT 1; /* done */"
            })
    void isAcceptedWhenComplete(String text) {
        ParsedLine line = parser.parse(text, text.length(), ParseContext.ACCEPT_LINE);
        assertThat(line.line()).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT 1",
                "SELECT ';",
                "SELECT 1 -- ;",
                "SELECT 1 /* ; */",
                "SELECT 1; SELECT 2",
                "SELECT $$ ;",
                "SELECT \"a;",
                "-- only a comment"
            })
    void goesOnUntilItsSemicolon(String text) {
        assertThatThrownBy(() -> parser.parse(text, text.length(), ParseContext.ACCEPT_LINE))
                .isInstanceOf(EOFError.class);
        assertThat(parser.parse(text, text.length(), ParseContext.COMPLETE).line())
                .as("what is not complete can be completed")
                .isEqualTo(text);
    }

    @Test
    void wordReachesOverDotsAndQuotes() {
        String text = "SELECT * FROM main.\"my tab";
        ParsedLine word = parser.parse("SELECT sig.chan + 1", 12, ParseContext.COMPLETE);
        assertThat(word.word()).isEqualTo("sig.chan");
        assertThat(word.wordCursor()).isEqualTo(5);
        assertThat(parser.parse(text, text.length(), ParseContext.COMPLETE).word())
                .isEqualTo("tab");
        assertThat(parser.parse("a ", 2, ParseContext.COMPLETE).word()).isEmpty();
    }
}
