package io.neuralake.server.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;

class AnswerTest {
    private static List<@Nullable Object> row(@Nullable Object... values) {
        return Arrays.asList(values);
    }

    @SafeVarargs
    private static Answer answer(List<@Nullable Object>... rows) {
        return new Answer(List.of(rows));
    }

    private static BigDecimal exact(String digits) {
        return new BigDecimal(digits);
    }

    private static boolean agree(@Nullable Object left, @Nullable Object right) {
        boolean agree = answer(row(left)).difference(answer(row(right))).isEmpty();
        assertThat(answer(row(right)).difference(answer(row(left))).isEmpty())
                .as("the other way round")
                .isEqualTo(agree);
        return agree;
    }

    @Test
    void orderOfRowsIsLeftAside() {
        Answer one = answer(row("a", exact("1")), row("b", exact("2")), row("b", null));
        Answer other = answer(row("b", null), row("b", exact("2")), row("a", exact("1")));
        assertThat(one.difference(other)).isEmpty();
        assertThat(one.checksum()).isEqualTo(other.checksum()).matches("[0-9a-f]{8}");
    }

    @Test
    void rowsAreCountedAsOftenAsTheyCome() {
        assertThat(answer(row("a"), row("a"), row("b")).difference(answer(row("a"), row("b"))))
                .contains("rows: 3 and 2");
        assertThat(
                        answer(row("a"), row("a"), row("b"))
                                .difference(answer(row("a"), row("b"), row("b"))))
                .contains("sorted row 1, column 0: a and b");
        assertThat(answer(row("a", "b")).difference(answer(row("a")))).contains("columns: 2 and 1");
    }

    @Test
    void exactNumbersOfOneScaleAreEqualToTheLastDigit() {
        assertThat(agree(exact("1.50"), exact("1.50"))).isTrue();
        assertThat(agree(exact("1.50"), exact("1.51"))).isFalse();
        assertThat(agree(exact("10000000000000001"), exact("10000000000000000"))).isFalse();
        assertThat(agree(exact("1.5"), exact("1.500"))).isTrue();
    }

    @Test
    void quotientsMayBeRoundedToTheSmallerScale() {
        assertThat(agree(exact("0.333333"), exact("0.3333333333"))).isTrue();
        assertThat(agree(exact("0.333333"), exact("0.3334444444"))).isFalse();
    }

    @Test
    void integersAreNotRoundedQuotients() {
        assertThat(agree(exact("5"), exact("5.9"))).isFalse();
        assertThat(agree(exact("5"), exact("5.0"))).isTrue();
    }

    @Test
    void doublesAgreeWithinTheirError() {
        assertThat(agree(1e12, 1e12 + 1e-3)).isTrue();
        assertThat(agree(1e12, 1e12 + 1e5)).isFalse();
        assertThat(agree(exact("0.5"), 0.5)).isTrue();
        assertThat(agree(exact("0.5"), 0.50001)).isFalse();
        assertThat(agree(Double.NaN, Double.NaN)).isTrue();
        assertThat(agree(Double.NaN, 1.0)).isFalse();
    }

    @Test
    void nullIsNothingElse() {
        assertThat(agree(null, null)).isTrue();
        assertThat(agree(null, exact("0"))).isFalse();
        assertThat(agree(null, "null")).isFalse();
        assertThat(agree("1", exact("1"))).isFalse();
    }

    @Test
    void columnsOfOrderByMustComeInThatOrder() {
        Answer one = answer(row("a", exact("1")), row("b", exact("1")), row("c", exact("2")));
        Answer ties = answer(row("b", exact("1")), row("a", exact("1")), row("c", exact("2")));
        Answer wrong = answer(row("c", exact("2")), row("b", exact("1")), row("a", exact("1")));
        assertThat(one.difference(ties, List.of(1))).isEmpty();
        assertThat(one.difference(wrong, List.of(1))).contains("order of row 0, column 1: 1 and 2");
        assertThat(one.difference(ties, List.of(1, 0)))
                .contains("order of row 0, column 0: a and b");
        assertThat(one.difference(wrong, List.of())).isEmpty();
    }

    @Test
    void checksumsTellAnswersApart() {
        assertThat(answer(row("a")).checksum()).isNotEqualTo(answer(row("b")).checksum());
        assertThat(answer(row(0.12344)).checksum()).isEqualTo(answer(row(0.12341)).checksum());
        assertThat(answer(row(exact("1.5"))).checksum()).isEqualTo(answer(row(1.5)).checksum());
        assertThat(answer(row("a"), row("a")).checksum()).isNotEqualTo(answer(row("a")).checksum());
    }
}
