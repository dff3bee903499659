package io.neuralake.server.cli;

import io.neuralake.planner.SqlSession;
import io.neuralake.server.LakeServer;
import io.neuralake.server.output.ResultFormat;
import io.neuralake.server.repl.Repl;
import io.neuralake.server.sql.EmbeddedTarget;
import io.neuralake.server.sql.RemoteTarget;
import io.neuralake.server.sql.ScriptRunner;
import io.neuralake.server.sql.SqlTarget;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;

/// Runs SQL, embedded or against a server; without SQL on a terminal, a REPL.
@Command(
        name = "sql",
        description = "Runs SQL, embedded over --lake or against a server with --connect.",
        mixinStandardHelpOptions = true)
public final class SqlCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Mixin private LakeOptions lake;

    @Mixin private EngineOptions engine;

    @Option(
            names = "--connect",
            paramLabel = "URL",
            description = "Address of a server: grpc://host:port.")
    private @Nullable String connect;

    @Option(
            names = {"--file", "-f"},
            paramLabel = "F",
            description = "Script to run.")
    private @Nullable Path file;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "One of: ${COMPLETION-CANDIDATES}; default: table.",
            defaultValue = "table")
    private ResultFormat format;

    @Option(names = "--time", description = "Prints the time of each statement.")
    private boolean time;

    @Parameters(paramLabel = "SQL", arity = "0..1", description = "Statements to run.")
    private @Nullable String sql;

    /// Made by picocli, which sets the fields.
    @SuppressWarnings("NullAway.Init")
    public SqlCommand() {}

    @Override
    public Integer call() throws IOException {
        if (connect != null && lake.lake() != null) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "Give --connect or --lake, not both");
        }
        if (sql != null && file != null) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "Give SQL or --file, not both");
        }
        Optional<String> script = script();
        try (SqlTarget target = target()) {
            if (script.isEmpty()) {
                return new Repl(target, format, time).run();
            }
            return new ScriptRunner(target, format, time, System.out, System.err).run(script.get())
                    ? CommandLine.ExitCode.OK
                    : CommandLine.ExitCode.SOFTWARE;
        }
    }

    /// Returns the script to run, or empty for a REPL.
    private Optional<String> script() throws IOException {
        if (sql != null) {
            return Optional.of(sql);
        }
        if (file != null) {
            try {
                return Optional.of(Files.readString(file));
            } catch (NoSuchFileException e) {
                throw new NeuralakeException(
                        ErrorCode.FILE_NOT_FOUND, "Script not found: " + file, e);
            }
        }
        if (System.console() != null && System.console().isTerminal()) {
            return Optional.empty();
        }
        return Optional.of(new String(System.in.readAllBytes(), StandardCharsets.UTF_8));
    }

    private SqlTarget target() {
        if (connect != null) {
            return new RemoteTarget(connect, io.neuralake.planner.sql.SqlLexer::split);
        }
        LakeServer server = LakeServer.open(lake.lake(), engine.settings());
        String description = lake.lake() == null ? "no lake" : "lake " + lake.lake();
        return new EmbeddedTarget(
                server.sql(),
                new SqlSession(System.getProperty("user.name", "user")),
                description,
                server);
    }
}
