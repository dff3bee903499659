package io.neuralake.conformance.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/// ADBC from Python, in a virtual environment that the test makes. Skipped aloud where Python or the
/// packages cannot be had.
class AdbcClientTest {
    private static final long INSTALL_SECONDS = 300;
    private static final long LIMIT_SECONDS = 300;

    @TempDir Path folder;

    @Test
    void pythonReadsTypesParametersMetadataAndTenMillionRows()
            throws IOException, InterruptedException {
        String python = environment();
        Path script = folder.resolve("adbc_client.py");
        try (InputStream in =
                Objects.requireNonNull(
                        AdbcClientTest.class.getResourceAsStream("/client/adbc_client.py"))) {
            Files.copy(in, script);
        }
        Path lake = Files.createDirectory(folder.resolve("lake"));
        try (RunningServer server = RunningServer.start(lake)) {
            ClientProcess client =
                    ClientProcess.run(
                            folder,
                            LIMIT_SECONDS,
                            List.of(
                                    python,
                                    script.toString(),
                                    "grpc://127.0.0.1:" + server.process().port()));
            System.out.println(client.output());
            assertThat(client.output()).contains("all checks passed");
            assertThat(client.exitCode()).isZero();
            assertThat(server.lake().queries().reservedBytes()).isZero();
        }
    }

    /// Makes the virtual environment, once for all runs of a build folder, and returns its Python.
    private String environment() throws IOException, InterruptedException {
        Path venv = Path.of("target", "adbc-venv").toAbsolutePath();
        Path python = venv.resolve("bin").resolve("python");
        if (!Files.exists(venv.resolve("installed"))) {
            Files.createDirectories(venv.getParent());
            try {
                ClientProcess made =
                        ClientProcess.run(
                                folder,
                                INSTALL_SECONDS,
                                List.of("python3", "-m", "venv", venv.toString()));
                skipUnless(made.exitCode() == 0, "no virtual environment: " + made.output());
            } catch (IOException e) {
                skipUnless(false, "no Python: " + e.getMessage());
            }
            ClientProcess installed =
                    ClientProcess.run(
                            folder,
                            INSTALL_SECONDS,
                            List.of(
                                    python.toString(),
                                    "-m",
                                    "pip",
                                    "install",
                                    "-q",
                                    "adbc-driver-flightsql",
                                    "adbc-driver-manager",
                                    "pyarrow",
                                    "pandas",
                                    "polars"));
            skipUnless(installed.exitCode() == 0, "no packages: " + installed.output());
            Files.createFile(venv.resolve("installed"));
        }
        return python.toString();
    }

    private static void skipUnless(boolean possible, String reason) {
        if (!possible) {
            System.out.println("SKIPPED AdbcClientTest: " + reason);
        }
        assumeTrue(possible, reason);
    }
}
