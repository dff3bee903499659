package io.neuralake.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.exec.EngineSettings;
import io.neuralake.server.bench.ColdProcess;
import io.neuralake.server.cli.CommandLineRun.Result;
import io.neuralake.spi.error.NeuralakeException;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Makes TPC-H data once and uses them: what DuckDB reads in them, benchmarks, the demo.
@Timeout(300)
class TpchCommandsTest {
    private static final double SCALE = 0.001;

    @TempDir private static Path folder;

    private static Path data;
    private static Result generated;

    @BeforeAll
    static void generate() {
        data = folder.resolve("tpch/data");
        generated = generate("tpch", data);
    }

    private static Result generate(String set, Path out) {
        return CommandLineRun.run(
                "generate", set, "--scale", String.valueOf(SCALE), "--out", out.toString());
    }

    private static List<List<String>> duckDb(String sql) throws SQLException {
        List<List<String>> rows = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql.replace("DATA", data.toString()))) {
            while (result.next()) {
                List<String> row = new ArrayList<>();
                for (int c = 1; c <= result.getMetaData().getColumnCount(); c++) {
                    row.add(result.getString(c));
                }
                rows.add(row);
            }
        }
        return rows;
    }

    @Test
    void progressIsALineATable() {
        assertThat(generated.status()).isZero();
        assertThat(generated.out()).isEmpty();
        assertThat(generated.err().lines())
                .containsExactlyInAnyOrder(
                        "customer: 150 rows",
                        "lineitem: 6,005 rows",
                        "nation: 25 rows",
                        "orders: 1,500 rows",
                        "part: 200 rows",
                        "partsupp: 800 rows",
                        "region: 5 rows",
                        "supplier: 10 rows");
    }

    @Test
    void tablesHoldWhatTheSpecificationSays() throws SQLException {
        List<String> counts = new ArrayList<>();
        for (String table :
                List.of(
                        "customer",
                        "lineitem",
                        "nation",
                        "orders",
                        "part",
                        "partsupp",
                        "region",
                        "supplier")) {
            counts.add(duckDb("SELECT count(*) FROM 'DATA/" + table + ".parquet'").get(0).get(0));
        }
        assertThat(counts).containsExactly("150", "6005", "25", "1500", "200", "800", "5", "10");
        // The reference answer set's first customer and part, and the fixed tables.
        assertThat(duckDb("SELECT * FROM 'DATA/region.parquet' ORDER BY r_regionkey"))
                .extracting(row -> row.get(1))
                .containsExactly("AFRICA", "AMERICA", "ASIA", "EUROPE", "MIDDLE EAST");
        assertThat(
                        duckDb(
                                "SELECT c_custkey, c_name, c_nationkey, c_phone, c_acctbal,"
                                        + " c_mktsegment FROM 'DATA/customer.parquet' WHERE"
                                        + " c_custkey = 1"))
                .containsExactly(
                        List.of(
                                "1",
                                "Customer#000000001",
                                "15",
                                "25-989-741-2988",
                                "711.56",
                                "BUILDING"));
    }

    @Test
    void tablesFitTogether() throws SQLException {
        String checks =
                """
                SELECT
                    (SELECT count(*) FROM 'DATA/lineitem.parquet' WHERE l_orderkey NOT IN
                        (SELECT o_orderkey FROM 'DATA/orders.parquet')),
                    (SELECT count(*) FROM 'DATA/orders.parquet' WHERE o_custkey NOT IN
                        (SELECT c_custkey FROM 'DATA/customer.parquet')),
                    (SELECT count(*) FROM 'DATA/lineitem.parquet' l ANTI JOIN
                        'DATA/partsupp.parquet' p
                        ON l.l_partkey = p.ps_partkey AND l.l_suppkey = p.ps_suppkey),
                    (SELECT count(*) FROM 'DATA/lineitem.parquet' l JOIN 'DATA/part.parquet' p
                        ON l_partkey = p_partkey
                        WHERE l_extendedprice <> l_quantity * p_retailprice),
                    (SELECT count(*) FROM 'DATA/lineitem.parquet' WHERE l_shipdate >= l_receiptdate
                        OR l_discount NOT BETWEEN 0 AND 0.10 OR l_tax NOT BETWEEN 0 AND 0.08),
                    (SELECT count(*) - count(DISTINCT o_orderkey) FROM 'DATA/orders.parquet'),
                    (SELECT count(*) FROM
                        (SELECT o_orderkey, o_totalprice, sum(round(l_extendedprice
                            * (1 + l_tax) * (1 - l_discount), 2)) AS total
                        FROM 'DATA/orders.parquet' JOIN 'DATA/lineitem.parquet'
                            ON l_orderkey = o_orderkey GROUP BY ALL)
                        WHERE abs(total - o_totalprice) > 0.15)
                """;
        assertThat(duckDb(checks)).containsExactly(List.of("0", "0", "0", "0", "0", "0", "0"));
        assertThat(
                        duckDb(
                                "SELECT column_name, column_type FROM"
                                        + " (DESCRIBE SELECT l_orderkey, l_linenumber, l_quantity,"
                                        + " l_shipdate, l_comment FROM 'DATA/lineitem.parquet')"))
                .containsExactly(
                        List.of("l_orderkey", "BIGINT"),
                        List.of("l_linenumber", "INTEGER"),
                        List.of("l_quantity", "DECIMAL(15,2)"),
                        List.of("l_shipdate", "DATE"),
                        List.of("l_comment", "VARCHAR"));
    }

    @Test
    void generatingAgainReplacesTablesAndLeavesTheRest() throws IOException {
        Path out = Files.createDirectory(folder.resolve("again"));
        Files.writeString(out.resolve("notes.txt"), "mine");
        Files.writeString(out.resolve("region.parquet"), "no Parquet");
        assertThat(generate("tpch", out).status()).isZero();
        assertThat(out.resolve("notes.txt")).hasContent("mine");
        assertThat(Files.mismatch(out.resolve("region.parquet"), data.resolve("region.parquet")))
                .isEqualTo(-1);
        assertThat(
                        Files.mismatch(
                                out.resolve("lineitem.parquet"), data.resolve("lineitem.parquet")))
                .isEqualTo(-1);
        try (Stream<Path> files = Files.list(out)) {
            assertThat(files).as("no file is left half-written").hasSize(9);
        }
    }

    @Test
    void folderThatCannotBeMadeIsNamed() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "x");
        for (Path out : List.of(file, file.resolve("below"))) {
            Result result = generate("signals", out);
            assertThat(result.status()).isEqualTo(1);
            assertThat(result.err())
                    .startsWith("error: Cannot make folder: " + out)
                    .endsWith("[58030]\n");
        }
        assertThat(file).hasContent("x");
    }

    @Test
    void whatCannotBeMadeYetIsUnsupported() {
        Result delta =
                CommandLineRun.run(
                        "generate", "tpch", "--out", folder + "/none", "--format", "delta");
        assertThat(delta.status()).isEqualTo(1);
        assertThat(delta.err()).contains("[0A000]");
        assertThat(folder.resolve("none")).doesNotExist();
    }

    @Test
    void signalsAreTheSameEachTime() throws Exception {
        Path one = folder.resolve("signals1");
        Path two = folder.resolve("signals2");
        assertThat(generate("signals", one).status()).isZero();
        assertThat(generate("signals", two).status()).isZero();
        for (String table :
                List.of("sessions", "channels", "spikes", "game_events", "binned_spikes")) {
            String file = table + ".parquet";
            assertThat(Files.mismatch(one.resolve(file), two.resolve(file)))
                    .as(table)
                    .isEqualTo(-1);
        }
        String checks =
                """
                SELECT
                    (SELECT count(*) FROM 'DATA/sessions.parquet'),
                    (SELECT count(*) FROM 'DATA/channels.parquet'),
                    (SELECT count(*) FROM 'DATA/game_events.parquet'),
                    (SELECT count(*) FROM 'DATA/binned_spikes.parquet' WHERE len(counts) = 64),
                    (SELECT sum(list_sum(counts)) FROM 'DATA/binned_spikes.parquet')
                        = (SELECT count(*) FROM 'DATA/spikes.parquet'),
                    (SELECT count(*) FROM 'DATA/spikes.parquet' WHERE amplitude_uv
                        NOT BETWEEN -160 AND -40 OR channel NOT BETWEEN 0 AND 63)
                """;
        assertThat(duckDb(checks.replace("DATA", one.toString())))
                .containsExactly(List.of("1", "64", "300", "15000", "true", "0"));
        // A rate of 10 a second and channel, give or take the targets that came up.
        assertThat(
                        Long.parseLong(
                                duckDb("SELECT count(*) FROM '" + one + "/spikes.parquet'")
                                        .get(0)
                                        .get(0)))
                .isBetween(170_000L, 215_000L);
    }

    @Test
    void benchmarkComparesWithDuckDb() throws IOException {
        Path json = folder.resolve("times.json");
        Result result =
                bench("--queries", "1,6,3", "--against", "duckdb", "--json", json.toString());
        assertThat(result.err()).isEmpty();
        assertThat(result.status()).isZero();
        List<String> lines = result.out().lines().toList();
        assertThat(lines.get(0))
                .startsWith("tpch scale 0.001, 2 threads, best and median of 2 runs")
                .contains(", peak memory in MiB, ");
        assertThat(lines.get(1)).contains("neuralake", "/ duckdb", "checksum");
        assertThat(lines.subList(2, 6))
                .extracting(line -> line.split(" ")[0])
                .containsExactly("Q1", "Q6", "Q3", "geomean");
        assertThat(lines.get(6)).isEqualTo("3 of 3 queries ran with equal answers");
        String figures = Files.readString(json);
        assertThat(figures).contains("\"benchmark\" : \"tpch\"", "\"duckdb_ms\"", "\"geomean_ms\"");
        for (String figure :
                List.of(
                        "neuralake_peak_bytes\" : ",
                        "duckdb_peak_bytes\" : ",
                        "neuralake_cpu_ms\" : [ ",
                        "duckdb_cpu_ms\" : [ ")) {
            assertThat(figures)
                    .as("three queries")
                    .containsPattern("(?s)(" + Pattern.quote(figure) + "[1-9].*){3}");
        }
    }

    @Test
    void benchmarkComparesWithOneThread() throws IOException {
        Path json = folder.resolve("threads.json");
        Result result =
                bench("--queries", "1,18", "--against", "one-thread", "--json", json.toString());
        assertThat(result.err()).isEmpty();
        assertThat(result.status()).isZero();
        List<String> lines = result.out().lines().toList();
        assertThat(lines.get(1)).contains("neuralake", "one-thread", "/ one-thread");
        assertThat(lines.getLast()).isEqualTo("2 of 2 queries ran with equal answers");
        assertThat(Files.readString(json))
                .contains("\"threads\" : 2", "\"neuralake_ms\"", "\"one-thread_ms\"");
    }

    @Test
    void benchmarkComparesWithTablesInMemory() throws IOException {
        Result result = bench("--queries", "1,12", "--against", "duckdb,duckdb-memory");
        assertThat(result.err()).isEmpty();
        assertThat(result.status()).isZero();
        List<String> lines = result.out().lines().toList();
        assertThat(lines.get(1)).contains("/ duckdb ", "/ duckdb-memory");
        assertThat(lines.getLast()).isEqualTo("2 of 2 queries ran with equal answers");
    }

    @Test
    void benchmarkDrawsAFlameGraph() throws IOException {
        Path graph = folder.resolve("flames.html");
        Result result = bench("--queries", "6", "--profile", graph.toString());
        assertThat(result.err()).isEmpty();
        assertThat(result.out().lines().toList().getLast())
                .startsWith("flame graph: " + graph + " (");
        assertThat(graph).content().startsWith("<!DOCTYPE html>");
        Result missing =
                bench("--queries", "6", "--profile", "x.html", "--async-profiler", "/none.so");
        assertThat(missing.status()).isEqualTo(1);
        assertThat(missing.err())
                .startsWith("error: Library of async-profiler not found: /none.so");
    }

    @Test
    void answersThatDifferAreReportedAndFailTheBenchmark() throws IOException {
        // DuckDB takes the name for a pattern, and reads every row twice.
        for (String name : List.of("two*", "twofold")) {
            Path copy = Files.createDirectory(folder.resolve(name));
            for (String table : List.of("region.parquet", "lineitem.parquet")) {
                Files.copy(data.resolve(table), copy.resolve(table));
            }
        }
        Result result =
                CommandLineRun.run(
                        "bench",
                        "tpch",
                        "--data",
                        folder.resolve("two*").toString(),
                        "--runs",
                        "1",
                        "--warm-up",
                        "0",
                        "--queries",
                        "6,11",
                        "--threads",
                        "1",
                        "--against",
                        "duckdb");
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.err()).isEmpty();
        assertThat(result.out())
                .contains("\nQ6      different: neuralake and duckdb, sorted row 0, column 0: ")
                .contains(
                        "\n0 of 2 queries ran with equal answers; refused: 1 (Q11); different: 1"
                                + " (Q6)\n");
    }

    private static Result bench(String... options) {
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "bench",
                                "tpch",
                                "--data",
                                data.toString(),
                                "--scale",
                                String.valueOf(SCALE),
                                "--runs",
                                "2",
                                "--warm-up",
                                "0",
                                "--threads",
                                "2"));
        arguments.addAll(List.of(options));
        return CommandLineRun.run(arguments.toArray(String[]::new));
    }

    private static Result load(String... options) {
        List<String> arguments = new ArrayList<>(List.of("bench"));
        arguments.addAll(List.of(options));
        arguments.addAll(List.of("--data", data.toString(), "--scale", String.valueOf(SCALE)));
        arguments.addAll(List.of("--rows", "5000", "--threads", "2"));
        arguments.addAll(List.of("--seconds", "0", "--warm-up", "0"));
        return CommandLineRun.run(arguments.toArray(String[]::new));
    }

    @Test
    void concurrentBenchmarkMeasuresEachWorkload() throws IOException {
        Path json = folder.resolve("concurrent.json");
        Result result = load("concurrent", "--clients", "1,3", "--json", json.toString());
        assertThat(result.status()).as(result.err()).isZero();
        List<String> lines = result.out().lines().toList();
        assertThat(lines.get(0))
                .startsWith("concurrent, Flight SQL on loopback, clients in the server's process,")
                .contains("TPC-H scale 0.001, 2 threads, collector ", ", page cache of ");
        assertThat(lines.subList(2, lines.size()))
                .extracting(line -> line.replaceAll("  .*", ""))
                .containsExactly(
                        "point",
                        "point",
                        "point java",
                        "point java",
                        "point text",
                        "point text",
                        "dashboard",
                        "dashboard",
                        "point + heavy",
                        "point + heavy");
        assertThat(lines).filteredOn(line -> line.contains("  TPC-H Q1 beside: ")).hasSize(2);
        assertThat(Files.readString(json)).contains("\"benchmark\" : \"concurrent\"");
        assertThat(load("concurrent", "--clients", "0").status()).isEqualTo(2);
        assertThat(load("concurrent", "--loads", "none").err())
                .contains("is none of: point, java, text, dashboard, beside");
    }

    @Test
    void concurrentBenchmarkMeasuresWhatIsAskedFor() {
        Result result =
                load(
                        "concurrent",
                        "--clients",
                        "2",
                        "--loads",
                        "beside,text",
                        "--heavy-data",
                        data.toString());
        assertThat(result.status()).as(result.err()).isZero();
        assertThat(result.out().lines().skip(2))
                .extracting(line -> line.replaceAll("  .*", ""))
                .containsExactly("point + heavy", "point text");
        Result missing = load("concurrent", "--loads", "beside", "--heavy-data", "/absent's");
        assertThat(missing.err()).contains("/absent's/lineitem.parquet");
    }

    @Test
    void latencyBenchmarkTellsPauses() {
        Result result = load("latency", "--clients", "3");
        assertThat(result.status()).as(result.err()).isZero();
        List<String> lines = result.out().lines().toList();
        assertThat(lines.get(2)).matches("point +2 .*");
        assertThat(lines.get(3)).matches("dashboard +1 .*");
        assertThat(lines.get(4)).startsWith("collector pauses: ");
        assertThat(lines.get(5)).startsWith("all safepoints: ");
    }

    @Test
    void benchmarkTellsTheFloorOfEachQuery() {
        Result result = bench("--queries", "1,6", "--floor");
        assertThat(result.status()).as(result.err()).isZero();
        List<String> lines = result.out().lines().toList();
        assertThat(lines.get(lines.size() - 3)).startsWith("query").endsWith("where");
        assertThat(lines.get(lines.size() - 2)).matches("Q1 .* (scan|group|expressions) \\d+%.*");
        assertThat(lines.getLast()).matches("Q6 .* scan \\d+%.*");
        assertThat(bench("--queries", "6").out()).doesNotContain("where");
    }

    @Test
    void benchmarkHasToBeNamed() {
        Result result = CommandLineRun.run("bench", "--scale", "1");
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err()).startsWith("error: Missing required parameter: 'BENCHMARK'");
    }

    @Test
    void benchmarkSaysWhetherThePageCacheIsOn() throws IOException {
        Path json = folder.resolve("cache.json");
        Result off = bench("--queries", "6", "--json", json.toString());
        assertThat(off.out().lines().findFirst())
                .hasValueSatisfying(line -> assertThat(line).endsWith(", page cache off"));
        assertThat(Files.readString(json)).contains("\"page_cache_bytes\" : 0,");
        Result on = bench("--queries", "6", "--page-cache", "8MB", "--json", json.toString());
        assertThat(on.out().lines().findFirst())
                .hasValueSatisfying(line -> assertThat(line).endsWith(", page cache of 8MB"));
        assertThat(Files.readString(json)).contains("\"page_cache_bytes\" : 8388608,");
    }

    @Test
    void benchmarkRefusesAFolderOfOtherFiles() throws IOException {
        Path other = Files.createDirectory(folder.resolve("photos"));
        Files.writeString(other.resolve("photo.jpg"), "x");
        Result result = CommandLineRun.run("bench", "tpch", "--data", other.toString());
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.err())
                .startsWith("error: Folder holds other files than those of TPC-H: " + other);
        try (Stream<Path> files = Files.list(other)) {
            assertThat(files).hasSize(1);
        }
        Result file =
                CommandLineRun.run(
                        "bench", "tpch", "--data", other.resolve("photo.jpg").toString());
        assertThat(file.status()).isEqualTo(1);
        assertThat(file.err()).startsWith("error: Not a folder that can be read: ");
        assertThat(bench("--against", "spark").err()).contains("[0A000]");
        Result json = bench("--queries", "6", "--json", other.resolve("photo.jpg/x").toString());
        assertThat(json.status()).isEqualTo(1);
        assertThat(json.err()).startsWith("error: Cannot write: ");
    }

    @Test
    void coldProcessTimesAStatement() {
        ColdProcess cold = new ColdProcess(data, EngineSettings.defaults().withThreads(1));
        assertThat(cold.millis("SELECT count(*) FROM region")).isPositive();
        assertThatThrownBy(() -> cold.millis("SELECT x FROM region"))
                .isInstanceOf(NeuralakeException.class)
                .hasMessageStartingWith("Cannot time a cold process: ")
                .hasMessageContaining("error: Column not found: x [42703]");
    }

    @Test
    void demoAnswersOnceAndLeaves() throws IOException {
        Files.writeString(data.resolve("_complete"), "");
        try {
            Result result =
                    CommandLineRun.run(
                            "demo", "--once", "--out", data.toString(), "--threads", "2");
            assertThat(result.status()).isZero();
            assertThat(result.err()).isEmpty();
            assertThat(result.out()).startsWith("SELECT n_name AS nation, count(*) AS orders,");
            assertThat(result.out()).contains("\n(5 rows)\n").doesNotContain("ready:");
            Matcher revenues = Pattern.compile("\\| +(\\d+\\.\\d{4})\n").matcher(result.out());
            List<Double> found = new ArrayList<>();
            while (revenues.find()) {
                found.add(-Double.parseDouble(revenues.group(1)));
            }
            assertThat(found).hasSize(5).isSorted();
            assertThat(result.out().lines().toList().getLast())
                    .matches("answered over Flight SQL in \\d+\\.\\d\\d s, by a JVM .*");
        } finally {
            Files.delete(data.resolve("_complete"));
        }
    }
}
