package io.neuralake.server.bench;

import java.util.Optional;

/// An engine under test. Used by one thread.
public interface BenchEngine extends AutoCloseable {
    /// Returns the name in the report.
    String name();

    /// Runs a query to its last row and returns the answer.
    Answer run(String sql);

    /// Runs a query once more, untimed, and returns the most bytes of memory that it held, as the
    /// engine counts them.
    long peakBytes(String sql);

    /// Runs a query a few times more, untimed, and returns what it read and where its time went; empty for
    /// engines that do not tell.
    default Optional<QueryWork> work(String sql) {
        return Optional.empty();
    }

    @Override
    void close();
}
