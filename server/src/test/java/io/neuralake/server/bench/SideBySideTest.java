package io.neuralake.server.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.junit.jupiter.api.Test;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

class SideBySideTest {
    private final List<String> order = new ArrayList<>();

    /// Gives one answer after the other, the last one from then on.
    private class Scripted implements BenchEngine {
        private final String name;
        private final List<Answer> answers;
        private int run;

        Scripted(String name, Answer... answers) {
            this.name = name;
            this.answers = List.of(answers);
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public Answer run(String sql) {
            order.add(name + " " + sql);
            return answers.get(Math.min(run++, answers.size() - 1));
        }

        @Override
        public long peakBytes(String sql) {
            order.add(name + " peak of " + sql);
            return 100 + name.length();
        }

        @Override
        public void close() {}
    }

    private static Answer numbers(long... numbers) {
        return new Answer(
                Arrays.stream(numbers)
                        .mapToObj(n -> List.<Object>of(BigDecimal.valueOf(n)))
                        .map(row -> (List<Object>) new ArrayList<>(row))
                        .toList());
    }

    @Test
    void aRoundOfAllQueriesWarmsUpAndDoesNotStopAtOneThatFails() {
        BenchEngine failing =
                new Scripted("a", numbers(1)) {
                    @Override
                    public Answer run(String sql) {
                        super.run(sql);
                        throw new NeuralakeException(ErrorCode.UNSUPPORTED, "no");
                    }
                };
        new SideBySide(List.of(failing, new Scripted("b", numbers(1))), 2, Duration.ZERO)
                .warmUpAll(List.of(query(), query()));
        assertThat(order).containsExactly("a q", "b q", "a q", "b q");
    }

    @Test
    void enginesTakeTurnsAfterARunToWarmUp() {
        SideBySide both =
                new SideBySide(
                        List.of(new Scripted("a", numbers(1)), new Scripted("b", numbers(1))),
                        2,
                        Duration.ZERO);
        QueryTimes times = (QueryTimes) both.time(query());
        assertThat(order)
                .containsExactly(
                        "a q", "b q", "a q", "b q", "a q", "b q", "a peak of q", "b peak of q");
        assertThat(times.query()).isEqualTo("Q9");
        assertThat(times.engines())
                .hasSize(2)
                .allSatisfy(
                        runs -> {
                            assertThat(runs.millis()).hasSize(2);
                            assertThat(runs.cpuMillis()).hasSize(2);
                            assertThat(runs.peakBytes()).isEqualTo(101);
                        });
        assertThat(times.best(0)).isNotNegative();
        assertThat(times.checksum()).isEqualTo(numbers(1).checksum());
        assertThat(times.coldMillis()).isNaN();
    }

    @Test
    void enginesWarmUpForTheTimeSet() {
        BenchEngine slow =
                new Scripted("slow", numbers(1)) {
                    @Override
                    public Answer run(String sql) {
                        long start = System.nanoTime();
                        while (System.nanoTime() - start < 1_000_000) {
                            Thread.onSpinWait();
                        }
                        return super.run(sql);
                    }
                };
        new SideBySide(List.of(slow), 1, Duration.ofMillis(300)).time(query());
        assertThat(order).hasSizeGreaterThan(4);
    }

    @Test
    void disagreementOfEnginesIsReported() {
        SideBySide both =
                new SideBySide(
                        List.of(new Scripted("a", numbers(1, 2)), new Scripted("b", numbers(1, 3))),
                        1,
                        Duration.ZERO);
        assertThat(both.time(query()))
                .isEqualTo(
                        new QueryFailure(
                                "Q9",
                                QueryFailure.Kind.DIFFERENT,
                                "a and b, sorted row 1, column 0: 2 and 3"));
    }

    @Test
    void disagreementOfALaterRunIsReportedToo() {
        SideBySide itself =
                new SideBySide(
                        List.of(new Scripted("a", numbers(1), numbers(1), numbers(2))),
                        3,
                        Duration.ZERO);
        assertThat(itself.time(query()))
                .isInstanceOfSatisfying(
                        QueryFailure.class,
                        failure -> assertThat(failure.reason()).startsWith("a and a, "));
    }

    @Test
    void refusalNamesTheEngineAndTheFirstLineOfTheError() {
        BenchEngine refusing =
                new Scripted("b", numbers(1)) {
                    @Override
                    public Answer run(String sql) {
                        throw new NeuralakeException(
                                ErrorCode.UNSUPPORTED, "Not supported: this\nat line 3");
                    }
                };
        assertThat(
                        new SideBySide(
                                        List.of(new Scripted("a", numbers(1)), refusing),
                                        1,
                                        Duration.ZERO)
                                .time(query()))
                .isEqualTo(
                        new QueryFailure(
                                "Q9", QueryFailure.Kind.REFUSED, "b: Not supported: this [0A000]"));
    }

    @Test
    void orderOfRowsCountsWhereTheQueryOrders() {
        List<BenchEngine> engines =
                List.of(new Scripted("a", numbers(1, 2)), new Scripted("b", numbers(2, 1)));
        SideBySide both = new SideBySide(engines, 1, Duration.ZERO);
        assertThat(both.time(query())).isInstanceOf(QueryTimes.class);
        assertThat(both.time(query(0)))
                .isInstanceOfSatisfying(
                        QueryFailure.class,
                        failure ->
                                assertThat(failure.reason())
                                        .endsWith("order of row 0, column 0: 1 and 2"));
    }

    private static BenchQuery query(Integer... orderColumns) {
        return new BenchQuery("Q9", "q", List.of(orderColumns));
    }
}
