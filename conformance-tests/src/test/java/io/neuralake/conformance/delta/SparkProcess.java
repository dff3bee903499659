package io.neuralake.conformance.delta;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/// Spark with Delta Lake in a JVM of its own, which runs the SQL that it is sent. Maven finds its class
/// path; where it cannot, there is none.
final class SparkProcess implements AutoCloseable {
    private static final long RESOLVE_SECONDS = 600;
    private static final long STOP_SECONDS = 30;

    private static final List<String> OPENED =
            List.of(
                    "java.lang",
                    "java.lang.invoke",
                    "java.lang.reflect",
                    "java.io",
                    "java.net",
                    "java.nio",
                    "java.util",
                    "java.util.concurrent",
                    "java.util.concurrent.atomic",
                    "jdk.internal.ref",
                    "sun.nio.ch",
                    "sun.nio.cs",
                    "sun.security.action",
                    "sun.util.calendar");

    private final Process process;
    private final BufferedReader answers;
    private final Writer statements;
    private final Path errors;

    private SparkProcess(Process process, Path errors) {
        this.process = process;
        this.answers = process.inputReader(StandardCharsets.UTF_8);
        this.statements = process.outputWriter(StandardCharsets.UTF_8);
        this.errors = errors;
    }

    /// Starts Spark.
    ///
    /// @param folder for what it leaves
    /// @return null if its class path cannot be had, which is printed
    static @Nullable SparkProcess start(Path folder) throws IOException, InterruptedException {
        String classPath = classPath(folder);
        if (classPath == null) {
            return null;
        }
        Path source = resource(folder, "SparkWorker.java");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        OPENED.forEach(name -> command.add("--add-opens=java.base/" + name + "=ALL-UNNAMED"));
        command.addAll(
                List.of(
                        "-Djdk.reflect.useDirectMethodHandle=false",
                        "-Dio.netty.tryReflectionSetAccessible=true",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-Xmx1g",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        classPath,
                        source.toString(),
                        folder.resolve("warehouse").toString()));
        Path errors = folder.resolve("spark.err");
        SparkProcess spark =
                new SparkProcess(
                        new ProcessBuilder(command)
                                .directory(folder.toFile())
                                .redirectError(errors.toFile())
                                .start(),
                        errors);
        String ready = spark.answers.readLine();
        assertThat(ready).as("Spark said %s", Files.readString(errors)).isEqualTo("ready");
        return spark;
    }

    private static @Nullable String classPath(Path folder)
            throws IOException, InterruptedException {
        Path kept = Path.of("target", "spark-class-path").toAbsolutePath();
        if (!isUsable(kept)) {
            Files.createDirectories(kept.getParent());
            Path pom = resource(folder, "pom.xml");
            String offline = maven(folder, pom, kept, List.of("-o"));
            if (!isUsable(kept)) {
                String online = maven(folder, pom, kept, List.of());
                if (!isUsable(kept)) {
                    System.out.println(
                            "SKIPPED tests with Spark: no class path: " + offline + online);
                    return null;
                }
            }
        }
        return Files.readString(kept).strip();
    }

    private static boolean isUsable(Path classPath) throws IOException {
        return Files.exists(classPath)
                && Arrays.stream(
                                Files.readString(classPath)
                                        .strip()
                                        .split(System.getProperty("path.separator")))
                        .allMatch(jar -> Files.exists(Path.of(jar)));
    }

    /// Returns what Maven said.
    private static String maven(Path folder, Path pom, Path target, List<String> options)
            throws IOException, InterruptedException {
        String home = System.getProperty("neuralake.maven", "");
        List<String> command = new ArrayList<>();
        command.add(home.isEmpty() ? "mvn" : Path.of(home, "bin", "mvn").toString());
        command.addAll(List.of("-B", "-q", "-f", pom.toString()));
        command.addAll(options);
        command.addAll(
                List.of(
                        "org.apache.maven.plugins:maven-dependency-plugin:3.11.0:build-classpath",
                        "-Dmdep.outputFile=" + target));
        Path log = folder.resolve("maven.log");
        try {
            Process maven =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(log.toFile())
                            .start();
            if (!maven.waitFor(RESOLVE_SECONDS, TimeUnit.SECONDS)) {
                maven.destroyForcibly().waitFor();
            }
            return Files.readString(log);
        } catch (IOException e) {
            return "no Maven: " + e.getMessage();
        }
    }

    private static Path resource(Path folder, String name) throws IOException {
        Path file = folder.resolve(name);
        try (InputStream in =
                Objects.requireNonNull(SparkProcess.class.getResourceAsStream("/spark/" + name))) {
            Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
        }
        return file;
    }

    /// Runs a statement.
    ///
    /// @return what went wrong, or the empty text
    String attempt(String sql) {
        try {
            statements.write(sql.replace('\n', ' ') + "\n");
            statements.flush();
            String answer = answers.readLine();
            if (answer == null) {
                throw new AssertionError("Spark has ended: " + Files.readString(errors));
            }
            return answer.equals("ok") ? "" : answer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Runs a statement that must succeed.
    void run(String sql) {
        assertThat(attempt(sql)).as("Spark: %s", sql).isEmpty();
    }

    @Override
    public void close() throws IOException, InterruptedException {
        statements.close();
        if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
        answers.close();
    }
}
