package io.neuralake.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Runs each benchmark once with every parameter, on few rows: what it measures is there and works.
@Timeout(300)
class BenchmarksTest {
    private static final Path SOURCES = Path.of("src/main/java");

    private static List<Path> sources() throws IOException {
        try (Stream<Path> files = Files.walk(SOURCES)) {
            return files.filter(file -> file.toString().endsWith("Benchmark.java")).toList();
        }
    }

    @Test
    void everyBenchmarkRuns() throws RunnerException, IOException {
        Options once =
                new OptionsBuilder()
                        .forks(0)
                        .mode(Mode.SingleShotTime)
                        .warmupIterations(0)
                        .measurementIterations(1)
                        .measurementBatchSize(1)
                        .measurementTime(TimeValue.NONE)
                        .param("groups", "5000")
                        .param("buildRows", "5000")
                        .param("rows", "5000")
                        .shouldFailOnError(true)
                        .verbosity(VerboseMode.SILENT)
                        .build();
        Collection<RunResult> results = new Runner(once).run();
        Set<String> ran =
                results.stream()
                        .map(result -> result.getParams().getBenchmark())
                        .collect(Collectors.toSet());
        Set<String> known =
                BenchmarkList.defaultList()
                        .getAll(
                                OutputFormatFactory.createFormatInstance(
                                        new PrintStream(
                                                PrintStream.nullOutputStream(),
                                                false,
                                                StandardCharsets.UTF_8),
                                        VerboseMode.SILENT),
                                List.of())
                        .stream()
                        .map(entry -> entry.getUsername())
                        .collect(Collectors.toSet());
        assertThat(ran).isEqualTo(known);
        Set<String> classes =
                ran.stream()
                        .map(name -> name.substring(0, name.lastIndexOf('.')))
                        .map(name -> name.substring(name.lastIndexOf('.') + 1) + ".java")
                        .collect(Collectors.toSet());
        assertThat(classes)
                .isEqualTo(
                        sources().stream()
                                .map(file -> file.getFileName().toString())
                                .collect(Collectors.toSet()));
    }

    @Test
    void everyBenchmarkSaysWhatItAsks() throws IOException {
        for (Path source : sources()) {
            assertThat(source).content().contains("\n/// Question: ").contains("\n/// Last: ");
        }
    }
}
