package io.neuralake.server.bench;

/// What came of one query: its times, or why it has none.
public sealed interface QueryOutcome permits QueryTimes, QueryFailure {
    /// Returns the query's name.
    String query();
}
