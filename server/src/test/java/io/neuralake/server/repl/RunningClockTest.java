package io.neuralake.server.repl;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.server.output.ResultWriter;
import io.neuralake.server.sql.SqlTarget;

import org.jline.terminal.Terminal;
import org.jline.terminal.impl.DumbTerminal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.util.OptionalLong;

@Timeout(60)
class RunningClockTest {
    /// Runs nothing, and has read so many rows.
    private record Reading(OptionalLong rowsRead) implements SqlTarget {
        @Override
        public long run(String sql, ResultWriter writer) {
            throw new AssertionError("Runs nothing");
        }

        @Override
        public void cancel() {}

        @Override
        public String description() {
            return "nothing";
        }

        @Override
        public void close() {}
    }

    @Test
    void tellsSecondsAndRowsWhereTheyAreKnown() throws Exception {
        try (Terminal terminal =
                new DumbTerminal(
                        new ByteArrayInputStream(new byte[0]), new ByteArrayOutputStream())) {
            try (RunningClock clock =
                    new RunningClock(terminal, new Reading(OptionalLong.of(1_234_567)))) {
                assertThat(clock.text(61))
                        .isEqualTo("running for 61 s, 1,234,567 rows read; Ctrl-C stops");
            }
            try (RunningClock clock =
                    new RunningClock(terminal, new Reading(OptionalLong.empty()))) {
                assertThat(clock.text(2)).isEqualTo("running for 2 s; Ctrl-C stops");
            }
        }
    }

    @Test
    void firstOutputClearsItsLine() throws Exception {
        ByteArrayOutputStream shown = new ByteArrayOutputStream();
        try (Terminal terminal = new DumbTerminal(new ByteArrayInputStream(new byte[0]), shown);
                RunningClock clock =
                        new RunningClock(terminal, new Reading(OptionalLong.empty()))) {
            while (!shown.toString().contains("Ctrl-C stops")) {
                Thread.onSpinWait();
            }
            OutputStream out = clock.stoppedBy(terminal.output());
            out.write("answer".getBytes());
            out.flush();
            clock.close();
        }
        assertThat(shown.toString()).startsWith("\rrunning for 1 s; Ctrl-C stops");
        assertThat(shown.toString()).endsWith(" \ranswer").containsOnlyOnce("answer");
    }
}
