package io.neuralake.conformance.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/// [JdbcProbe] in a JVM that has only the stock driver: every getter, every setter, all metadata.
class JdbcDriverTest {
    private static final long LIMIT_SECONDS = 120;

    @TempDir Path folder;

    @Test
    void stockDriverPassesEveryCheck() throws Exception {
        Path lake = Files.createDirectory(folder.resolve("lake"));
        Path classes =
                Path.of(
                        JdbcProbe.class
                                .getProtectionDomain()
                                .getCodeSource()
                                .getLocation()
                                .toURI());
        String driver = Objects.requireNonNull(System.getProperty("neuralake.jdbc-driver"));
        try (RunningServer server = RunningServer.start(lake)) {
            ClientProcess client =
                    ClientProcess.run(
                            folder,
                            LIMIT_SECONDS,
                            List.of(
                                    Path.of(System.getProperty("java.home"), "bin", "java")
                                            .toString(),
                                    "--add-opens=java.base/java.nio=ALL-UNNAMED",
                                    "-cp",
                                    driver + System.getProperty("path.separator") + classes,
                                    JdbcProbe.class.getName(),
                                    "jdbc:arrow-flight-sql://127.0.0.1:"
                                            + server.process().port()
                                            + "/?useEncryption=false"));
            assertThat(client.output()).contains("PASSED types").doesNotContain("FAILED");
            assertThat(client.exitCode()).isZero();
        }
    }
}
