package io.neuralake.server.bench;

import java.util.List;

/// The times of one query on each engine.
///
/// @param engines in the order of the engines
/// @param checksum of the answer, which all engines agreed on
/// @param coldMillis time on the first engine in a process that ran nothing before; NaN when it was
///     not taken
public record QueryTimes(String query, List<EngineRuns> engines, String checksum, double coldMillis)
        implements QueryOutcome {
    /// Copies the list.
    public QueryTimes {
        engines = List.copyOf(engines);
    }

    /// Adds the time of a process that ran nothing before.
    public QueryTimes withColdMillis(double cold) {
        return new QueryTimes(query, engines, checksum, cold);
    }

    /// Returns the best time of an engine in milliseconds.
    public double best(int engine) {
        return engines.get(engine).best();
    }

    /// Returns the median time of an engine in milliseconds.
    public double median(int engine) {
        return engines.get(engine).median();
    }
}
