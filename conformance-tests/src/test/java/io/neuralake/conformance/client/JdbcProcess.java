package io.neuralake.conformance.client;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// Command lines of JVMs which have nothing on their class path but the stock JDBC driver and the
/// classes of these tests.
final class JdbcProcess {
    private JdbcProcess() {}

    /// Returns the command that runs a class with the URL of a server and further arguments.
    static List<String> command(Class<?> main, RunningServer server, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--add-opens=java.base/java.nio=ALL-UNNAMED");
        command.add("-Xmx512m");
        command.add("-cp");
        command.add(
                Objects.requireNonNull(System.getProperty("neuralake.jdbc-driver"))
                        + System.getProperty("path.separator")
                        + classes(main));
        command.add(main.getName());
        command.add(
                "jdbc:arrow-flight-sql://127.0.0.1:"
                        + server.process().port()
                        + "/?useEncryption=false");
        command.addAll(arguments);
        return command;
    }

    private static Path classes(Class<?> main) {
        try {
            return Path.of(main.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
