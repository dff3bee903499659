package io.neuralake.conformance.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A server of somebody else in a process of its own, on a free port of this machine. It serves all tests and
/// ends with them.
final class DoubleProcess {
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final Process process;
    private final int port;

    private DoubleProcess(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    int port() {
        return port;
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Starts a server and waits until it listens.
    ///
    /// @param name of the module that has its class path
    /// @param log receives what it says; its folder is the server's working folder
    static DoubleProcess start(
            String name, Path log, List<String> jvm, List<String> mainAndArguments, int port)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(
                List.of("-Xmx192m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"));
        command.addAll(jvm);
        command.addAll(List.of("-cp", classPath(name), DoubleMain.class.getName()));
        command.addAll(mainAndArguments);
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .directory(log.toAbsolutePath().getParent().toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile());
        builder.environment().put("DDB_LOCAL_TELEMETRY", "0");
        Process process = builder.start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        DoubleProcess started = new DoubleProcess(process, port);
        started.awaitPort(log);
        return started;
    }

    /// Reads what the build wrote down, and puts [DoubleMain] in front.
    private static String classPath(String name) throws IOException {
        String file = System.getProperty("neuralake.double." + name);
        assertThat(file).as("class path of " + name).isNotNull();
        String own =
                Path.of(
                                DoubleMain.class
                                        .getProtectionDomain()
                                        .getCodeSource()
                                        .getLocation()
                                        .getPath())
                        .toString();
        return own + java.io.File.pathSeparator + Files.readString(Path.of(file)).strip();
    }

    private void awaitPort(Path log) throws IOException, InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!listens()) {
            boolean over = process.waitFor(100, TimeUnit.MILLISECONDS) || System.nanoTime() > end;
            if (over) {
                process.destroyForcibly();
                throw new IllegalStateException("A server did not start: " + Files.readString(log));
            }
        }
    }

    private boolean listens() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }
}
