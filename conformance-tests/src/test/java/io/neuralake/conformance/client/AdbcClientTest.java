package io.neuralake.conformance.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// ADBC from Python, in a [PythonClient].
class AdbcClientTest {
    private static final long LIMIT_SECONDS = 300;

    @TempDir Path folder;

    @Test
    void pythonReadsTypesParametersMetadataAndTenMillionRows()
            throws IOException, InterruptedException {
        PythonClient python = PythonClient.prepare(folder);
        Path lake = Files.createDirectory(folder.resolve("lake"));
        try (RunningServer server = RunningServer.start(lake, 0.01)) {
            ClientProcess client =
                    ClientProcess.run(
                            folder,
                            LIMIT_SECONDS,
                            python.command("adbc_client.py", server, List.of()));
            System.out.println(client.output());
            assertThat(client.output()).contains("all checks passed");
            assertThat(client.exitCode()).isZero();
            assertThat(server.lake().queries().reservedBytes()).isZero();
        }
    }
}
