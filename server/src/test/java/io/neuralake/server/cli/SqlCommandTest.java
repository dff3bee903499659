package io.neuralake.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.exec.EngineSettings;
import io.neuralake.server.LakeServer;
import io.neuralake.server.ServerProcess;
import io.neuralake.server.ServerSettings;
import io.neuralake.server.cli.CommandLineRun.Result;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

@Timeout(120)
class SqlCommandTest {
    @TempDir private static Path folder;

    private static LakeServer lake;
    private static ServerProcess server;

    @BeforeAll
    static void start() throws IOException {
        Files.writeString(folder.resolve("city.csv"), "id,name\n1,Ulm\n2,\n3,Köln\n");
        Files.createDirectory(folder.resolve("more"));
        Files.writeString(folder.resolve("more/pair.json"), "{\"a\": {\"b\": [1, null]}}\n");
        lake = LakeServer.open(folder.toString(), EngineSettings.defaults().withThreads(2));
        server = ServerProcess.start(lake, new ServerSettings("127.0.0.1", 0, 0, false));
    }

    @AfterAll
    static void stop() {
        server.close();
        lake.close();
    }

    private static String url() {
        return "grpc://127.0.0.1:" + server.port();
    }

    /// Runs on the lake in this process and on the server, which must agree.
    private static Result everywhere(String... arguments) {
        Result embedded = sql("--lake", folder.toString(), arguments);
        Result remote = sql("--connect", url(), arguments);
        assertThat(remote.status()).isEqualTo(embedded.status());
        assertThat(remote.out()).isEqualTo(embedded.out());
        assertThat(remote.err()).isEqualTo(embedded.err());
        return embedded;
    }

    private static Result sql(String option, String target, String... arguments) {
        return CommandLineRun.run(all(option, target, arguments));
    }

    private static String[] all(String option, String target, String... arguments) {
        String[] all = new String[arguments.length + 3];
        all[0] = "sql";
        all[1] = option;
        all[2] = target;
        System.arraycopy(arguments, 0, all, 3, arguments.length);
        return all;
    }

    @Test
    void readsTheLakeHereAndOnAServer() {
        assertThat(everywhere("--format", "csv", "SELECT * FROM city ORDER BY id").out())
                .isEqualTo("id,name\n1,Ulm\n2,\n3,Köln\n");
        assertThat(everywhere("--format", "json", "SELECT a FROM more.pair").out())
                .isEqualTo("{\"a\":{\"b\":[1,null]}}\n");
        assertThat(everywhere("SELECT count(*) AS n FROM city").out())
                .isEqualTo(" n\n---\n 3\n(1 row)\n");
    }

    @Test
    void sessionLastsForTheScript() {
        Result result =
                everywhere("--format", "csv", "USE more; SELECT count(*) AS n FROM pair; USE main");
        assertThat(result.err()).isEmpty();
        assertThat(result.out()).isEqualTo("n\n1\n");
    }

