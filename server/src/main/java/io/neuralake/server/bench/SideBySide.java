package io.neuralake.server.bench;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Runs each query on all engines in turn, several times over, and checks that they agree. Before it
/// is timed, a query runs on each engine for a while, at least once: compilers take their time. After
/// the timed runs it runs once more on each for its peak memory.
public final class SideBySide {
    private final List<BenchEngine> engines;
    private final int runs;
    private final Duration warmUp;
    private final ProcessCpuClock processor = new ProcessCpuClock();

    /// Runs on `engines`, the first of which is the one that is judged.
    ///
    /// @param warmUp how long each engine runs each query before it is timed
    public SideBySide(List<BenchEngine> engines, int runs, Duration warmUp) {
        this.engines = List.copyOf(engines);
        this.runs = runs;
        this.warmUp = warmUp;
    }

    /// Times one query. Throws INTERNAL_ERROR when two engines disagree, or two runs of one.
    ///
    /// @param orderColumns ordinals of the columns by which the query orders its rows
    public QueryTimes time(String name, String sql, List<Integer> orderColumns) {
        double[][] millis = new double[engines.size()][runs];
        double[][] cpuMillis = new double[engines.size()][runs];
        Answer first = warmUp(name, sql, orderColumns);
        for (int run = 0; run < runs; run++) {
            for (int e = 0; e < engines.size(); e++) {
                long cpuStart = processor.nanos();
                long start = System.nanoTime();
                Answer answer = engines.get(e).run(sql);
                millis[e][run] = (System.nanoTime() - start) / 1e6;
                cpuMillis[e][run] = (processor.nanos() - cpuStart) / 1e6;
                agree(name, first, engines.get(e), answer, orderColumns);
            }
        }
        List<EngineRuns> all = new ArrayList<>();
        for (int e = 0; e < engines.size(); e++) {
            all.add(new EngineRuns(millis[e], cpuMillis[e], engines.get(e).peakBytes(sql)));
        }
        return new QueryTimes(name, all, first.checksum(), Double.NaN);
    }

    /// Runs a query on each engine for the time set, in turn, and returns the answer.
    private Answer warmUp(String name, String sql, List<Integer> orderColumns) {
        Answer first = new Answer(List.of());
        long[] worked = new long[engines.size()];
        boolean warm = false;
        for (int round = 0; !warm; round++) {
            warm = true;
            for (int e = 0; e < engines.size(); e++) {
                if (round > 0 && worked[e] >= warmUp.toNanos()) {
                    continue;
                }
                long start = System.nanoTime();
                Answer answer = engines.get(e).run(sql);
                worked[e] += System.nanoTime() - start;
                warm &= worked[e] >= warmUp.toNanos();
                if (round == 0 && e == 0) {
                    first = answer;
                } else {
                    agree(name, first, engines.get(e), answer, orderColumns);
                }
            }
        }
        return first;
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
