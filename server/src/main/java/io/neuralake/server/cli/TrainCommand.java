package io.neuralake.server.cli;

import io.neuralake.server.train.TrainingRun;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;

/// Uses most of the product once, for `./neuralake` to record an AOT cache from.
@Command(
        name = "train",
        description = "Runs what an AOT cache is recorded from.",
        hidden = true,
        mixinStandardHelpOptions = true)
public final class TrainCommand implements Runnable {
    /// Made by picocli.
    public TrainCommand() {}

    @Override
    public void run() {
        try {
            Path folder = Files.createTempDirectory("neuralake-train");
            try {
                new TrainingRun(folder, TrainCommand::command).run();
            } finally {
                delete(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int command(String... arguments) {
        return Neuralake.run(arguments, StandardStreams.ofProcess(), Map.of(), Path.of(""));
    }

    private static void delete(Path folder) throws IOException {
        Files.walkFileTree(
                folder,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        Files.delete(file);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(
                            Path visited, @Nullable IOException error) throws IOException {
                        Files.delete(visited);
                        return FileVisitResult.CONTINUE;
                    }
                });
    }
}
