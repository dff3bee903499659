package io.neuralake.exec.expression.compile;

import static io.neuralake.exec.expression.compile.Expressions.call;
import static io.neuralake.exec.expression.compile.Expressions.lit;
import static io.neuralake.exec.expression.compile.Expressions.ref;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.exec.expression.compile.Expressions.Form;
import io.neuralake.spi.type.ScalarType;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Parts of texts with and without characters of several bytes, beside the definition by code points.
class SubstringTest {
    private static final int ROWS = 100;
    private static final int MAX_CHARACTERS = 16;
    private static final String[] CHARACTERS = {"a", "b", "c", "d", "ä", "語", "😀"};

    private final Expressions x = new Expressions();

    @AfterEach
    void close() {
        x.close();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void countsCharacters(Form form) {
        List<String> texts = texts();
        for (long start = -3; start <= 18; start++) {
            for (long count = 0; count <= 6; count++) {
                List<String> expected = new ArrayList<>();
                for (String text : texts) {
                    expected.add(text == null ? null : part(text, start, count));
                }
                assertThat(
                                x.evaluate(
                                        call(
                                                "substring",
                                                ref(0, ScalarType.VARCHAR),
                                                lit(start),
                                                lit(count)),
                                        x.batch(x.column(form, ScalarType.VARCHAR, texts))))
                        .as("from %d for %d", start, count)
                        .isEqualTo(expected);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void leftIsTheBeginning(Form form) {
        List<String> texts = texts();
        for (long count = 0; count <= 18; count++) {
            List<String> expected = new ArrayList<>();
            for (String text : texts) {
                expected.add(text == null ? null : part(text, 1, count));
            }
            assertThat(
                            x.evaluate(
                                    call("left", ref(0, ScalarType.VARCHAR), lit(count)),
                                    x.batch(x.column(form, ScalarType.VARCHAR, texts))))
                    .as("left %d", count)
                    .isEqualTo(expected);
        }
    }

    @Test
    void bytesAreCountedInBinary() {
        byte[] bytes = "äöü and so on".getBytes(StandardCharsets.UTF_8);
        assertThat(
                        x.evaluate(
                                call("substring", ref(0, ScalarType.VARBINARY), lit(1L), lit(3L)),
                                x.batch(x.column(Form.FLAT, ScalarType.VARBINARY, List.of(bytes)))))
                .containsExactly(new byte[] {bytes[0], bytes[1], bytes[2]});
    }

    private static List<String> texts() {
        SplittableRandom random = new SplittableRandom(1);
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < ROWS; i++) {
            // the first half is ASCII
            int alphabet = i < ROWS / 2 ? 4 : CHARACTERS.length;
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(MAX_CHARACTERS); n > 0; n--) {
                text.append(CHARACTERS[random.nextInt(alphabet)]);
            }
            texts.add(i % 10 == 9 ? null : text.toString());
        }
        return texts;
    }

    /// Positions from 1, negative ones from the end; what lies before the text takes from the count.
    private static String part(String text, long start, long count) {
        int[] characters = text.codePoints().toArray();
        long first = start < 0 ? characters.length + start : start - 1;
        StringBuilder part = new StringBuilder();
        for (long i = Math.max(0, first); i < Math.min(first + count, characters.length); i++) {
            part.appendCodePoint(characters[(int) i]);
        }
        return part.toString();
    }
}
