package io.neuralake.server.bench.profile;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.jspecify.annotations.Nullable;

import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Finds the native library of async-profiler.
final class AsyncProfilerLibrary {
    private static final List<String> NAMES =
            List.of("libasyncProfiler.so", "libasyncProfiler.dylib");

    private AsyncProfilerLibrary() {}

    /// Returns the library: the one that was named, else that beside an `asprof` on the path, else
    /// one in `/opt` or `/usr/local`.
    static Optional<Path> find(@Nullable Path named) {
        if (named != null) {
            if (!Files.isRegularFile(named)) {
                throw new NeuralakeException(
                        ErrorCode.FILE_NOT_FOUND, "Library of async-profiler not found: " + named);
            }
            return Optional.of(named.toAbsolutePath());
        }
        return find(System.getenv().getOrDefault("PATH", ""), List.of(Path.of("/opt")));
    }

    /// @param path folders of programs
    /// @param roots folders in which installations are folders
    static Optional<Path> find(String path, List<Path> roots) {
        List<Path> homes = new ArrayList<>();
        for (String folder : path.split(File.pathSeparator)) {
            Path program = Path.of(folder, "asprof");
            if (!folder.isEmpty() && Files.isExecutable(program)) {
                homes.add(home(program));
            }
        }
        for (Path root : roots) {
            try (DirectoryStream<Path> found = Files.newDirectoryStream(root, "async-profiler*")) {
                found.forEach(homes::add);
            } catch (IOException e) {
                // Nothing is installed there.
            }
        }
        for (Path home : homes) {
            for (String name : NAMES) {
                Path library = home.resolve("lib").resolve(name);
                if (Files.isRegularFile(library)) {
                    return Optional.of(library);
                }
            }
        }
        return Optional.empty();
    }

    /// Returns the installation of a program in its `bin`, links followed.
    private static Path home(Path program) {
        try {
            return program.toRealPath().resolve("../..").normalize();
        } catch (IOException e) {
            return program.toAbsolutePath().resolve("../..").normalize();
        }
    }
}
