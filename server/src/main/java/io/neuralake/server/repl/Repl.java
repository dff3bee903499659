package io.neuralake.server.repl;

import io.neuralake.server.output.ResultFormat;
import io.neuralake.server.output.TableLayout;
import io.neuralake.server.sql.ResultOutput;
import io.neuralake.server.sql.ScriptRunner;
import io.neuralake.server.sql.SqlTarget;

import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;

/// The interactive shell: statements end with a semicolon and may span lines, commands begin with a
/// dot. Ctrl-C stops the statement in progress, Ctrl-D leaves.
public final class Repl {
    private static final String HELP =
            """
            Statements end with ; and may span lines. Ctrl-C stops one, Ctrl-D leaves.
              .help          this text
              .tables        tables of all schemas
              .schema NAME   columns of a table
              .timer         switches the timing of statements
              .format NAME   table, csv, json or none
              .maxrows N     most rows of a table to show, 0 for all
              .quit          leaves
            """;
    private static final String TABLES =
            "SELECT table_schema AS \"schema\", table_name AS \"table\""
                    + " FROM information_schema.tables"
                    + " WHERE table_schema <> 'information_schema' ORDER BY 1, 2";
    private static final int CELL_WIDTH = 60;

    private final SqlTarget target;
    private final Terminal terminal;
    private final Path history;
    private final SqlCompleter completer;
    private ResultFormat format;
    private boolean time;
    private int maxRows = TableLayout.INTERACTIVE_ROWS;

    /// Starts with a format and timer setting.
    ///
    /// @param target stays the caller's, as does `terminal`
    /// @param history file that keeps what was typed
    public Repl(
            SqlTarget target, Terminal terminal, Path history, ResultFormat format, boolean time) {
        this.target = target;
        this.terminal = terminal;
        this.history = history;
        this.format = format;
        this.time = time;
        this.completer = new SqlCompleter(() -> SqlNames.read(target));
    }

    /// Reads and runs until the user leaves. Throws IOException when the terminal is lost.
    public void run() throws IOException {
        // Ctrl-C comes as a key while a line is read; at any other time it must not end the
        // process.
        terminal.handle(Terminal.Signal.INT, Terminal.SignalHandler.SIG_IGN);
        LineReader reader =
                LineReaderBuilder.builder()
                        .terminal(terminal)
                        .parser(new StatementParser())
                        .completer(completer)
                        .variable(LineReader.HISTORY_FILE, history)
                        .variable(LineReader.SECONDARY_PROMPT_PATTERN, "        ...> ")
                        .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
                        .option(LineReader.Option.CASE_INSENSITIVE, true)
                        .build();
        say("Neuralake, " + target.description() + "; .help for help");
        boolean goOn = true;
        while (goOn) {
            try {
                goOn = accept(reader.readLine("neuralake> ").strip());
            } catch (UserInterruptException e) {
                completer.forget();
            } catch (EndOfFileException e) {
                say("");
                goOn = false;
            }
        }
    }

    /// Runs what was typed; returns false to leave.
    private boolean accept(String line) throws IOException {
        if (line.startsWith(".")) {
            return command(line);
        }
        if (!line.isEmpty()) {
            statements(line);
        }
        return true;
    }

    private void statements(String text) throws IOException {
        completer.forget();
        Terminal.SignalHandler before = terminal.handle(Terminal.Signal.INT, _ -> target.cancel());
        try (RunningClock clock = new RunningClock(terminal, target)) {
            OutputStream out = clock.stoppedBy(terminal.output());
            PrintStream err = new PrintStream(out, false, StandardCharsets.UTF_8);
            ResultOutput output = new ResultOutput(format, layout(), out, err);
            new ScriptRunner(target, output, time).run(text);
        } finally {
            terminal.handle(Terminal.Signal.INT, before);
        }
    }

    private TableLayout layout() {
        return new TableLayout(Math.max(0, terminal.getSize().getColumns()), CELL_WIDTH, maxRows);
    }

    /// Runs a dot command; returns false to leave.
    private boolean command(String line) throws IOException {
        String[] parts = line.replaceAll("[;\\s]+$", "").split("\\s+", 2);
        String argument = parts.length > 1 ? parts[1] : "";
        switch (parts[0].toLowerCase(Locale.ROOT)) {
            case ".quit", ".exit", ".q" -> {
                return false;
            }
            case ".help" -> say(HELP.stripTrailing());
            case ".tables" -> statements(TABLES);
            case ".schema" -> {
                if (argument.isEmpty()) {
                    say("usage: .schema NAME");
                } else {
                    statements("DESCRIBE " + argument);
                }
            }
            case ".timer" -> {
                time = !time;
                say("timer " + (time ? "on" : "off"));
            }
            case ".format" -> setFormat(argument);
            case ".maxrows" -> setMaxRows(argument);
            default -> say("unknown command " + parts[0] + "; try .help");
        }
        return true;
    }

    private void setFormat(String name) {
        for (ResultFormat candidate : ResultFormat.values()) {
            if (!candidate.isBinary() && candidate.name().equalsIgnoreCase(name)) {
                format = candidate;
                return;
            }
        }
        say("usage: .format table|csv|json|none");
    }

    private void setMaxRows(String number) {
        try {
            maxRows = Math.max(0, Integer.parseInt(number));
        } catch (NumberFormatException e) {
            say("usage: .maxrows N");
        }
    }

    private void say(String text) {
        terminal.writer().println(text);
        terminal.flush();
    }
}
