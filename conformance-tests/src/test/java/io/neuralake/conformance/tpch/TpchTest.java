package io.neuralake.conformance.tpch;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.conformance.JvmConfiguration;
import io.neuralake.exec.EngineSettings;
import io.neuralake.server.bench.Answer;
import io.neuralake.server.bench.BenchEngine;
import io.neuralake.server.bench.BenchQuery;
import io.neuralake.server.bench.Benchmark;
import io.neuralake.server.bench.DuckDbBenchEngine;
import io.neuralake.server.bench.NeuralakeBenchEngine;
import io.neuralake.server.generate.DataSetWriter;
import io.neuralake.server.generate.TpchTables;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;

/// TPC-H at [TpchScale]: every answer and its order compared with DuckDB over the same files in the same run.
@Tag(JvmConfiguration.CORPUS)
class TpchTest {
    @TempDir static Path folder;

    private static @Nullable BenchEngine ours;
    private static @Nullable BenchEngine duckDb;

    @BeforeAll
    static void makeData() {
        DataSetWriter.write(
                TpchTables.at(TpchScale.ofThisRun()),
                folder,
                DataSetWriter.Layout.FILES,
                (t, r, e, d) -> {});
        ours = new NeuralakeBenchEngine(folder, EngineSettings.defaults().withThreads(2));
        duckDb = new DuckDbBenchEngine(folder, 2);
    }

    @AfterAll
    static void close() {
        Objects.requireNonNull(ours).close();
        Objects.requireNonNull(duckDb).close();
    }

    static Stream<BenchQuery> queries() {
        return Benchmark.TPCH.queries();
    }

    @ParameterizedTest
    @MethodSource("queries")
    void answersLikeDuckDb(BenchQuery query) {
        Answer answer = Objects.requireNonNull(ours).run(query.sql());
        Answer expected = Objects.requireNonNull(duckDb).run(query.sql());
        assertThat(query.difference(answer, expected)).isEmpty();
    }
}
