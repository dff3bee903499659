package io.neuralake.server.bench;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Runs each query on all engines in turn, several times over, and checks that they agree. The first
/// run of each engine warms up and is not counted.
public final class SideBySide {
    private final List<BenchEngine> engines;
    private final int runs;

    /// Runs on `engines`, the first of which is the one that is judged.
    public SideBySide(List<BenchEngine> engines, int runs) {
        this.engines = List.copyOf(engines);
        this.runs = runs;
    }

    /// Times one query. Throws INTERNAL_ERROR when two engines disagree, or two runs of one.
    ///
    /// @param orderColumns ordinals of the columns by which the query orders its rows
    public QueryTimes time(String name, String sql, List<Integer> orderColumns) {
        List<double[]> millis = new ArrayList<>();
        Answer first = new Answer(List.of());
        for (int e = 0; e < engines.size(); e++) {
            millis.add(new double[runs]);
            Answer answer = engines.get(e).run(sql);
            if (e == 0) {
                first = answer;
            } else {
                agree(name, first, engines.get(e), answer, orderColumns);
            }
        }
        for (int run = 0; run < runs; run++) {
            for (int e = 0; e < engines.size(); e++) {
                long start = System.nanoTime();
                Answer answer = engines.get(e).run(sql);
                millis.get(e)[run] = (System.nanoTime() - start) / 1e6;
                agree(name, first, engines.get(e), answer, orderColumns);
            }
        }
        return new QueryTimes(name, millis, first.checksum(), Double.NaN);
    }

    private void agree(
            String name,
            Answer first,
            BenchEngine other,
            Answer answer,
            List<Integer> orderColumns) {
        Optional<String> difference =
                first.difference(answer).or(() -> first.difference(answer, orderColumns));
        if (difference.isPresent()) {
            throw new NeuralakeException(
                    ErrorCode.INTERNAL_ERROR,
                    "Answers differ: "
                            + name
                            + ", "
                            + engines.get(0).name()
                            + " and "
                            + other.name()
                            + ", "
                            + difference.get());
        }
    }
}
