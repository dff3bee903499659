package io.neuralake.conformance.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/// The stock JDBC driver, in a JVM that has nothing else on its class path and the one flag which the
/// driver needs.
class JdbcClientTest {
    private static final long LIMIT_SECONDS = 120;

    @TempDir Path folder;

    @Test
    void stockDriverReadsTypesMetadataAndErrors() throws IOException, InterruptedException {
        Path lake = Files.createDirectory(folder.resolve("lake"));
        Path program = folder.resolve("JdbcClient.java");
        try (InputStream in =
                Objects.requireNonNull(
                        JdbcClientTest.class.getResourceAsStream("/client/JdbcClient.java.txt"))) {
            Files.copy(in, program);
        }
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
                                    Objects.requireNonNull(
                                            System.getProperty("neuralake.jdbc-driver")),
                                    program.toString(),
                                    Integer.toString(server.process().port())));
            assertThat(client.output()).contains("all checks passed");
            assertThat(client.exitCode()).isZero();
            assertThat(server.lake().queries().reservedBytes()).isZero();
        }
    }
}
