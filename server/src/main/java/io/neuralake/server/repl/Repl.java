package io.neuralake.server.repl;

import io.neuralake.server.output.ResultFormat;
import io.neuralake.server.sql.ScriptRunner;
import io.neuralake.server.sql.SqlTarget;

import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/// The interactive shell: statements end with a semicolon and may span lines, commands begin with a
/// dot. Ctrl-C stops the statement in progress, Ctrl-D leaves.
public final class Repl {
    private static final String HELP =
            """
            Statements end with ; and may span lines. Ctrl-C stops one, Ctrl-D leaves.
              .help          this text
              .tables        tables and views
              .schema NAME   columns of a table
              .timer         switches the timing of statements
              .format NAME   table, csv, json or none
              .quit          leaves
            """;

    private final SqlTarget target;
    private ResultFormat format;
    private boolean time;

    /// Starts with a format and timer setting.
    public Repl(SqlTarget target, ResultFormat format, boolean time) {
        this.target = target;
        this.format = format;
        this.time = time;
    }

    /// Reads and runs until the user leaves; returns the exit status.
    public int run() throws IOException {
        try (Terminal terminal = TerminalBuilder.builder().system(true).build()) {
            LineReader reader =
                    LineReaderBuilder.builder()
                            .terminal(terminal)
                            .parser(new StatementParser())
                            .completer(new SqlCompleter(target))
                            .variable(LineReader.HISTORY_FILE, historyFile())
                            .variable(LineReader.SECONDARY_PROMPT_PATTERN, "        ...> ")
                            .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
                            .build();
            terminal.writer().println("Neuralake, " + target.description() + "; .help for help");
            terminal.flush();
            while (true) {
                String line;
                try {
                    line = reader.readLine("neuralake> ").strip();
                } catch (UserInterruptException e) {
                    continue;
                } catch (EndOfFileException e) {
                    return 0;
                }
                if (line.startsWith(".")) {
                    if (!command(terminal, line)) {
                        return 0;
                    }
                } else if (!line.isEmpty()) {
                    statements(terminal, line);
                }
            }
        }
    }

    private static Path historyFile() {
        return Path.of(System.getProperty("user.home", "."), ".neuralake_history");
    }

    private void statements(Terminal terminal, String text) throws IOException {
        Terminal.SignalHandler before = terminal.handle(Terminal.Signal.INT, _ -> target.cancel());
        try (RunningClock clock = new RunningClock(terminal)) {
            ScriptRunner runner =
                    new ScriptRunner(target, format, time, clock.stoppedBy(System.out), System.err);
            runner.run(text);
        } finally {
            terminal.handle(Terminal.Signal.INT, before);
        }
    }

    /// Runs a dot command; returns false to leave.
    private boolean command(Terminal terminal, String line) throws IOException {
        List<String> words = List.of(line.replaceAll(";+$", "").split("\\s+"));
        String argument = words.size() > 1 ? words.get(1) : "";
        switch (words.get(0).toLowerCase(Locale.ROOT)) {
            case ".quit", ".exit", ".q" -> {
                return false;
            }
            case ".help" -> terminal.writer().print(HELP);
            case ".tables" ->
                    statements(
                            terminal,
                            "SELECT table_schema, table_name FROM information_schema.tables"
                                    + " WHERE table_schema <> 'information_schema' ORDER BY 1, 2");
            case ".schema" -> {
                if (argument.isEmpty()) {
                    terminal.writer().println("usage: .schema NAME");
                } else {
                    statements(terminal, "DESCRIBE " + argument);
                }
            }
            case ".timer" -> {
                time = !time;
                terminal.writer().println("timer " + (time ? "on" : "off"));
            }
            case ".format" -> setFormat(terminal, argument);
            default -> terminal.writer().println("unknown command " + words.get(0) + "; try .help");
        }
        terminal.flush();
        return true;
    }

    private void setFormat(Terminal terminal, String name) {
        for (ResultFormat candidate :
                List.of(
                        ResultFormat.TABLE,
                        ResultFormat.CSV,
                        ResultFormat.JSON,
                        ResultFormat.NONE)) {
            if (candidate.name().equalsIgnoreCase(name)) {
                format = candidate;
                return;
            }
        }
        terminal.writer().println("usage: .format table|csv|json|none");
    }
}
