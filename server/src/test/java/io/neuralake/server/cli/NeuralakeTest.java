package io.neuralake.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.server.cli.CommandLineRun.Result;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

@Timeout(120)
class NeuralakeTest {
    private static final String SQL = "SELECT 1 AS a";

    @ParameterizedTest
    @ValueSource(
            strings = {"demo", "serve", "sql", "generate", "bench", "doctor", "version", "train"})
    void everyCommandHasHelp(String command) {
        Result help = CommandLineRun.run(command, "--help");
        assertThat(help.status()).isZero();
        assertThat(help.err()).isEmpty();
        assertThat(help.out()).startsWith("Usage: neuralake " + command);
        assertThat(help.out().lines())
                .as("fits a terminal of 80 columns")
                .allSatisfy(line -> assertThat(line).hasSizeLessThan(81));
    }

    @Test
    void helpListsTheCommandsButNotTheInternalOne() {
        Result help = CommandLineRun.run("--help");
        assertThat(help.status()).isZero();
        assertThat(help.out())
                .contains("  demo ", "  serve ", "  sql ", "  generate ", "  bench ", "  doctor ")
                .contains("  version ", "NEURALAKE_PORT", "neuralake.properties")
                .doesNotContain("train");
    }

    @Test
    void versionIsACommandAndAnOption() {
        Result command = CommandLineRun.run("version");
        assertThat(command.status()).isZero();
        assertThat(command.out().lines())
                .extracting(line -> line.split(" ")[0])
                .containsExactly("neuralake", "java", "arrow", "calcite", "parquet", "picocli");
        assertThat(command.out()).contains("java " + Runtime.version());
        assertThat(CommandLineRun.run("--version").out()).isEqualTo(command.out());
    }

    @Test
    void partsOfTheTrainingNeedAFolder() {
        for (String part : new String[] {"data", "queries"}) {
            Result result = CommandLineRun.run("train", part);
            assertThat(result.status()).isEqualTo(2);
            assertThat(result.err()).startsWith("error: Missing the folder of the data\n");
        }
        assertThat(CommandLineRun.run("train", "dat").err()).contains("none of: data, queries");
    }

