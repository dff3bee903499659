package io.neuralake.server.bench;

/// An engine under test. Used by one thread.
public interface BenchEngine extends AutoCloseable {
    /// Returns the name in the report.
    String name();

    /// Runs a query to its last row and returns the answer.
    Answer run(String sql);

    /// Runs a query once more, untimed, and returns the most bytes of memory that it held, as the
    /// engine counts them.
    long peakBytes(String sql);

    @Override
    void close();
}
