package io.neuralake.server.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

class BenchQueryTest {
    private static final BenchQuery CUT =
            new BenchQuery("Q1", "SELECT k, v FROM t ORDER BY k\nLIMIT 3", List.of(0));

    /// Rows of a key and a value.
    private static Answer rows(long[]... rows) {
        return new Answer(
                Arrays.stream(rows)
                        .map(
                                row ->
                                        (List<Object>)
                                                new ArrayList<Object>(
                                                        Arrays.stream(row)
                                                                .mapToObj(BigDecimal::valueOf)
                                                                .toList()))
                        .toList());
    }

    private static long[] row(long key, long value) {
        return new long[] {key, value};
    }

    @Test
    void rowsThatTieWithTheLastOneAreOpenWhereLimitCuts() {
        Answer one = rows(row(1, 10), row(2, 20), row(2, 21));
        assertThat(CUT.difference(one, rows(row(1, 10), row(2, 22), row(2, 20)))).isEmpty();
        assertThat(CUT.difference(one, rows(row(1, 11), row(2, 20), row(2, 21)))).isPresent();
        assertThat(CUT.difference(one, rows(row(1, 10), row(2, 20), row(3, 21)))).isPresent();
    }

    @Test
    void rowsOfAnAnswerThatIsNotCutAreAllCompared() {
        assertThat(CUT.difference(rows(row(1, 10), row(1, 20)), rows(row(1, 10), row(1, 21))))
                .isPresent();
        BenchQuery whole = new BenchQuery("Q1", "SELECT k, v FROM t ORDER BY k", List.of(0));
        assertThat(
                        whole.difference(
                                rows(row(1, 10), row(2, 20), row(2, 21)),
                                rows(row(1, 10), row(2, 22), row(2, 20))))
                .isPresent();
    }

    @Test
    void orderIsComparedToo() {
        assertThat(
                        CUT.difference(
                                rows(row(1, 10), row(2, 20), row(3, 30)),
                                rows(row(2, 20), row(1, 10), row(3, 30))))
                .hasValueSatisfying(d -> assertThat(d).startsWith("order of row 0, column 0: "));
    }
}
