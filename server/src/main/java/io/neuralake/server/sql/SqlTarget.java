package io.neuralake.server.sql;

import io.neuralake.server.output.ResultWriter;

import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;

/// Where the command line runs its statements. Used by one thread, but [#cancel] and [#rowsRead] by
/// any.
public interface SqlTarget extends AutoCloseable {
    /// Runs one statement and writes its result. Throws NeuralakeException for errors of the
    /// statement, IOException for those of the writer.
    ///
    /// @return the number of rows
    long run(String sql, ResultWriter writer) throws IOException;

    /// Runs one statement and returns its rows as text, for completion and the like.
    default List<List<String>> rows(String sql) throws IOException {
        RowCollector collector = new RowCollector();
        run(sql, collector);
        return collector.rows();
    }

    /// Stops the statement in progress, which then fails with CANCELLED; without one does nothing.
    void cancel();

    /// Returns how many rows of tables the statement in progress has read, where that is known.
    OptionalLong rowsRead();

    /// Returns a line for the banner, such as the lake's path or the server's address.
    String description();

    @Override
    void close();
}
