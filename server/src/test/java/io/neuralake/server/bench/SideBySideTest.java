package io.neuralake.server.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
    void enginesTakeTurnsAfterARunToWarmUp() {
        SideBySide both =
                new SideBySide(
                        List.of(new Scripted("a", numbers(1)), new Scripted("b", numbers(1))),
                        2,
                        Duration.ZERO);
        QueryTimes times = both.time("Q9", "q", List.of());
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
        new SideBySide(List.of(slow), 1, Duration.ofMillis(300)).time("Q9", "q", List.of());
        assertThat(order).hasSizeGreaterThan(4);
    }

    @Test
    void disagreementOfEnginesIsAnError() {
        assertThatThrownBy(
                        () ->
                                new SideBySide(
                                                List.of(
                                                        new Scripted("a", numbers(1, 2)),
                                                        new Scripted("b", numbers(1, 3))),
                                                1,
                                                Duration.ZERO)
                                        .time("Q9", "q", List.of()))
                .isInstanceOfSatisfying(
                        NeuralakeException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.INTERNAL_ERROR))
                .hasMessage("Answers differ: Q9, a and b, sorted row 1, column 0: 2 and 3");
    }

    @Test
    void disagreementOfALaterRunIsAnErrorToo() {
        SideBySide itself =
                new SideBySide(
                        List.of(new Scripted("a", numbers(1), numbers(1), numbers(2))),
                        3,
                        Duration.ZERO);
        assertThatThrownBy(() -> itself.time("Q9", "q", List.of()))
                .hasMessageStartingWith("Answers differ: Q9, a and a, ");
    }

    @Test
    void orderOfRowsCountsWhereTheQueryOrders() {
        List<BenchEngine> engines =
                List.of(new Scripted("a", numbers(1, 2)), new Scripted("b", numbers(2, 1)));
        assertThat(new SideBySide(engines, 1, Duration.ZERO).time("Q9", "q", List.of()).best(1))
                .isNotNegative();
        assertThatThrownBy(
                        () -> new SideBySide(engines, 1, Duration.ZERO).time("Q9", "q", List.of(0)))
                .hasMessageEndingWith("order of row 0, column 0: 1 and 2");
    }
}
