package io.neuralake.conformance.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

// One training serves all tests, in order; the last ones spoil its cache.
@TestInstance(Lifecycle.PER_CLASS)
@TestMethodOrder(OrderAnnotation.class)
@Timeout(1800)
class LauncherTest {
    private static final String QUERY = "SELECT 41 + 1 AS answer";
    private static final String ANSWER = " answer\n--------\n     42\n(1 row)\n";

    private final Launcher launcher;

    LauncherTest() throws IOException {
        launcher = Launcher.in(Path.of("target", "launcher").toAbsolutePath());
    }

    @Test
    @Order(1)
    void startsWithoutCacheWhereTrainingFails() throws Exception {
        String jdk = launcher.jdkThatCannotTrain().toString();
        Launcher.Run first = launcher.run(Map.of("NEURALAKE_JAVA_HOME", jdk), "sql", QUERY);
        assertThat(first.exitCode()).isZero();
        assertThat(first.output()).isEqualTo(ANSWER);
        assertThat(launcher.files(".aot.failed")).hasSize(1);
        assertThat(launcher.files(".aot")).isEmpty();

        Launcher.Run second = launcher.run(Map.of("NEURALAKE_JAVA_HOME", jdk), "sql", QUERY);
        assertThat(second.errors()).as("no second try").isEmpty();
        assertThat(second.output()).isEqualTo(ANSWER);
        Files.delete(launcher.files(".aot.failed").get(0));
    }

    @Test
    @Order(2)
    void firstStartMakesTheCache() throws Exception {
        Launcher.Run run = launcher.run(Map.of(), "sql", QUERY);
        assertThat(run.output()).isEqualTo(ANSWER);
        assertThat(run.errors()).startsWith("neuralake: preparing fast starts").hasLineCount(1);
        assertThat(launcher.files(".aot")).hasSize(1);
        assertThat(launcher.files("training")).isEmpty();
    }

    @Test
    @Order(3)
    void laterStartsUseTheCacheAndPrintNothingOfTheirOwn() throws Exception {
        // Java refuses to start in this mode when it cannot use the cache.
        Launcher.Run run =
                launcher.run(Map.of("NEURALAKE_JAVA_OPTS", "-XX:AOTMode=on"), "sql", QUERY);
        assertThat(run.errors()).isEmpty();
        assertThat(run.output()).isEqualTo(ANSWER);
        assertThat(run.exitCode()).isZero();
    }

    @Test
    @Order(4)
    void vectorsAreOnWithTheCache() throws Exception {
        Launcher.Run run = launcher.run(Map.of(), "doctor", "--port", "0", "--http-port", "0");
        assertThat(run.output()).contains("ok    C2 compiles vector kernels");
    }

    @Test
    @Order(4)
    void servesAndLeavesWhenToldTo() throws Exception {
        for (String warmUp : List.of("on", "off")) {
            Launcher.Run run =
                    launcher.runUntil(
                            "ready: grpc://127.0.0.1:",
                            "serve",
                            "--port=0",
                            "--http-port=0",
                            "--warm-up=" + warmUp);
            assertThat(run.errors()).isEmpty();
            assertThat(run.output()).startsWith("ready: grpc://127.0.0.1:").hasLineCount(1);
            assertThat(run.exitCode()).isZero();
        }
    }

    @Test
    @Order(5)
    void flagsThatForbidTheCacheDoWithoutAndSilently() throws Exception {
        for (String flag :
                List.of("-XX:+UseSerialGC", "--add-opens=java.base/java.lang=ALL-UNNAMED")) {
            Launcher.Run run = launcher.run(Map.of("NEURALAKE_JAVA_OPTS", flag), "sql", QUERY);
            assertThat(run.errors()).isEmpty();
            assertThat(run.output()).isEqualTo(ANSWER);
        }
    }

    @Test
    @Order(6)
    void cacheThatIsCutShortIsIgnored() throws Exception {
        Path cache = launcher.files(".aot").get(0);
        try (var channel = Files.newByteChannel(cache, java.nio.file.StandardOpenOption.WRITE)) {
            channel.truncate(1_000_000);
        }
        assertStartsQuietly();
    }

    @Test
    @Order(7)
    void cacheOfGarbageIsIgnored() throws Exception {
        Files.writeString(launcher.files(".aot").get(0), "garbage");
        assertStartsQuietly();
    }

    @Test
    @Order(8)
    void noCacheIsMadeWhereItIsSwitchedOff() throws Exception {
        Files.delete(launcher.files(".aot").get(0));
        Launcher.Run run = launcher.run(Map.of("NEURALAKE_AOT", "off"), "sql", QUERY);
        assertThat(run.errors()).isEmpty();
        assertThat(run.output()).isEqualTo(ANSWER);
        assertThat(launcher.files(".aot")).isEmpty();
    }

    @Test
    @Order(9)
    void microBenchmarksRunFromADistributionOfTheirOwn() throws Exception {
        launcher.makeBenchmarks(
                """
                package org.openjdk.jmh;
                class Main {
                    public static void main(String[] args) {
                        System.out.println(String.join(" ", args));
                        System.out.println(
                                java.lang.management.ManagementFactory.getRuntimeMXBean()
                                        .getInputArguments());
                    }
                }
                """);
        Launcher.Run run =
                launcher.run(
                        Map.of("NEURALAKE_JAVA_OPTS", "-Dmine=1"),
                        "bench",
                        "micro",
                        "Sort",
                        "-f",
                        "1");
        assertThat(run.errors()).isEmpty();
        List<String> lines = run.output().lines().toList();
        assertThat(lines.get(0)).isEqualTo("Sort -f 1");
        assertThat(lines.get(1))
                .contains("-XX:-UseProfiledLoopPredicate", "-XX:+EnableVectorSupport", "-Dmine=1");
    }

    private void assertStartsQuietly() throws IOException, InterruptedException {
        Launcher.Run run = launcher.run(Map.of(), "sql", QUERY);
        assertThat(run.exitCode()).isZero();
        assertThat(run.errors()).isEmpty();
        assertThat(run.output()).isEqualTo(ANSWER);
    }
}
