package io.neuralake.server.bench.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

@Timeout(120)
class ProfilerTest {
    @TempDir private Path folder;

    private static double sink;

    private static void burn(long millis) {
        long start = System.nanoTime();
        while (System.nanoTime() - start < millis * 1_000_000) {
            for (int i = 1; i < 10_000; i++) {
                sink += 1.0 / i;
            }
        }
    }

    @Test
    void flightRecorderSeesWhoIsBusy() throws IOException {
        Path file = folder.resolve("x.collapsed");
        Profiler profiler = new FlightRecorderProfiler();
        boolean seen = false;
        // A machine that gives this process no time gives it no samples.
        for (int attempt = 0; attempt < 20 && !seen; attempt++) {
            profiler.start();
            burn(200);
            profiler.stop(file);
            seen = Files.readString(file).contains("ProfilerTest.burn");
        }
        assertThat(seen).isTrue();
        assertThat(profiler.description()).startsWith("JFR");
    }

    @Test
    void flightRecorderSaysThatItCannotWrite() {
        Profiler profiler = new FlightRecorderProfiler();
        profiler.start();
        assertThatThrownBy(() -> profiler.stop(folder.resolve("none/x.html")))
                .isInstanceOfSatisfying(
                        NeuralakeException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.STORAGE_ERROR));
        assertThatThrownBy(() -> profiler.stop(folder.resolve("x.html")))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void whatIsNoLibraryFails() throws IOException {
        Path library = Files.writeString(folder.resolve("libasyncProfiler.so"), "no library");
        Profiler profiler = Profiler.find(library);
        assertThat(profiler.description()).contains(library.toString());
        assertThatThrownBy(profiler::start)
                .isInstanceOf(NeuralakeException.class)
                .hasMessageStartingWith("async-profiler failed to start,");
    }

    @Test
    void libraryIsFoundBesideTheProgram() throws IOException {
        Path home = Files.createDirectories(folder.resolve("opt/async-profiler-4.1"));
        Path library = Files.createDirectories(home.resolve("lib")).resolve("libasyncProfiler.so");
        Path program = Files.createDirectories(home.resolve("bin")).resolve("asprof");
        Files.writeString(program, "");
        assertThat(program.toFile().setExecutable(true)).isTrue();
        String path = "/none:" + home.resolve("bin");
        assertThat(AsyncProfilerLibrary.find(path, List.of())).isEmpty();
        Files.writeString(library, "");
        assertThat(AsyncProfilerLibrary.find(path, List.of())).hasValue(library.toRealPath());
        assertThat(AsyncProfilerLibrary.find("", List.of(folder.resolve("opt")))).hasValue(library);
        assertThat(AsyncProfilerLibrary.find("", List.of(folder.resolve("none")))).isEmpty();
    }
}
