package io.neuralake.server.cli;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

/// Which tables a command works on.
public final class LakeOptions {
    @Option(
            names = "--lake",
            paramLabel = "LAKE",
            description = "Folder whose files and folders are the tables, or s3://bucket/prefix.")
    private @Nullable String lake;

    /// Returns the lake's folder, or null when none was given.
    @Nullable String lake() {
        return lake;
    }
}
