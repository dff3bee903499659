package io.neuralake.conformance.client;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Runs a client as a process of its own, with a time limit.
///
/// @param exitCode the process's, or -1 when it was stopped at the limit
/// @param output what it printed, errors included
record ClientProcess(int exitCode, String output) {
    static ClientProcess run(Path folder, long limitSeconds, List<String> command)
            throws IOException, InterruptedException {
        Path log = Files.createTempFile(folder, "client", ".log");
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.directory(folder.toFile());
        builder.redirectErrorStream(true);
        builder.redirectOutput(log.toFile());
        builder.redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")));
        Process process = builder.start();
        boolean ended = process.waitFor(limitSeconds, TimeUnit.SECONDS);
        if (!ended) {
            process.destroyForcibly().waitFor();
        }
        return new ClientProcess(ended ? process.exitValue() : -1, Files.readString(log));
    }
}
