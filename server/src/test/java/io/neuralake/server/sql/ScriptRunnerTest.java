package io.neuralake.server.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.server.output.ResultFormat;
import io.neuralake.server.output.ResultWriter;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.error.SqlPosition;

import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

class ScriptRunnerTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Scripted target = new Scripted();

    /// Answers every statement with its number; those that hold an `x` fail at it.
    private static final class Scripted implements SqlTarget {
        final List<String> ran = new ArrayList<>();

        @Override
        public long run(String sql, ResultWriter writer) throws IOException {
            ran.add(sql);
            if (sql.startsWith("SET")) {
                writer.changed(0);
                return 0;
            }
            try (BufferAllocator allocator = new RootAllocator();
                    IntVector vector = new IntVector("n", allocator)) {
                vector.allocateNew(1);
                vector.set(0, ran.size());
                VectorSchemaRoot root = new VectorSchemaRoot(List.of(vector));
                root.setRowCount(1);
                writer.begin(root.getSchema().getFields());
                writer.batch(root.getFieldVectors(), root.getRowCount());
                failAtX(sql);
                writer.end();
            }
            return 1;
        }

        private static void failAtX(String sql) {
            int at = sql.indexOf('x');
            if (at >= 0) {
                String before = sql.substring(0, at);
                int line = (int) before.lines().count() + (before.endsWith("\n") ? 1 : 0);
                throw new NeuralakeException(
                        ErrorCode.COLUMN_NOT_FOUND,
                        "Column not found: x",
                        new SqlPosition(Math.max(1, line), at - before.lastIndexOf('\n')),
                        null);
            }
            if (sql.contains("DEEP")) {
                throw new StackOverflowError();
            }
        }

        @Override
        public void cancel() {}

        @Override
        public OptionalLong rowsRead() {
            return OptionalLong.empty();
        }

        @Override
        public String description() {
            return "scripted";
        }

        @Override
        public void close() {}
    }

    private boolean run(ResultFormat format, boolean time, String script) throws IOException {
        PrintStream errors = new PrintStream(err, true, StandardCharsets.UTF_8);
        return new ScriptRunner(target, new ResultOutput(format, out, errors), time).run(script);
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void runsStatementsInOrder() throws IOException {
        assertThat(run(ResultFormat.CSV, false, "SELECT 1;\nSET a = 1;\n-- done\nSELECT 2;"))
                .isTrue();
        assertThat(target.ran).containsExactly("SELECT 1", "SET a = 1", "-- done\nSELECT 2");
        assertThat(out()).isEqualTo("n\n1\nn\n3\n");
        assertThat(err()).isEmpty();
    }

    @Test
    void nothingIsDoneForNothing() throws IOException {
        assertThat(run(ResultFormat.CSV, true, " ;; -- x\n")).isTrue();
        assertThat(target.ran).isEmpty();
        assertThat(out()).isEmpty();
        assertThat(err()).isEmpty();
    }

    @Test
    void stopsAtTheFirstErrorWithItsPositionInTheScript() throws IOException {
        assertThat(run(ResultFormat.CSV, false, "SELECT 1;\n\n  SELECT 2,\n    x\n; SELECT 3"))
                .isFalse();
        assertThat(target.ran).hasSize(2);
        assertThat(err())
                .isEqualTo(
                        """
                        error: Column not found: x [42703] at line 4, column 5
                            x
                            ^
                        """);
    }

    @Test
    void columnIsThatOfTheScriptsLine() throws IOException {
        assertThat(run(ResultFormat.NONE, false, "SELECT 1; SELECT x")).isFalse();
        assertThat(err())
                .isEqualTo(
                        """
                        error: Column not found: x [42703] at line 1, column 18
                        SELECT x
                               ^
                        """);
    }

    @Test
    void positionIsNotThatOfAnEqualTextInAComment() throws IOException {
        assertThat(run(ResultFormat.NONE, false, "SELECT 1; /* SELECT x */;\nSELECT x")).isFalse();
        assertThat(err()).startsWith("error: Column not found: x [42703] at line 2, column 8\n");
    }

    @Test
    void resultThatWasCutShortIsNotCompleted() throws IOException {
        assertThat(run(ResultFormat.TABLE, false, "SELECT x")).isFalse();
        assertThat(out()).doesNotContain("row");
        assertThat(run(ResultFormat.CSV, false, "SELECT DEEP")).isFalse();
        assertThat(err()).contains("error: Statement is nested too deeply; split it [54001]\n");
    }

    @Test
    void timeGoesToTheErrorsOneLineAStatement() throws IOException {
        assertThat(run(ResultFormat.CSV, true, "SELECT 1; SET a = 1; SELECT x")).isFalse();
        assertThat(err().lines().toList().subList(0, 3))
                .satisfiesExactly(
                        line -> assertThat(line).matches("time: \\d+\\.\\d{3} s"),
                        line -> assertThat(line).matches("time: \\d+\\.\\d{3} s"),
                        line -> assertThat(line).startsWith("error: "));
        assertThat(out()).startsWith("n\n1\n");
    }

    @Test
    void binaryFormsHoldOneResult() throws IOException {
        assertThat(run(ResultFormat.ARROW, false, "SET a = 1; SELECT 1; SELECT 2")).isFalse();
        assertThat(err())
                .contains("Output holds one result in this format: arrow")
                .contains("[0A000]");
        assertThat(target.ran).hasSize(3);
    }
}
