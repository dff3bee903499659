package io.neuralake.conformance.delta;

import org.jspecify.annotations.Nullable;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A JVM of its own which runs a class of these tests with the class path and options of this one.
/// What it prints is read line by line; its errors go to a file.
final class ChildJvm implements AutoCloseable {
    private static final List<String> PASSED_ON =
            List.of("--add-", "--sun-misc", "--enable-native", "-XX:-UseProfiledLoopPredicate");

    private final Process process;
    private final BufferedReader output;
    private final Path errors;

    private ChildJvm(Process process, Path errors) {
        this.process = process;
        this.output = process.inputReader(StandardCharsets.UTF_8);
        this.errors = errors;
    }

    /// Starts a JVM.
    ///
    /// @param folder for the file with its errors
    static ChildJvm start(Class<?> main, String heap, Path folder, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String option : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            if (PASSED_ON.stream().anyMatch(option::startsWith)) {
                command.add(option);
            }
        }
        command.addAll(List.of("-Xmx" + heap, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        command.addAll(List.of("-cp", classPath(), main.getName()));
        command.addAll(arguments);
        try {
            Path errors = Files.createTempFile(folder, main.getSimpleName(), ".err");
            return new ChildJvm(
                    new ProcessBuilder(command).redirectError(errors.toFile()).start(), errors);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Called in a child: makes it end when the JVM that has started it does, however that ends.
    static void endWithParent() {
        ProcessHandle.current()
                .parent()
                .map(ProcessHandle::onExit)
                .ifPresent(
                        ended -> {
                            var _ = ended.thenRun(() -> Runtime.getRuntime().halt(1));
                        });
    }

    private static String classPath() {
        return System.getProperty(
                "surefire.test.class.path", System.getProperty("java.class.path"));
    }

    /// Returns the next line; null at the end.
    @Nullable String line() {
        try {
            return output.readLine();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /// Waits for the end.
    ///
    /// @return the exit code; -1 if it had to be stopped
    int await(long seconds) throws InterruptedException {
        if (process.waitFor(seconds, TimeUnit.SECONDS)) {
            return process.exitValue();
        }
        kill();
        return -1;
    }

    /// Ends it as `kill -9` does. What it has printed can still be read.
    void kill() throws InterruptedException {
        // Unlike the process itself, its handle leaves the streams open.
        process.toHandle().destroyForcibly();
        process.waitFor();
    }

    /// Returns what it has printed as errors.
    String errors() {
        try {
            return Files.readString(errors);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        output.close();
    }
}