    @Test
    void withoutACommandUsageIsShown() {
        Result result = CommandLineRun.run();
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).startsWith("error: Missing a command\nUsage: neuralake");
    }

    @ParameterizedTest
    @CsvSource({
        "sq, Unknown command: sq; did you mean sql",
        "xyz, Unknown command: xyz",
        "--frobnicate, Unknown option: --frobnicate"
    })
    void unknownCommandsAreWrongUsage(String argument, String message) {
        Result result = CommandLineRun.run(argument);
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).startsWith("error: " + message + "\nUsage: neuralake");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sql --formt csv | Unknown option: --formt; did you mean --format",
                "sql a b | Unexpected argument: b",
                "sql --format xml | Invalid value for option '--format': 'xml' is none of: table,"
                        + " csv, json, arrow, parquet, none",
                "sql --threads 0 | Invalid value for option '--threads': '0' is not a number; write"
                        + " 1 or more",
                "sql --memory many | Invalid value for option '--memory': Not a size: many; write"
                        + " 512MB or 4GB",
                "serve --port 65536 | Invalid value for option '--port': '65536' is not a port;"
                        + " write 0 to 65535",
                "serve --port -1 | Invalid value for option '--port': '-1' is not a port; write 0"
                        + " to 65535",
                "generate tpch | Missing required option: '--out=DIR'",
                "generate --out x | Missing required parameter: 'SET'",
                "generate tpcx --out x | Invalid value for positional parameter at index 0 (SET):"
                        + " 'tpcx' is none of: tpch, tpcds, signals",
                "generate tpch --out x --scale 0 | Invalid value for option '--scale': '0' is not"
                        + " a scale factor; write a number such as 0.1 or 10",
                "generate tpch --out x --scale NaN | Invalid value for option '--scale': 'NaN' is"
                        + " not a scale factor; write a number such as 0.1 or 10",
                "bench tpch --queries 1,23 | Invalid value for option '--queries' (N): '23' is not"
                        + " a query; write 1 to 22",
                "bench tpch --against mysql | Invalid value for option '--against' (ENGINE):"
                        + " 'mysql' is none of: duckdb, duckdb-memory, one-thread",
                "sql --connect | Missing required parameter for option '--connect' (URL)"
            })
    void wrongValuesAreWrongUsage(String arguments, String message) {
        Result result = CommandLineRun.run(arguments.split(" "));
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(result.err())
                .isEqualTo(
                        "error: "
                                + message
                                + "\nsee: ./neuralake "
                                + arguments.split(" ")[0]
                                + " --help\n");
    }

    @Test
    void environmentSetsOptions() {
        Result result = CommandLineRun.withVariable("NEURALAKE_FORMAT", "csv").with("sql", SQL);
        assertThat(result.out()).isEqualTo("a\n1\n");
        assertThat(CommandLineRun.withVariable("NEURALAKE_FORMAT", "").with("sql", SQL).out())
                .as("an empty value is none")
                .startsWith(" a\n---\n");
        assertThat(CommandLineRun.withVariable("NEURALAKE_TIME", "true").with("sql", SQL).err())
                .startsWith("time: ");
        assertThat(CommandLineRun.withVariable("NEURALAKE_TIME", "false").with("sql", SQL).err())
                .isEmpty();
    }

    @Test
    void typedOptionsWinOverTheEnvironmentAndThatOverTheFile(@TempDir Path folder)
            throws IOException {
        Files.writeString(folder.resolve("neuralake.properties"), "# mine\nformat = json\n");
        assertThat(CommandLineRun.in(folder).with("sql", SQL).out()).isEqualTo("{\"a\":1}\n");
        CommandLineRun both =
                new CommandLineRun(Map.of("NEURALAKE_FORMAT", "csv"), folder, new byte[0]);
        assertThat(both.with("sql", SQL).out()).isEqualTo("a\n1\n");
        assertThat(both.with("sql", "--format", "none", SQL).out()).isEmpty();
    }

    @Test
    void wrongValuesNameTheirSource(@TempDir Path folder) throws IOException {
        Result variable = CommandLineRun.withVariable("NEURALAKE_HTTP_PORT", "none").with("doctor");
        assertThat(variable.status()).isEqualTo(2);
        assertThat(variable.err())
                .startsWith("error: Invalid value for option '--http-port': 'none' is not a port")
                .contains("(set by NEURALAKE_HTTP_PORT)");
        Files.writeString(folder.resolve("neuralake.properties"), "memory=lots\n");
        Result file = CommandLineRun.in(folder).with("sql", SQL);
        assertThat(file.status()).isEqualTo(2);
        assertThat(file.err())
                .contains("Not a size: lots")
                .contains("(set by neuralake.properties)");
        Result typed = CommandLineRun.in(folder).with("sql", "--memory", "few", SQL);
        assertThat(typed.err()).contains("Not a size: few").doesNotContain("set by");
    }

    @Test
    void unknownNamesInTheFileAreRefused(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("neuralake.properties"), "prot=1\nport=1\n");
        Result result = CommandLineRun.in(folder).with("version");
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(result.err())
                .startsWith("error: Unknown option in neuralake.properties: prot; options are ")
                .contains(" http-port, ", " warm-up [22023]")
                .hasLineCount(1);
    }

    @Test
    void fileThatCannotBeReadIsNamed(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("neuralake.properties"), "port=\\uXYZ\n");
        Result result = CommandLineRun.in(folder).with("version");
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err()).startsWith("error: Cannot read: neuralake.properties, ");
        Files.write(folder.resolve("neuralake.properties"), new byte[] {'a', '=', (byte) 0xFF});
        assertThat(CommandLineRun.in(folder).with("version").status()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({"version,Usage", "sql,a"})
    void outputThatCannotBeWrittenFailsTheCommand(String command, String ignored) {
        OutputStream full =
                new io.neuralake.server.output.CheckedOutput(
                        new OutputStream() {
                            @Override
                            public void write(int b) throws IOException {
                                throw new IOException("No space left on device");
                            }
                        });
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        StandardStreams streams =
                new StandardStreams(
                        new ByteArrayInputStream("SELECT 1".getBytes()),
                        full,
                        new PrintStream(err),
                        false);
        int status = Neuralake.run(new String[] {command}, streams, Map.of(), Path.of("target"));
        assertThat(status).isEqualTo(1);
        assertThat(err.toString())
                .isEqualTo("error: Cannot write the output: No space left on device [58030]\n");
    }

    @Test
    void whatRunsOnceTheCommandLineIsReadRunsBeforeTheCommandOnly() {
        StringBuilder order = new StringBuilder();
        StandardStreams streams =
                new StandardStreams(
                        new ByteArrayInputStream(new byte[0]),
                        new OutputStream() {
                            @Override
                            public void write(int b) {
                                order.append(order.toString().endsWith("out") ? "" : " out");
                            }
                        },
                        new PrintStream(OutputStream.nullOutputStream()),
                        false);
        Runnable ready = () -> order.append("ready");
        Path nowhere = Path.of("target", "no-such-folder");
        Neuralake.run(new String[] {"version"}, streams, Map.of(), nowhere, ready);
        assertThat(order.toString()).isEqualTo("ready out");
        order.setLength(0);
        Neuralake.run(new String[] {"versoin"}, streams, Map.of(), nowhere, ready);
        assertThat(order.toString()).as("not where the arguments are wrong").isEmpty();
    }
}
