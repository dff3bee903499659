package io.neuralake.conformance.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A client's process that says line by line how far it is, and goes on when it is told to.
final class TalkingProcess implements AutoCloseable {
    private static final long LIMIT_SECONDS = 60;

    private final Process process;
    private final BufferedReader output;
    private final Writer input;

    private TalkingProcess(Process process) {
        this.process = process;
        this.output = process.inputReader(StandardCharsets.UTF_8);
        this.input = process.outputWriter(StandardCharsets.UTF_8);
    }

    static TalkingProcess start(List<String> command) throws IOException {
        return new TalkingProcess(new ProcessBuilder(command).redirectErrorStream(true).start());
    }

    /// Reads lines until this one.
    void await(String line) throws IOException {
        StringBuilder said = new StringBuilder();
        String next = output.readLine();
        while (next != null && !next.equals(line)) {
            said.append(next).append('\n');
            next = output.readLine();
        }
        assertThat(next).as("client said: %s", said).isEqualTo(line);
    }

    void goOn() throws IOException {
        input.write("\n");
        input.flush();
    }

    void kill() throws InterruptedException {
        process.destroyForcibly();
        assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
    }

    @Override
    public void close() throws IOException, InterruptedException {
        kill();
        input.close();
        output.close();
    }
}
