package io.neuralake.conformance.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

// One training of each kind serves all tests, in order; the last ones spoil the caches.
@TestInstance(Lifecycle.PER_CLASS)
@TestMethodOrder(OrderAnnotation.class)
@Timeout(1800)
class LauncherTest {
    private static final String QUERY = "SELECT 41 + 1 AS answer";
    private static final String ANSWER = " answer\n--------\n     42\n(1 row)\n";

    /// Less than a server uses while it warms up.
    private static final long WARMING_BYTES = 450L << 20;

    /// More than it keeps: 200 MB, some tens more with the many jars of the tests and a cache that was
    /// just written.
    private static final long IDLE_BYTES = 330L << 20;

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
        assertThat(launcher.caches("once")).hasSize(1);
        assertThat(launcher.caches("serve")).isEmpty();
        assertThat(launcher.files("training")).isEmpty();
        assertThat(launcher.files(".data")).as("what it was trained on").isEmpty();
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
    void serversHaveACacheOfTheirOwnAndVectorsAreOn() throws Exception {
        String[] doctor = {"doctor", "--port", "0", "--http-port", "0"};
        Launcher.Run first = launcher.run(Map.of(), doctor);
        assertThat(first.errors()).startsWith("neuralake: preparing fast starts").hasLineCount(1);
        assertThat(launcher.caches("serve")).hasSize(1);
        assertThat(launcher.caches("once")).as("left alone").hasSize(1);

        Launcher.Run second = launcher.run(Map.of("NEURALAKE_JAVA_OPTS", "-XX:AOTMode=on"), doctor);
        assertThat(second.errors()).isEmpty();
        assertThat(second.output()).contains("ok    C2 compiles vector kernels");
    }

    @Test
    @Order(5)
    void onlyCommandsThatEndInTheirProcessTakeTheSmallCache() throws Exception {
        assertThat(cacheOf(Map.of(), "sql", QUERY)).isEqualTo("once");
        assertThat(cacheOf(Map.of(), "version")).isEqualTo("once");
        assertThat(cacheOf(Map.of(), "--help")).isEqualTo("once");
        assertThat(cacheOf(Map.of(), "serve", "--help")).isEqualTo("serve");
        assertThat(cacheOf(Map.of(), "bench", "latency", "--help")).isEqualTo("serve");
        String nobody = "grpc://127.0.0.1:1";
        assertThat(cacheOf(Map.of(), "sql", "--connect", nobody, QUERY)).isEqualTo("serve");
        assertThat(cacheOf(Map.of(), "sql", "--connect=" + nobody, QUERY)).isEqualTo("serve");
        assertThat(cacheOf(Map.of("NEURALAKE_CONNECT", nobody), "sql", QUERY)).isEqualTo("serve");
    }

    @Test
    @Order(5)
    void flagsFitTheKindOfCommand() throws Exception {
        assertThat(flagsOf(Map.of(), "version"))
                .contains("-XX:+UseSerialGC", "-XX:Tier4InvocationThreshold=");
        assertThat(flagsOf(Map.of(), "serve", "--help"))
                .contains("-XX:+UseZGC")
                .doesNotContain("-XX:Tier4InvocationThreshold=");
        for (String job : List.of("bench", "generate")) {
            Map<String, String> printing =
                    Map.of("NEURALAKE_JAVA_OPTS", "-XX:+PrintCommandLineFlags");
            assertThat(launcher.run(printing, job, "--help").output())
                    .contains("-XX:+UseG1GC")
                    .doesNotContain("-XX:AOTCache", "-XX:Tier4InvocationThreshold=");
        }
    }

    private String flagsOf(Map<String, String> environment, String... arguments)
            throws IOException, InterruptedException {
        Map<String, String> printing = new HashMap<>(environment);
        printing.put("NEURALAKE_JAVA_OPTS", "-XX:AOTMode=on -XX:+PrintCommandLineFlags");
        return launcher.run(printing, arguments).output();
    }

    /// Returns the kind of the cache that a command starts with.
    private String cacheOf(Map<String, String> environment, String... arguments)
            throws IOException, InterruptedException {
        String flags = flagsOf(environment, arguments);
        Matcher cache = Pattern.compile("-XX:AOTCache=\\S*/(\\w+)-[^/]*\\.aot ").matcher(flags);
        return cache.find() ? cache.group(1) : flags;
    }

    @Test
    @Order(5)
    @Timeout(300)
    @EnabledOnOs(OS.LINUX)
    void anIdleServerGivesBackWhatItsWarmUpUsed() throws Exception {
        Launcher.Run run =
                launcher.runUntil(
                        started ->
                                resident(started, "VmHWM") > WARMING_BYTES
                                        && resident(started, "VmRSS") < IDLE_BYTES,
                        "serve",
                        "--port",
                        "0",
                        "--http-port",
                        "0");
        assertThat(run.exitCode()).isZero();
        assertThat(run.errors()).isEmpty();
    }

    private static long resident(Launcher.Started started, String name) throws IOException {
        Path status = Path.of("/proc", Long.toString(started.process().pid()), "status");
        Matcher kilobytes =
                Pattern.compile(name + ":\\s+(\\d+) kB").matcher(Files.readString(status));
        return kilobytes.find() ? Long.parseLong(kilobytes.group(1)) << 10 : 0;
    }

    @Test
    @Order(5)
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
    @Order(6)
    void flagsThatForbidTheCacheDoWithoutAndSilently() throws Exception {
        for (String flag :
                List.of("-XX:+UseParallelGC", "--add-opens=java.base/java.lang=ALL-UNNAMED")) {
            Launcher.Run run = launcher.run(Map.of("NEURALAKE_JAVA_OPTS", flag), "sql", QUERY);
            assertThat(run.errors()).isEmpty();
            assertThat(run.output()).isEqualTo(ANSWER);
        }
    }

    @Test
    @Order(7)
    void cacheThatIsCutShortIsIgnored() throws Exception {
        Path cache = launcher.caches("once").get(0);
        try (var channel = Files.newByteChannel(cache, java.nio.file.StandardOpenOption.WRITE)) {
            channel.truncate(1_000_000);
        }
        assertStartsQuietly();
    }

    @Test
    @Order(8)
    void cacheOfGarbageIsIgnored() throws Exception {
        Files.writeString(launcher.caches("once").get(0), "garbage");
        assertStartsQuietly();
    }

    @Test
    @Order(9)
    void noCacheIsMadeWhereItIsSwitchedOff() throws Exception {
        Files.delete(launcher.caches("once").get(0));
        Launcher.Run run = launcher.run(Map.of("NEURALAKE_AOT", "off"), "sql", QUERY);
        assertThat(run.errors()).isEmpty();
        assertThat(run.output()).isEqualTo(ANSWER);
        assertThat(launcher.caches("once")).isEmpty();
    }

    @Test
    @Order(10)
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
                .contains("-XX:-UseProfiledLoopPredicate", "-XX:+EnableVectorSupport", "-Dmine=1")
                .contains("-Djdk.util.jar.version=21");
    }

    private void assertStartsQuietly() throws IOException, InterruptedException {
        Launcher.Run run = launcher.run(Map.of(), "sql", QUERY);
        assertThat(run.exitCode()).isZero();
        assertThat(run.errors()).isEmpty();
        assertThat(run.output()).isEqualTo(ANSWER);
    }
}
