package io.neuralake.conformance.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// [JdbcProbe] in a JVM that has only the stock driver: every getter, every setter, all metadata.
class JdbcDriverTest {
    private static final long LIMIT_SECONDS = 120;

    @TempDir Path folder;

    @Test
    void stockDriverPassesEveryCheck() throws Exception {
        Path lake = Files.createDirectory(folder.resolve("lake"));
        try (RunningServer server = RunningServer.start(lake, 0.01)) {
            ClientProcess client =
                    ClientProcess.run(
                            folder,
                            LIMIT_SECONDS,
                            JdbcProcess.command(JdbcProbe.class, server, List.of()));
            assertThat(client.output()).contains("PASSED types").doesNotContain("FAILED");
            assertThat(client.exitCode()).isZero();
        }
    }
}
