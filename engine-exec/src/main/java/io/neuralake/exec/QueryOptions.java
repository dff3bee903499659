package io.neuralake.exec;

import io.neuralake.exec.expression.RowExpression.Literal;

import java.util.List;

/// What one execution of a plan is given.
///
/// @param parameters values of the plan's parameters, of exactly the parameters' types
/// @param memoryLimitBytes limit of this query; the server's limit holds too
/// @param threads most workers that run this query at a time; 0 for all
/// @param batchRows rows of a full batch: 2048 unless a test says otherwise
/// @param profile collects times an operator, for EXPLAIN ANALYZE
/// @param zoneId time zone of the session, for casts between TIMESTAMP and TIMESTAMP_TZ
public record QueryOptions(
        List<Literal> parameters,
        long memoryLimitBytes,
        int threads,
        int batchRows,
        boolean profile,
        java.time.ZoneId zoneId) {
    /// Default rows of a batch.
    public static final int DEFAULT_BATCH_ROWS = 2048;

    /// No parameters and no limits but the server's.
    public static final QueryOptions DEFAULT =
            new QueryOptions(
                    List.of(),
                    Long.MAX_VALUE,
                    0,
                    DEFAULT_BATCH_ROWS,
                    false,
                    java.time.ZoneOffset.UTC);

    /// Copies the list.
    public QueryOptions {
        parameters = List.copyOf(parameters);
    }

    /// Replaces the parameters.
    public QueryOptions withParameters(List<Literal> values) {
        return new QueryOptions(values, memoryLimitBytes, threads, batchRows, profile, zoneId);
    }
}
