package io.neuralake.server.bench.profile;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.Optional;

/// Samples where this process spends its processor time. Used by one thread.
public sealed interface Profiler permits AsyncProfiler, FlightRecorderProfiler {
    /// Returns async-profiler if its library is there, else Java's Flight Recorder.
    ///
    /// @param library of async-profiler; null looks where it is usually installed. Throws
    ///     FILE_NOT_FOUND when it is named and not there
    static Profiler find(@Nullable Path library) {
        Optional<Path> found = AsyncProfilerLibrary.find(library);
        return found.isPresent() ? new AsyncProfiler(found.get()) : new FlightRecorderProfiler();
    }

    /// Says what samples.
    String description();

    /// Begins to sample.
    void start();

    /// Ends, and writes a flame graph as a page of HTML, or folded stacks where the name ends with
    /// `.collapsed`. Throws STORAGE_ERROR when the file cannot be written.
    void stop(Path file);

    /// Tells whether a file of this name gets folded stacks, one a line with its number of samples.
    static boolean folded(Path file) {
        return file.toString().endsWith(".collapsed");
    }
}
