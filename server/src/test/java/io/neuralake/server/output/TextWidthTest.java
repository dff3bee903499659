package io.neuralake.server.output;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TextWidthTest {
    @Test
    void countsCellsOfATerminal() {
        assertThat(TextWidth.of("")).isZero();
        assertThat(TextWidth.of("abc")).isEqualTo(3);
        assertThat(TextWidth.of("é")).isEqualTo(1);
        assertThat(TextWidth.of("e\u0301")).isEqualTo(1);
        assertThat(TextWidth.of("日本")).isEqualTo(4);
        assertThat(TextWidth.of("😀x")).isEqualTo(3);
    }

    @Test
    void cutsWithinTheCells() {
        assertThat(TextWidth.cut("abcd", 4)).isEqualTo("abcd");
        assertThat(TextWidth.cut("abcde", 4)).isEqualTo("abc…");
        assertThat(TextWidth.cut("日本語", 6)).isEqualTo("日本語");
        assertThat(TextWidth.cut("日本語", 5)).isEqualTo("日本…");
        assertThat(TextWidth.cut("日本語", 4)).as("half a character does not fit").isEqualTo("日…");
        assertThat(TextWidth.cut("a😀b", 3)).as("no half of a pair").isEqualTo("a…");
        assertThat(TextWidth.cut("e\u0301e\u0301", 2)).isEqualTo("e\u0301e\u0301");
    }

    @Test
    void printableTextIsOneLine() {
        assertThat(TextWidth.printable("plain ü")).isEqualTo("plain ü");
        assertThat(TextWidth.printable("a\nb\r\tc")).isEqualTo("a\\nb\\r\\tc");
        assertThat(TextWidth.printable("\u0000\u001B[2J\u007F\u0085"))
                .isEqualTo("\\x00\\x1B[2J\\x7F\\x85");
    }
}
