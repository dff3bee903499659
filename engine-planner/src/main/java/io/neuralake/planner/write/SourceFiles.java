package io.neuralake.planner.write;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import java.util.List;

/// Lists files that COPY INTO loads. Thread-safe.
public interface SourceFiles {
    /// Nothing can be listed.
    SourceFiles NONE =
            path -> {
                throw new NeuralakeException(
                        ErrorCode.UNSUPPORTED, "Files cannot be listed here: " + path);
            };

    /// Lists the files that a path names: a file, those of a folder and its sub-folders, or those that
    /// match a pattern; ordered by path. Throws FILE_NOT_FOUND when there is nothing.
    List<SourceFile> list(String path);

    /// A file as it is now.
    ///
    /// @param modified when it was written, as the store counts
    record SourceFile(String path, long bytes, long modified) {}
}
