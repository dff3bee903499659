package io.neuralake.server.cli;

import io.neuralake.server.train.TrainingRun;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.Set;

/// Uses most of the product once, for `./neuralake` to record an AOT cache from.
@Command(
        name = "train",
        description = "Runs what an AOT cache is recorded from.",
        hidden = true,
        mixinStandardHelpOptions = true)
public final class TrainCommand implements Runnable {
    @Spec private CommandSpec spec;

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "PART",
            converter = PartChoice.class,
            description = "Only this part: ${COMPLETION-CANDIDATES}; default: all of them.")
    private @Nullable Part part;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "FOLDER",
            description = "Where a part finds or leaves the data.")
    private @Nullable Path folder;

    /// What can be run in a process of its own.
    enum Part {
        /// Writes the data.
        DATA,
        /// Runs queries embedded, as commands do that answer and end.
        QUERIES
    }

    /// Reads the part.
    static final class PartChoice extends OptionValues.Choice<Part> {
        PartChoice() {
            super(Part.class, Set.of());
        }
    }

    /// Made by picocli, which sets the fields.
    @SuppressWarnings("NullAway.Init")
    public TrainCommand() {}

    @Override
    public void run() {
        try {
            if (part == null) {
                all();
                return;
            }
            if (folder == null) {
                throw new ParameterException(spec.commandLine(), "Missing the folder of the data");
            }
            TrainingRun training = new TrainingRun(folder, TrainCommand::command);
            switch (part) {
                case DATA -> training.writeData();
                case QUERIES -> training.runQueries();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void all() throws IOException {
        Path temporary = Files.createTempDirectory("neuralake-train");
        try {
            new TrainingRun(temporary, TrainCommand::command).run();
        } finally {
            delete(temporary);
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
