package io.neuralake.conformance.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import io.neuralake.exec.EngineSettings;
import io.neuralake.exec.QueryEngine;
import io.neuralake.flight.FlightSqlService;
import io.neuralake.flight.QueryListener;
import io.neuralake.server.LakeServer;
import io.neuralake.server.generate.DataSetWriter;
import io.neuralake.server.generate.TpchTables;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/// The stock JDBC driver and ADBC, each in a process of its own, against the server in this one.
/// Skipped aloud where the driver, Python or the network is missing.
@Timeout(600)
class StockClientTest {
    private static final long PROCESS_SECONDS = 240;

    @TempDir static Path folder;

    private static LakeServer lake;
    private static FlightSqlService service;

    @BeforeAll
    static void start() throws IOException {
        Path data = Files.createDirectories(folder.resolve("lake"));
        DataSetWriter.write(
                TpchTables.at(0.01), data, DataSetWriter.Layout.FILES, (t, r, e, d) -> {});
        lake = LakeServer.open(data.toString(), new EngineSettings(2, 1L << 30));
        service =
                FlightSqlService.start(
                        new FlightSqlService.Settings("127.0.0.1", 0, "test"),
                        lake.sql(),
                        QueryListener.NONE);
    }

    @AfterAll
    static void stop() {
        QueryEngine queries = lake.queries();
        service.close();
        assertThat(queries.reservedBytes()).isZero();
        lake.close();
    }

    private record Outcome(int status, String output) {}

    private static Outcome run(List<String> command) throws Exception {
        Path log = Files.createTempFile(folder, "client", ".log");
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        if (!process.waitFor(PROCESS_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
            return new Outcome(-1, "Timed out\n" + Files.readString(log));
        }
        return new Outcome(process.exitValue(), Files.readString(log));
    }

    @Test
    void jdbcDriver() throws Exception {
        String driver = System.getProperty("neuralake.jdbc-driver", "");
        if (!Files.exists(Path.of(driver)) || driver.isEmpty()) {
            System.out.println("SKIPPED: no JDBC driver at '" + driver + "'");
            abort("No JDBC driver");
        }
        Path classes =
                Path.of(
                        JdbcProbe.class
                                .getProtectionDomain()
                                .getCodeSource()
                                .getLocation()
                                .toURI());
        Outcome outcome =
                run(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--add-opens=java.base/java.nio=ALL-UNNAMED",
                                "-Xmx256m",
                                "-cp",
                                driver + System.getProperty("path.separator") + classes,
                                JdbcProbe.class.getName(),
                                "jdbc:arrow-flight-sql://127.0.0.1:"
                                        + service.port()
                                        + "/?useEncryption=false"));
        assertThat(outcome.status()).as(outcome.output()).isZero();
        assertThat(outcome.output()).contains("PASSED types").doesNotContain("FAILED");
    }

    @Test
    void adbcFromPython() throws Exception {
        Path environment = folder.resolve("venv");
        Path python = environment.resolve("bin/python");
        if (!made(List.of("python3", "-m", "venv", environment.toString()))
                || !made(
                        List.of(
                                python.toString(),
                                "-m",
                                "pip",
                                "install",
                                "--quiet",
                                "--disable-pip-version-check",
                                "adbc-driver-flightsql",
                                "pyarrow",
                                "polars",
                                "pandas"))) {
            System.out.println("SKIPPED: no Python with venv, or no network for pip");
            abort("No Python environment");
        }
        Path script = folder.resolve("adbc_probe.py");
        try (InputStream source =
                Objects.requireNonNull(
                        StockClientTest.class.getResourceAsStream("/client/adbc_probe.py"))) {
            Files.copy(source, script, StandardCopyOption.REPLACE_EXISTING);
        }
        Outcome outcome =
                run(
                        List.of(
                                python.toString(),
                                script.toString(),
                                "grpc://127.0.0.1:" + service.port()));
        System.out.println(outcome.output());
        assertThat(outcome.status()).as(outcome.output()).isZero();
        assertThat(outcome.output()).contains("PASSED many rows").doesNotContain("FAILED");
    }

    private static boolean made(List<String> command) throws Exception {
        try {
            return run(command).status() == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
