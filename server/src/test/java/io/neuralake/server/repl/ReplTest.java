package io.neuralake.server.repl;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.exec.EngineSettings;
import io.neuralake.planner.SqlSession;
import io.neuralake.server.LakeServer;
import io.neuralake.server.output.ResultFormat;
import io.neuralake.server.sql.EmbeddedTarget;
import io.neuralake.server.sql.SqlTarget;

import org.jline.terminal.Attributes;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.impl.DumbTerminal;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

@Timeout(120)
class ReplTest {
    @TempDir private static Path folder;

    private static SqlTarget target;

    private Path history = folder.resolve("history");

    @BeforeAll
    static void open() throws IOException {
        Path data = Files.createDirectory(folder.resolve("lake"));
        Files.writeString(data.resolve("city.csv"), "id,name\n1,Ulm\n2,Köln\n");
        Files.createDirectory(data.resolve("more"));
        Files.writeString(data.resolve("more/pair.csv"), "a,b\n1,2\n");
        LakeServer lake =
                LakeServer.open(data.toString(), EngineSettings.defaults().withThreads(2));
        target = new EmbeddedTarget(lake.sql(), new SqlSession("test"), "the lake", lake);
    }

    @AfterAll
    static void close() {
        target.close();
    }

    /// Types the text and returns what the terminal shows, without the echo of what was typed.
    private String type(String text) throws IOException {
        return type(text, ResultFormat.TABLE, false);
    }

    private String type(String text, ResultFormat format, boolean time) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (Terminal terminal =
                new DumbTerminal(
                        "test",
                        "dumb",
                        new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)),
                        out,
                        StandardCharsets.UTF_8)) {
            terminal.setSize(Size.of(80, 24));
            Attributes attributes = terminal.getAttributes();
            attributes.setLocalFlag(Attributes.LocalFlag.ECHO, false);
            terminal.setAttributes(attributes);
            new Repl(target, terminal, history, format, time).run();
        }
        return out.toString(StandardCharsets.UTF_8).replace("\r", "");
    }

    @Test
    void greetsAndLeavesAtTheEndOfInput() throws IOException {
        assertThat(type("")).startsWith("Neuralake, the lake; .help for help\n");
    }

    @Test
    void answersAStatement() throws IOException {
        assertThat(type("SELECT name FROM city ORDER BY id;\n"))
                .contains(" name\n------\n Ulm\n Köln\n(2 rows)\n");
    }

    @Test
    void statementSpansLinesUntilItsSemicolon() throws IOException {
        String shown = type("SELECT ';'\n  AS a,\n\n 2 AS b -- ;\n;\n");
        assertThat(shown).contains(" a | b\n---+---\n ; | 2\n(1 row)\n").contains("...>");
        assertThat(shown).doesNotContain("error");
    }

    @Test
    void severalStatementsOnALineRunInOrder() throws IOException {
        assertThat(type("SELECT 1 AS a; SELECT 2 AS b;\n"))
                .contains(" a\n---\n 1\n(1 row)\n b\n---\n 2\n(1 row)\n");
    }

    @Test
    void goesOnAfterAnError() throws IOException {
        String shown = type("SELECT nam FROM city;\nSELECT 7 AS seven;\n");
        assertThat(shown)
                .contains(
                        "error: Column not found: nam; did you mean name [42703]"
                                + " at line 1, column 8\n")
                .contains("SELECT nam FROM city\n       ^\n")
                .contains(" seven\n-------\n     7\n(1 row)\n");
    }

    @Test
    void helpNamesEveryCommand() throws IOException {
        assertThat(type(".help\n"))
                .contains(".tables", ".schema NAME", ".timer", ".format NAME", ".maxrows N")
                .contains(".quit");
    }

    @Test
    void tablesAndSchemaShowTheLake() throws IOException {
        assertThat(type(".tables\n"))
                .contains(
                        """
                         schema | table
                        --------+-------
                         main   | city
                         more   | pair
                        (2 rows)
                        """);
        assertThat(type(".schema city;\n")).contains(" id ", " name ", "BIGINT", "VARCHAR");
        assertThat(type(".schema more.pair\n")).contains(" a ", " b ");
        assertThat(type(".schema\n")).contains("usage: .schema NAME");
        assertThat(type(".schema none\n")).contains("error: ", "[42P01]");
    }

    @Test
    void timerIsSwitchedOnAndOff() throws IOException {
        String shown = type("SELECT 1;\n.timer\nSELECT 2;\n.timer\nSELECT 3;\n");
        assertThat(shown).contains("timer on", "timer off").containsOnlyOnce("time: ");
        assertThat(type("SELECT 1;\n", ResultFormat.TABLE, true)).containsOnlyOnce("time: ");
    }

    @Test
    void formatIsChosen() throws IOException {
        assertThat(type(".format json\nSELECT 1 AS a;\n")).contains("{\"a\":1}\n");
        assertThat(type("SELECT 1 AS a;\n", ResultFormat.CSV, false)).contains("a\n1\n");
        for (String wrong : new String[] {".format", ".format xml", ".format parquet"}) {
            assertThat(type(wrong + "\n")).contains("usage: .format table|csv|json|none");
        }
    }

    @Test
    void rowsAreLimited() throws IOException {
        String query = "SELECT n FROM generate_series(1, 100) AS t(n) ORDER BY n;\n";
        assertThat(type(query)).contains("(100 rows, 40 shown)");
        assertThat(type(".maxrows 4\n" + query)).contains("(100 rows, 4 shown)");
        assertThat(type(".maxrows 0\n" + query)).contains("(100 rows)");
        assertThat(type(".maxrows few\n")).contains("usage: .maxrows N");
    }

    @Test
    void quitLeavesBeforeTheRest() throws IOException {
        for (String quit : new String[] {".quit", ".exit", ".Q", ".quit;"}) {
            assertThat(type(quit + "\nSELECT 1 AS never;\n")).doesNotContain("(1 row)");
        }
        assertThat(type(".nothing\nSELECT 1 AS a;\n"))
                .contains("unknown command .nothing; try .help", "(1 row)");
    }

    @Test
    void whatWasTypedIsKept(@TempDir Path home) throws IOException {
        history = home.resolve("history");
        type("SELECT 1 AS first;\n.timer\nSELECT\n2 AS second;\n");
        assertThat(Files.readString(history))
                .contains("SELECT 1 AS first;", ".timer", "2 AS second;");
        type("SELECT 3 AS third;\n");
        assertThat(Files.readString(history)).contains("first", "third");
    }
}
