package io.neuralake.conformance.tpch;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.exec.EngineSettings;
import io.neuralake.server.bench.Answer;
import io.neuralake.server.bench.BenchQuery;
import io.neuralake.server.bench.Benchmark;
import io.neuralake.server.bench.DuckDbBenchEngine;
import io.neuralake.server.bench.NeuralakeBenchEngine;
import io.neuralake.server.generate.DataSetWriter;
import io.neuralake.server.generate.GeneratedTable;
import io.neuralake.server.generate.TpchTables;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/// TPC-H over Delta tables that this engine has written, before and after rows were deleted, compared with
/// DuckDB over the Parquet files that they were made of.
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DeltaTpchTest {
    /// Which rows go: one of twenty, all over the tables.
    private static final String DELETED_LINES =
            "(l_orderkey * 7919 + l_linenumber * 104729) % 20 = 7";

    private static final String DELETED_ORDERS = "(o_orderkey * 7919 + o_custkey) % 20 = 3";

    @TempDir static Path folder;

    private static @Nullable NeuralakeBenchEngine ours;
    private static @Nullable DuckDbBenchEngine duckDb;
    private static boolean deleted;

    @BeforeAll
    static void makeTables() throws IOException {
        Path files = Files.createDirectory(folder.resolve("files"));
        Path lake = Files.createDirectory(folder.resolve("lake"));
        List<GeneratedTable> tables = TpchTables.at(TpchScale.ofThisRun());
        DataSetWriter.write(tables, files, DataSetWriter.Layout.FILES, (t, r, e, d) -> {});
        NeuralakeBenchEngine engine =
                new NeuralakeBenchEngine(lake, EngineSettings.defaults().withThreads(2));
        ours = engine;
        duckDb = new DuckDbBenchEngine(files, 2);
        for (GeneratedTable table : tables) {
            String name = table.name();
            engine.run(
                    "CREATE TABLE "
                            + name
                            + " AS SELECT * FROM read_parquet('"
                            + files.resolve(name + ".parquet")
                            + "')");
        }
    }

    @AfterAll
    static void close() {
        Objects.requireNonNull(ours).close();
        Objects.requireNonNull(duckDb).close();
    }

    static Stream<BenchQuery> queries() {
        return Benchmark.TPCH.queries();
    }

    @Order(1)
    @ParameterizedTest
    @MethodSource("queries")
    void answersOfTablesWritten(BenchQuery query) {
        compare(query);
    }

    @Order(2)
    @ParameterizedTest
    @MethodSource("queries")
    void answersAfterDeletions(BenchQuery query) {
        if (!deleted) {
            deleted = true;
            delete("lineitem", DELETED_LINES);
            delete("orders", DELETED_ORDERS);
        }
        compare(query);
    }

    private static void delete(String table, String condition) {
        Objects.requireNonNull(ours).run("DELETE FROM " + table + " WHERE " + condition);
        Objects.requireNonNull(duckDb)
                .execute(
                        "CREATE OR REPLACE VIEW "
                                + table
                                + " AS SELECT * FROM read_parquet('"
                                + folder.resolve("files").resolve(table + ".parquet")
                                + "') WHERE NOT ("
                                + condition
                                + ")");
    }

    private static void compare(BenchQuery query) {
        Answer answer = Objects.requireNonNull(ours).run(query.sql());
        Answer expected = Objects.requireNonNull(duckDb).run(query.sql());
        assertThat(query.difference(answer, expected)).isEmpty();
    }
}
