package io.neuralake.server.repl;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.server.repl.SqlNames.Column;
import io.neuralake.server.repl.SqlNames.Table;

import org.jline.reader.Candidate;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.Parser.ParseContext;
import org.jline.terminal.Terminal;
import org.jline.terminal.impl.DumbTerminal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

class SqlCompleterTest {
    private static final Table CITY = new Table("main", "city");
    private static final Table SPIKES = new Table("signals", "spikes");
    private static final Table ODD = new Table("main", "odd table");
    private static final SqlNames NAMES =
            new SqlNames(
                    List.of(
                            new Column(CITY, "id"),
                            new Column(CITY, "name"),
                            new Column(SPIKES, "id"),
                            new Column(SPIKES, "channel"),
                            new Column(ODD, "Odd \"column\"")),
                    List.of(CITY, SPIKES, ODD),
                    List.of("abs", "avg", "length"));

    private int reads;
    private final SqlCompleter completer =
            new SqlCompleter(
                    () -> {
                        reads++;
                        return NAMES;
                    });
    private Terminal terminal;
    private LineReader reader;

    @BeforeEach
    void open() throws IOException {
        terminal =
                new DumbTerminal(
                        new ByteArrayInputStream(new byte[0]), new ByteArrayOutputStream());
        reader = LineReaderBuilder.builder().terminal(terminal).build();
    }

    @AfterEach
    void close() throws IOException {
        terminal.close();
    }

    /// Returns what is offered at the bar in the text.
    private List<String> offered(String text) {
        int cursor = text.indexOf('|');
        String line = text.substring(0, cursor) + text.substring(cursor + 1);
        List<Candidate> candidates = new ArrayList<>();
        completer.complete(
                reader,
                new StatementParser().parse(line, cursor, ParseContext.COMPLETE),
                candidates);
        return candidates.stream().map(Candidate::value).toList();
    }

    @Test
    void commandsBeginWithADot() {
        assertThat(offered(".t|")).containsExactly(".tables", ".timer");
        assertThat(offered(".|"))
                .containsExactly(
                        ".help", ".tables", ".schema", ".timer", ".format", ".maxrows", ".quit");
        assertThat(reads).as("names are not read for them").isZero();
    }

    @Test
    void tablesAndSchemasFollowFromAndJoin() {
        assertThat(offered("SELECT * FROM |"))
                .containsExactly("city", "spikes", "\"odd table\"", "main.", "signals.");
        assertThat(offered("SELECT * FROM city JOIN s|")).containsExactly("spikes", "signals.");
        assertThat(offered("describe C|")).containsExactly("city");
        assertThat(offered(".schema c|")).containsExactly("city");
    }

    @Test
    void membersFollowADot() {
        assertThat(offered("SELECT * FROM signals.|")).containsExactly("signals.spikes");
        assertThat(offered("SELECT city.n| FROM city")).containsExactly("city.name");
        assertThat(offered("SELECT c.| FROM city c")).containsExactly("c.id", "c.name");
        assertThat(offered("SELECT s.ch| FROM signals.spikes AS s")).containsExactly("s.channel");
        assertThat(offered("SELECT x.| FROM city c")).isEmpty();
    }

    @Test
    void columnsAreThoseOfTheStatementsTables() {
        assertThat(offered("SELECT na| FROM city")).containsExactly("name");
        assertThat(offered("SELECT cha| FROM city")).isEmpty();
        assertThat(offered("SELECT o| FROM \"odd table\"")).contains("\"Odd \"\"column\"\"\"");
    }

    @Test
    void keywordsTakeTheCaseOfWhatIsTyped() {
        assertThat(offered("SEL|")).containsExactly("SELECT");
        assertThat(offered("sel|")).containsExactly("select");
        assertThat(offered("SELECT 1 gro|")).containsExactly("group by", "group by all");
    }

    @Test
    void functionsAreOfferedOnceAWordHasBegun() {
        assertThat(offered("SELECT a|")).contains("abs", "avg");
        assertThat(offered("SELECT |")).doesNotContain("abs");
    }

    @Test
    void namesAreReadOnceUntilTheyAreForgotten() {
        offered("SELECT |");
        offered("SELECT * FROM |");
        assertThat(reads).isEqualTo(1);
        completer.forget();
        offered("SELECT * FROM |");
        assertThat(reads).isEqualTo(2);
    }
}
