package io.neuralake.conformance.client;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// Python with the stock ADBC driver, in a virtual environment that the tests make. Tests are skipped
/// aloud where Python or the packages cannot be had.
///
/// @param python the executable
/// @param folder where scripts are put
record PythonClient(Path python, Path folder) {
    private static final long INSTALL_SECONDS = 300;

    /// Makes the environment unless there is one; ends the test as skipped when it cannot.
    static PythonClient prepare(Path folder) throws IOException, InterruptedException {
        return new PythonClient(environment(folder), folder);
    }

    /// Returns the command that runs a script of the resources with the address of a server and
    /// further arguments.
    List<String> command(String script, RunningServer server, List<String> arguments)
            throws IOException {
        Path file = folder.resolve(script);
        try (InputStream in =
                Objects.requireNonNull(
                        PythonClient.class.getResourceAsStream("/client/" + script))) {
            Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
        }
        List<String> command = new ArrayList<>();
        command.add(python.toString());
        command.add(file.toString());
        command.add("grpc://127.0.0.1:" + server.process().port());
        command.addAll(arguments);
        return command;
    }

    /// Makes the virtual environment, once for all runs of a build folder, and returns its Python.
    private static Path environment(Path folder) throws IOException, InterruptedException {
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
        return python;
    }

    private static void skipUnless(boolean possible, String reason) {
        if (!possible) {
            System.out.println("SKIPPED tests of ADBC: " + reason);
        }
        assumeTrue(possible, reason);
    }
}
