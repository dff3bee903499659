package io.neuralake.conformance.delta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Delta tables that this engine and delta-spark write in turns, by the scripts of `spark/tables.txt`. Wherever a
/// script says `check`, both read the same rows: Spark writes what it reads to Parquet files, and these are
/// compared with what we read.
class SparkDeltaTest {
    private static final String SCRIPTS = "/spark/tables.txt";

    /// Pattern of the names of the scripts to run.
    private static final String CHOSEN = System.getProperty("neuralake.spark.tables", ".*");

    @TempDir static Path folder;

    private static @Nullable SparkProcess spark;
    private static @Nullable EmbeddedLake ours;
    private static int exports;

    private @Nullable Path kept;

    /// What happens to one table: lines of who and what.
    record Script(String table, List<String> lines) {
        @Override
        public String toString() {
            return table;
        }
    }

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        ours = new EmbeddedLake(Files.createDirectory(folder.resolve("lake")));
        spark = SparkProcess.start(folder);
    }

    @AfterAll
    static void stop() throws IOException, InterruptedException {
        if (spark != null) {
            spark.close();
        }
        if (ours != null) {
            ours.close();
        }
    }

    /// Reads the scripts: a line `# name` begins one, `- name: reason` one that is left out, and a line that begins
    /// with blanks goes on with that before.
    static Stream<Script> scripts() throws IOException {
        List<Script> scripts = new ArrayList<>();
        List<Script> leftOut = new ArrayList<>();
        for (String line : text().lines().toList()) {
            if (line.startsWith("# ")) {
                scripts.add(new Script(line.substring(2).strip(), new ArrayList<>()));
            } else if (line.startsWith("- ")) {
                System.out.println("SKIPPED in SparkDeltaTest: " + line.substring(2));
                Script script = new Script(line.substring(2), new ArrayList<>());
                scripts.add(script);
                leftOut.add(script);
            } else if (line.startsWith(" ")) {
                List<String> lines = scripts.getLast().lines();
                lines.set(lines.size() - 1, lines.getLast() + " " + line.strip());
            } else if (!line.isBlank()) {
                scripts.getLast().lines().add(line.strip());
            }
        }
        scripts.removeAll(leftOut);
        return scripts.stream().filter(script -> script.table().matches(CHOSEN));
    }

    private static String text() throws IOException {
        try (InputStream in =
                Objects.requireNonNull(SparkDeltaTest.class.getResourceAsStream(SCRIPTS))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @ParameterizedTest
    @MethodSource("scripts")
    void bothReadAndWriteTheSameTable(Script script) {
        assumeTrue(spark != null, "no Spark");
        SparkProcess other = Objects.requireNonNull(spark);
        EmbeddedLake lake = Objects.requireNonNull(ours);
        String table = script.table();
        String place = "delta.`" + folder.resolve("lake").resolve(table) + "`";
        for (String line : script.lines()) {
            int space = line.indexOf(' ');
            String who = space < 0 ? line : line.substring(0, space);
            String what = space < 0 ? "" : line.substring(space + 1).strip();
            switch (who) {
                case "we" -> lake.run(what.replace("$t", table));
                case "spark" -> other.run(what.replace("$t", place));
                case "both-refuse" -> {
                    assertThat(other.attempt(what.replace("$t", place)))
                            .as("Spark: %s", what)
                            .isNotEmpty();
                    assertThatThrownBy(() -> lake.run(what.replace("$t", table)))
                            .isInstanceOf(NeuralakeException.class);
                }
                case "we-refuse" ->
                        assertThatThrownBy(() -> lake.run(what.replace("$t", table)))
                                .isInstanceOfSatisfying(
                                        NeuralakeException.class,
                                        e -> assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED));
                case "check-variants" ->
                        check(
                                "SELECT " + what + " FROM " + table,
                                "SELECT " + asJson(what) + " FROM " + place);
                case "check" -> {
                    String columns = what.isEmpty() ? "*" : what;
                    check(
                            "SELECT " + columns + " FROM " + table,
                            "SELECT " + columns + " FROM " + place);
                }
                case "check-version" ->
                        check(
                                "SELECT * FROM " + table + " FOR VERSION AS OF " + what,
                                "SELECT * FROM " + place + " VERSION AS OF " + what);
                case "check-changes" -> {
                    String own = " FROM table_changes('" + table + "', 0)";
                    String others =
                            " FROM table_changes_by_path('"
                                    + folder.resolve("lake").resolve(table)
                                    + "', 0)";
                    String columns = what + ", _change_type, _commit_version";
                    check(
                            what.isEmpty()
                                    ? "SELECT * EXCLUDE (_commit_timestamp)" + own
                                    : "SELECT " + columns + own,
                            what.isEmpty()
                                    ? "SELECT * EXCEPT (_commit_timestamp)" + others
                                    : "SELECT " + columns + others);
                }
                case "keep-ids" -> kept = ids(place);
                case "check-ids" -> checkIds(Objects.requireNonNull(kept), ids(place), what);
                default -> throw new IllegalArgumentException(line);
            }
        }
    }

    /// Makes Spark give the JSON text of variants, which are the columns `v`, `w`, lists `l` and maps `m`.
    private static String asJson(String columns) {
        return Arrays.stream(columns.split(", "))
                .map(
                        column ->
                                switch (column) {
                                    case "v", "w", "st.v" -> "to_json(" + column + ")";
                                    case "l" -> "transform(l, x -> to_json(x))";
                                    case "m" -> "transform_values(m, (k, x) -> to_json(x))";
                                    default -> column;
                                })
                .collect(Collectors.joining(", "));
    }

    /// Has Spark export the identifiers of a table's rows.
    private static Path ids(String place) {
        return export(
                "SELECT id, _metadata.row_id AS rid, _metadata.row_commit_version AS changed FROM "
                        + place);
    }

    /// Compares identifiers of rows.
    ///
    /// @param changed a condition for the rows that were changed in between
    private static void checkIds(Path before, Path after, String changed) {
        EmbeddedLake lake = Objects.requireNonNull(ours);
        String both =
                " FROM (SELECT a.id AS id, a.rid AS rid, b.rid AS old_rid, a.changed AS version,"
                        + " b.changed AS old_version FROM read_parquet('"
                        + after
                        + "') AS a JOIN read_parquet('"
                        + before
                        + "') AS b ON a.id = b.id) AS q WHERE ";
        assertThat(lake.query("SELECT *" + both + "rid <> old_rid").rows())
                .as("rows with other identifiers")
                .isEmpty();
        assertThat(
                        lake.query(
                                        "SELECT *"
                                                + both
                                                + "(version <> old_version) <> ("
                                                + changed
                                                + ")")
                                .rows())
                .as("rows with other versions than they should have, but for %s", changed)
                .isEmpty();
        assertThat(lake.number("SELECT count(*)" + both + "TRUE")).isPositive();
        assertThat(
                        lake.query(
                                        "SELECT rid FROM read_parquet('"
                                                + after
                                                + "') GROUP BY rid HAVING count(*) > 1 OR rid IS"
                                                + " NULL")
                                .rows())
                .as("identifiers of several rows, or none")
                .isEmpty();
    }

    private static Path export(String sparkQuery) {
        Path export = folder.resolve("export" + exports++);
        Objects.requireNonNull(spark)
                .run("INSERT OVERWRITE DIRECTORY '" + export + "' USING parquet " + sparkQuery);
        return export;
    }

    /// Compares the rows of two queries, one of each engine.
    private static void check(String own, String sparkQuery) {
        EmbeddedLake lake = Objects.requireNonNull(ours);
        Path export = export(sparkQuery);
        String expected = "SELECT * FROM read_parquet('" + export + "')";
        assertThat(lake.query(own + " EXCEPT ALL " + expected).rows())
                .as("only we read in %s", own)
                .isEmpty();
        assertThat(lake.query(expected + " EXCEPT ALL " + own).rows())
                .as("only Spark reads in %s", own)
                .isEmpty();
        assertThat(lake.number("SELECT count(*) FROM (" + own + ") AS q"))
                .as("rows of %s", own)
                .isPositive();
    }
}
