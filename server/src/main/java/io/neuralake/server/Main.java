package io.neuralake.server;

import io.neuralake.server.cli.Neuralake;
import io.neuralake.server.cli.StandardStreams;

import java.nio.file.Path;

/// Starts the command line. Exit status: 0 done, 1 the query or job failed, 2 wrong usage.
public final class Main {
    private Main() {}

    /// Runs the command of `args` and exits with its status.
    public static void main(String[] args) {
        Preload preload = Preload.begin(args);
        System.exit(
                Neuralake.run(
                        args,
                        StandardStreams.ofProcess(),
                        System.getenv(),
                        Path.of(""),
                        preload::await));
    }
}
