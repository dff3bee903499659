package io.neuralake.server.sql;

import io.neuralake.server.output.ResultWriter;

import java.io.IOException;
import java.util.List;

/// Where the command line runs its statements.
public interface SqlTarget extends AutoCloseable {
    /// Runs one statement and writes its result. Throws NeuralakeException for errors of the
    /// statement.
    ///
    /// @return the number of rows
    long run(String sql, ResultWriter writer) throws IOException;

    /// Runs one statement and returns its first column as text, for completion and the like.
    List<String> firstColumn(String sql);

    /// Splits a script into statements.
    List<String> split(String script);

    /// Stops the statement in progress; called by another thread.
    void cancel();

    /// Returns a line for the banner, such as the lake's path or the server's address.
    String description();

    @Override
    void close();
}
