package io.neuralake.flight;

import io.neuralake.exec.QueryStatistics;
import io.neuralake.spi.error.ErrorCode;

import org.jspecify.annotations.Nullable;

/// Is told of every query. Called by the threads that stream results; must not throw.
public interface QueryListener {
    /// Hears nothing.
    QueryListener NONE =
            new QueryListener() {
                @Override
                public void queryStarted(String sql) {}

                @Override
                public void queryFinished(
                        String sql,
                        QueryStatistics statistics,
                        long resultRows,
                        long resultBytes,
                        @Nullable ErrorCode error) {}
            };

    /// A query begins to run.
    void queryStarted(String sql);

    /// A query has ended.
    ///
    /// @param error why it failed, or null when the result was complete
    void queryFinished(
            String sql,
            QueryStatistics statistics,
            long resultRows,
            long resultBytes,
            @Nullable ErrorCode error);
}
