package io.neuralake.server.bench;

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

    /// Runs all queries once on each engine, so that the first ones timed do not pay for code that all
    /// share. What fails here is told by [#time].
    public void warmUpAll(List<BenchQuery> queries) {
        for (BenchQuery query : queries) {
            for (BenchEngine engine : engines) {
                try {
                    run(engine, query);
                } catch (FailedException _) {
                    // the same engine will say it again
                }
            }
        }
    }

    /// Times one query, or tells why it has no times: an engine does not run it, or two engines
    /// disagree, or two runs of one.
    public QueryOutcome time(BenchQuery query) {
        try {
            double[][] millis = new double[engines.size()][runs];
            double[][] cpuMillis = new double[engines.size()][runs];
            Answer first = warmUp(query);
            for (int run = 0; run < runs; run++) {
                for (int e = 0; e < engines.size(); e++) {
                    long cpuStart = processor.nanos();
                    long start = System.nanoTime();
                    Answer answer = run(engines.get(e), query);
                    millis[e][run] = (System.nanoTime() - start) / 1e6;
                    cpuMillis[e][run] = (processor.nanos() - cpuStart) / 1e6;
                    agree(query, first, engines.get(e), answer);
                }
            }
            List<EngineRuns> all = new ArrayList<>();
            for (int e = 0; e < engines.size(); e++) {
                long peak = engines.get(e).peakBytes(query.sql());
                all.add(new EngineRuns(millis[e], cpuMillis[e], peak));
            }
            return new QueryTimes(query.name(), all, first.checksum(), Double.NaN);
        } catch (FailedException e) {
            return e.failure;
        }
    }

    /// Runs a query on each engine for the time set, in turn, and returns the answer.
    private Answer warmUp(BenchQuery query) {
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
                Answer answer = run(engines.get(e), query);
                worked[e] += System.nanoTime() - start;
                warm &= worked[e] >= warmUp.toNanos();
                if (round == 0 && e == 0) {
                    first = answer;
                } else {
                    agree(query, first, engines.get(e), answer);
                }
            }
        }
        return first;
    }

    private static Answer run(BenchEngine engine, BenchQuery query) {
        try {
            return engine.run(query.sql());
        } catch (RuntimeException e) {
            String code = e instanceof NeuralakeException n ? n.code().sqlState() : "XX000";
            String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            throw new FailedException(
                    new QueryFailure(
                            query.name(),
                            QueryFailure.Kind.REFUSED,
                            engine.name() + ": " + message + " [" + code + "]"));
        }
    }

    private void agree(BenchQuery query, Answer first, BenchEngine other, Answer answer) {
        Optional<String> difference = query.difference(first, answer);
        if (difference.isPresent()) {
            throw new FailedException(
                    new QueryFailure(
                            query.name(),
                            QueryFailure.Kind.DIFFERENT,
                            engines.get(0).name()
                                    + " and "
                                    + other.name()
                                    + ", "
                                    + difference.get()));
        }
    }

    /// Carries a failure out of the runs of a query.
    private static final class FailedException extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final transient QueryFailure failure;

        FailedException(QueryFailure failure) {
            super(failure.reason());
            this.failure = failure;
        }
    }
}
