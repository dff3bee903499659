package io.neuralake.server.cli;

import io.neuralake.planner.SqlSession;
import io.neuralake.server.LakeServer;
import io.neuralake.server.output.ResultFormat;
import io.neuralake.server.output.TableLayout;
import io.neuralake.server.repl.Repl;
import io.neuralake.server.sql.EmbeddedTarget;
import io.neuralake.server.sql.RemoteTarget;
import io.neuralake.server.sql.ResultOutput;
import io.neuralake.server.sql.ScriptRunner;
import io.neuralake.server.sql.ServerAddress;
import io.neuralake.server.sql.SqlTarget;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jspecify.annotations.Nullable;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;

/// Runs SQL, embedded or against a server; without SQL on a terminal, a REPL.
@Command(
        name = "sql",
        description = "Runs SQL, embedded over --lake or against a server with --connect.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Without SQL or --file, statements are read from standard input; on a terminal",
            "they can be typed."
        })
public final class SqlCommand implements Callable<Integer> {
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    @ParentCommand private Neuralake root;

    @Spec private CommandSpec spec;

    @Mixin private LakeOptions lake;

    @Mixin private EngineOptions engine;

    @Mixin private StorageOptions storage;

    @Option(
            names = "--connect",
            paramLabel = "URL",
            description = "Address of a server: grpc://host:port.")
    private @Nullable String connect;

    @Option(
            names = {"--file", "-f"},
            paramLabel = "F",
            description = "Script to run; - for standard input.")
    private @Nullable String file;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            converter = FormatChoice.class,
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
        StandardStreams streams = root.streams();
        if (format.isBinary() && streams.terminal()) {
            throw wrongUsage("A terminal cannot show the format: " + format + "; redirect it");
        }
        Optional<ServerAddress> server = server();
        Optional<String> script = script(streams);
        try (SqlTarget target = target(server)) {
            if (script.isEmpty()) {
                interact(target);
                return CommandLine.ExitCode.OK;
            }
            TableLayout layout = streams.terminal() ? TableLayout.TERMINAL : TableLayout.WHOLE;
            ResultOutput output = new ResultOutput(format, layout, streams.out(), streams.err());
            return new ScriptRunner(target, output, time).run(script.get())
                    ? CommandLine.ExitCode.OK
                    : CommandLine.ExitCode.SOFTWARE;
        }
    }

    private void interact(SqlTarget target) throws IOException {
        String home = System.getenv("HOME");
        Path history =
                Path.of(
                        home == null ? System.getProperty("user.home", ".") : home,
                        ".neuralake_history");
        try (Terminal terminal =
                TerminalBuilder.builder().system(true).encoding(StandardCharsets.UTF_8).build()) {
            new Repl(target, terminal, history, format, time).run();
        }
    }

    /// Returns the server to ask, or empty to run embedded. What was typed wins over what the
    /// environment says.
    private Optional<ServerAddress> server() {
        if (connect == null || isTyped("--lake") && !isTyped("--connect")) {
            return Optional.empty();
        }
        if (lake.lake() != null && isTyped("--lake") == isTyped("--connect")) {
            throw wrongUsage("Give --connect or --lake, not both");
        }
        try {
            return Optional.of(ServerAddress.parse(connect));
        } catch (NeuralakeException e) {
            throw wrongUsage(String.valueOf(e.getMessage()));
        }
    }

    private boolean isTyped(String option) {
        return spec.commandLine().getParseResult().hasMatchedOption(option);
    }

    private CommandLine.ParameterException wrongUsage(String message) {
        return new CommandLine.ParameterException(spec.commandLine(), message);
    }

    /// Returns the script to run, or empty for a REPL.
    private Optional<String> script(StandardStreams streams) throws IOException {
        if (sql != null) {
            if (file != null && isTyped("--file")) {
                throw wrongUsage("Give SQL or --file, not both");
            }
            return Optional.of(sql);
        }
        if (file != null && !file.equals("-")) {
            return Optional.of(decoded(content(Path.of(file)), file));
        }
        if (file == null && streams.terminal()) {
            return Optional.empty();
        }
        return Optional.of(decoded(streams.in().readAllBytes(), "standard input"));
    }

    /// Reads `--format`.
    static final class FormatChoice extends OptionValues.Choice<ResultFormat> {
        FormatChoice() {
            super(ResultFormat.class, Set.of());
        }
    }

    private static byte[] content(Path path) {
        try {
            return Files.readAllBytes(path);
        } catch (NoSuchFileException e) {
            throw new NeuralakeException(ErrorCode.FILE_NOT_FOUND, "Script not found: " + path, e);
        } catch (IOException e) {
            String reason = Files.isDirectory(path) ? "it is a folder" : e.getMessage();
            throw new NeuralakeException(
                    ErrorCode.STORAGE_ERROR, "Cannot read the script: " + path + ", " + reason, e);
        }
    }

    private static String decoded(byte[] bytes, String name) {
        try {
            String text =
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw new NeuralakeException(ErrorCode.INVALID_TEXT, "Script is not UTF-8: " + name, e);
        }
    }

    private SqlTarget target(Optional<ServerAddress> server) {
        if (server.isPresent()) {
            return new RemoteTarget(server.get());
        }
        LakeServer embedded = LakeServer.open(lake.lake(), engine.settings(), storage.settings());
        String description = lake.lake() == null ? "no lake" : "lake " + lake.lake();
        return new EmbeddedTarget(
                embedded.sql(),
                new SqlSession(System.getProperty("user.name", "user")),
                description,
                embedded);
    }
}