    @Test
    void errorsHaveStatePositionAndPointerHereAndOnAServer() {
        Result result = everywhere("SELECT 1 AS a;\nSELECT nam\nFROM city;\nSELECT 2 AS b");
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.out()).isEqualTo(" a\n---\n 1\n(1 row)\n");
        assertThat(result.err())
                .isEqualTo(
                        """
                        error: Column not found: nam; did you mean name [42703] at line 2, column 8
                        SELECT nam
                               ^
                        """);
    }

    @Test
    void errorsWhileRunningFailToo() {
        Result result =
                everywhere("--format", "csv", "SELECT 1 / (id - 3) AS x FROM city ORDER BY id");
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.err()).startsWith("error: ").contains("[22012]");
    }

    @Test
    void scriptComesFromStandardInput() {
        Result result =
                CommandLineRun.withInput("\uFEFFSELECT 'ü;' AS a; -- end\n")
                        .with("sql", "--format", "csv");
        assertThat(result.out()).isEqualTo("a\nü;\n");
        assertThat(CommandLineRun.withInput("").with("sql").status()).isZero();
        assertThat(
                        CommandLineRun.withInput("SELECT 1 AS a")
                                .with("sql", "--file", "-", "--format", "csv")
                                .out())
                .isEqualTo("a\n1\n");
    }

    @Test
    void pipedScriptStopsAtTheFirstError() {
        Result result =
                CommandLineRun.withInput("SELECT 1 AS a;\nSELEC 2;\nSELECT 3 AS c;\n")
                        .with("sql", "--format", "csv");
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.out()).isEqualTo("a\n1\n");
        assertThat(result.err()).contains("[42601] at line 2, column 1\nSELEC 2\n^\n");
    }

    @Test
    void scriptComesFromAFile(@TempDir Path scripts) throws IOException {
        Path script = Files.writeString(scripts.resolve("a.sql"), "SELECT 1 AS a;\n");
        Result result = CommandLineRun.run("sql", "--file", script.toString(), "--format", "csv");
        assertThat(result.out()).isEqualTo("a\n1\n");
        assertThat(
                        CommandLineRun.withVariable("NEURALAKE_FILE", script.toString())
                                .with("sql", "--format", "csv", "SELECT 2 AS b")
                                .out())
                .as("typed SQL wins over a file of the environment")
                .isEqualTo("b\n2\n");
    }

    @Test
    void scriptThatCannotBeReadIsNamed(@TempDir Path scripts) throws IOException {
        Result missing = CommandLineRun.run("sql", "-f", scripts.resolve("b.sql").toString());
        assertThat(missing.status()).isEqualTo(1);
        assertThat(missing.err()).startsWith("error: Script not found: ").endsWith("[58P01]\n");
        Result folderResult = CommandLineRun.run("sql", "-f", scripts.toString());
        assertThat(folderResult.status()).isEqualTo(1);
        assertThat(folderResult.err()).contains("it is a folder [58030]");
        byte[] latin1 = "SELECT 'ü'".getBytes(StandardCharsets.ISO_8859_1);
        Result encoded = CommandLineRun.withInput(latin1).with("sql");
        assertThat(encoded.status()).isEqualTo(1);
        assertThat(encoded.err()).isEqualTo("error: Script is not UTF-8: standard input [22P02]\n");
        Path file = Files.write(scripts.resolve("c.sql"), latin1);
        assertThat(CommandLineRun.run("sql", "-f", file.toString()).err())
                .isEqualTo("error: Script is not UTF-8: " + file + " [22P02]\n");
    }

    @Test
    void sqlMayBeginWithAComment() {
        Result result = CommandLineRun.run("sql", "--format", "csv", "-- one\nSELECT 1 AS a");
        assertThat(result.err()).isEmpty();
        assertThat(result.out()).isEqualTo("a\n1\n");
    }

    @Test
    void timeIsPrintedBesideTheResult() {
        Result result = CommandLineRun.run("sql", "--time", "SELECT 1 AS a; SELECT 2 AS b");
        assertThat(result.out()).isEqualTo(" a\n---\n 1\n(1 row)\n b\n---\n 2\n(1 row)\n");
        assertThat(result.err().lines())
                .hasSize(2)
                .allSatisfy(line -> assertThat(line).matches("time: \\d+\\.\\d{3} s"));
    }

    @Test
    void formatIsReadInLettersOfAnyCase() {
        assertThat(CommandLineRun.run("sql", "--format", "CSV", "SELECT 1 AS a").out())
                .isEqualTo("a\n1\n");
    }

    @Test
    void binaryFormatsHoldOneResult() {
        String two = "SET threads = 1; SELECT 1 AS a; SELECT 2 AS b";
        for (String target : List.of("--lake=" + folder, "--connect=" + url())) {
            Result result = CommandLineRun.run("sql", target, "--format", "arrow", two);
            assertThat(result.status()).isEqualTo(1);
            assertThat(result.err()).contains("Output holds one result in this format: arrow");
        }
        assertThat(everywhere("--format", "parquet", "SELECT 1 AS a").bytes())
                .startsWith('P', 'A', 'R', '1')
                .endsWith('P', 'A', 'R', '1');
    }

    @ParameterizedTest
    @ValueSource(strings = {"arrow", "parquet"})
    void binaryFormatsAreRefusedOnATerminal(String format) {
        java.io.ByteArrayOutputStream err = new java.io.ByteArrayOutputStream();
        StandardStreams terminal =
                new StandardStreams(
                        new ByteArrayInputStream(new byte[0]),
                        OutputStream.nullOutputStream(),
                        new PrintStream(err),
                        true);
        int status =
                Neuralake.run(
                        new String[] {"sql", "--format", format, "SELECT 1"},
                        terminal,
                        Map.of(),
                        Path.of("target"));
        assertThat(status).isEqualTo(2);
        assertThat(err.toString())
                .startsWith("error: A terminal cannot show the format: " + format);
    }

    @Test
    void targetsAreNotMixed() {
        Result both =
                CommandLineRun.run("sql", "--connect", url(), "--lake", folder.toString(), "x");
        assertThat(both.status()).isEqualTo(2);
        assertThat(both.err()).startsWith("error: Give --connect or --lake, not both\n");
        Result twice = CommandLineRun.run("sql", "--file", "x.sql", "SELECT 1");
        assertThat(twice.status()).isEqualTo(2);
        assertThat(twice.err()).startsWith("error: Give SQL or --file, not both\n");
    }

    @Test
    void typedTargetWinsOverTheEnvironment() {
        String count = "SELECT count(*) AS n FROM city";
        assertThat(
                        CommandLineRun.withVariable("NEURALAKE_CONNECT", "grpc://127.0.0.1:1")
                                .with(all("--lake", folder.toString(), "--format", "csv", count))
                                .out())
                .isEqualTo("n\n3\n");
        assertThat(
                        CommandLineRun.withVariable("NEURALAKE_LAKE", "target/no-such-lake")
                                .with(all("--connect", url(), "--format", "csv", count))
                                .out())
                .isEqualTo("n\n3\n");
        Map<String, String> both =
                Map.of("NEURALAKE_LAKE", folder.toString(), "NEURALAKE_CONNECT", url());
        assertThat(new CommandLineRun(both, folder, new byte[0]).with("sql", count).status())
                .isEqualTo(2);
    }

    @Test
    void serverThatCannotBeReachedIsNamed() {
        Result wrong = CommandLineRun.run("sql", "--connect", "localhost:1", "SELECT 1");
        assertThat(wrong.status()).isEqualTo(2);
        assertThat(wrong.err())
                .startsWith("error: Not a server's address: localhost:1; write grpc://host:port\n");
        Result port = CommandLineRun.run("sql", "--connect", "grpc://localhost:99999", "SELECT 1");
        assertThat(port.status()).isEqualTo(2);
        Result refused = CommandLineRun.run("sql", "--connect", "grpc://127.0.0.1:1", "SELECT 1");
        assertThat(refused.status()).isEqualTo(1);
        assertThat(refused.err())
                .startsWith("error: Cannot connect: grpc://127.0.0.1:1, Connection refused")
                .contains("[08001]");
    }

    @Test
    void lakeThatIsMissingIsNamed() {
        Result result = CommandLineRun.run("sql", "--lake", "target/no-such-lake", "SELECT 1");
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.err()).contains("target/no-such-lake").hasLineCount(1);
    }

    @Test
    void filesAreReadWithoutALake() {
        String file = folder.resolve("city.csv").toString();
        for (String from : List.of("'" + file + "'", "read_csv('" + file + "')")) {
            Result result =
                    CommandLineRun.run(
                            "sql", "--format", "csv", "SELECT count(*) AS n FROM " + from);
            assertThat(result.out()).as(from).isEqualTo("n\n3\n");
        }
        for (String from : List.of("read_csv()", "read_csv(1)", "read_csv('a', 'b')")) {
            Result result = CommandLineRun.run("sql", "SELECT * FROM " + from);
            assertThat(result.status()).as(from).isEqualTo(1);
            assertThat(result.err()).as(from).contains("Function takes one path");
        }
        assertThat(CommandLineRun.run("sql", "SELECT * FROM 'no/such.csv'").err())
                .startsWith("error: ")
                .contains("no/such.csv")
                .contains("[58P01]");
    }

    @Test
    void memoryLimitHoldsForTheCommand() {
        Result result =
                CommandLineRun.run(
                        "sql",
                        "--memory",
                        "1MB",
                        "--threads",
                        "1",
                        "SELECT count(DISTINCT n) FROM generate_series(1, 1000000) AS t(n)");
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.err()).contains("[53200]");
    }
}
