package io.neuralake.server.sql;

import io.neuralake.server.cli.CommandLineErrors;
import io.neuralake.server.output.ResultFormat;
import io.neuralake.server.output.ResultWriter;
import io.neuralake.spi.error.NeuralakeException;

import java.io.IOException;
import java.io.PrintStream;
import java.util.Locale;

/// Runs the statements of a script one after the other and stops at the first error.
public final class ScriptRunner {
    private final SqlTarget target;
    private final ResultFormat format;
    private final boolean time;
    private final PrintStream out;
    private final PrintStream err;

    /// Prints results to `out`, errors and times to `err`.
    public ScriptRunner(
            SqlTarget target, ResultFormat format, boolean time, PrintStream out, PrintStream err) {
        this.target = target;
        this.format = format;
        this.time = time;
        this.out = out;
        this.err = err;
    }

    /// Runs a script; returns whether all statements succeeded.
    public boolean run(String script) throws IOException {
        for (String statement : target.split(script)) {
            if (!statement(statement)) {
                return false;
            }
        }
        return true;
    }

    /// Runs one statement; returns whether it succeeded.
    public boolean statement(String sql) throws IOException {
        long start = System.nanoTime();
        try (ResultWriter writer = format.writer(out)) {
            target.run(sql, writer);
        } catch (NeuralakeException e) {
            out.flush();
            err.println(CommandLineErrors.message(e));
            err.print(CommandLineErrors.pointer(sql, e));
            err.flush();
            return false;
        }
        out.flush();
        if (time) {
            err.printf(Locale.ROOT, "time: %.3f s%n", (System.nanoTime() - start) / 1e9);
        }
        return true;
    }
}
