package io.neuralake.conformance.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The stock clients make and change Delta tables of a lake.
class WritingClientTest {
    private static final long LIMIT_SECONDS = 300;

    @TempDir Path folder;

    @Test
    void jdbcWrites() throws IOException, InterruptedException {
        Path lake = Files.createDirectory(folder.resolve("lake"));
        try (RunningServer server = RunningServer.over(lake)) {
            passes(server, JdbcProcess.command(JdbcWrites.class, server, List.of()));
        }
    }

    @Test
    void adbcWrites() throws IOException, InterruptedException {
        PythonClient python = PythonClient.prepare(folder);
        Path lake = Files.createDirectory(folder.resolve("lake"));
        try (RunningServer server = RunningServer.over(lake)) {
            passes(server, python.command("adbc_writes.py", server, List.of()));
        }
    }

    private void passes(RunningServer server, List<String> command)
            throws IOException, InterruptedException {
        ClientProcess client = ClientProcess.run(folder, LIMIT_SECONDS, command);
        System.out.println(client.output());
        assertThat(client.output()).contains("all checks passed");
        assertThat(client.exitCode()).isZero();
        ServerState.awaitIdle(server, "the client");
    }
}
