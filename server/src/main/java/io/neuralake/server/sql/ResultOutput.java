package io.neuralake.server.sql;

import io.neuralake.server.output.ResultFormat;
import io.neuralake.server.output.ResultWriter;
import io.neuralake.server.output.TableLayout;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;

/// Where the results of statements go, and in which form.
///
/// @param layout of tables
/// @param out takes results
/// @param err takes errors and times
public record ResultOutput(
        ResultFormat format, TableLayout layout, OutputStream out, PrintStream err) {
    /// Prints all of each result.
    public ResultOutput(ResultFormat format, OutputStream out, PrintStream err) {
        this(format, TableLayout.WHOLE, out, err);
    }

    /// Makes a writer for one result.
    ResultWriter writer() throws IOException {
        return format.writer(out, layout);
    }
}
