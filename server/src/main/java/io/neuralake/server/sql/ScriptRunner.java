package io.neuralake.server.sql;

import io.neuralake.planner.sql.SqlLexer;
import io.neuralake.server.output.ErrorText;
import io.neuralake.server.output.ResultWriter;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.error.SqlPosition;

import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.types.pojo.Field;

import java.io.IOException;
import java.util.List;
import java.util.Locale;

/// Runs the statements of a script one after the other and stops at the first error, whose position
/// it gives within the script.
public final class ScriptRunner {
    private final SqlTarget target;
    private final ResultOutput output;
    private final boolean time;
    private boolean written;

    /// Runs on `target`, which stays the caller's.
    ///
    /// @param time whether to print how long each statement took
    public ScriptRunner(SqlTarget target, ResultOutput output, boolean time) {
        this.target = target;
        this.output = output;
        this.time = time;
    }

    /// Runs a script; returns whether all statements succeeded. Throws IOException when the output
    /// cannot be written.
    public boolean run(String script) throws IOException {
        for (SqlLexer.Statement statement : SqlLexer.split(script)) {
            if (!run(statement.text(), script, statement.start())) {
                return false;
            }
        }
        return true;
    }

    private boolean run(String sql, String script, int start) throws IOException {
        long began = System.nanoTime();
        try (ResultWriter writer = new OneOrMore(output.writer())) {
            target.run(sql, writer);
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
            failed(ErrorText.known(e), sql, script, start);
            return false;
        }
        output.out().flush();
        if (time) {
            double seconds = (System.nanoTime() - began) / 1e9;
            output.err().printf(Locale.ROOT, "time: %.3f s%n", seconds);
            output.err().flush();
        }
        return true;
    }

    private void failed(NeuralakeException e, String sql, String script, int start)
            throws IOException {
        output.out().flush();
        SqlPosition position = e.position().map(p -> within(script, start, p)).orElse(null);
        output.err().println(ErrorText.message(e, position));
        output.err().print(ErrorText.pointer(sql, e));
        output.err().print(ErrorText.details(e));
        output.err().flush();
    }

    /// Returns a position in the script, given that in the statement which begins at `start`.
    private static SqlPosition within(String script, int start, SqlPosition position) {
        int line = position.line();
        int lastNewline = -1;
        for (int i = script.indexOf('\n'); i >= 0 && i < start; i = script.indexOf('\n', i + 1)) {
            line++;
            lastNewline = i;
        }
        int before = position.line() == 1 ? start - lastNewline - 1 : 0;
        return new SqlPosition(line, position.column() + before);
    }

    /// Refuses a second result where the form holds but one.
    private final class OneOrMore implements ResultWriter {
        private final ResultWriter writer;

        OneOrMore(ResultWriter writer) {
            this.writer = writer;
        }

        @Override
        public void begin(List<Field> columns) throws IOException {
            if (written && output.format().isBinary()) {
                throw new NeuralakeException(
                        ErrorCode.UNSUPPORTED,
                        "Output holds one result in this format: "
                                + output.format()
                                + "; write each result to its own file");
            }
            written = true;
            writer.begin(columns);
        }

        @Override
        public void batch(List<FieldVector> vectors, int rowCount) throws IOException {
            writer.batch(vectors, rowCount);
        }

        @Override
        public void end() throws IOException {
            writer.end();
        }

        @Override
        public void changed(long count) throws IOException {
            writer.changed(count);
        }

        @Override
        public void close() throws IOException {
            writer.close();
        }
    }
}
