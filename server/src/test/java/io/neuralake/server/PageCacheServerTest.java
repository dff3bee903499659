package io.neuralake.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.connector.parquet.page.PageCache;
import io.neuralake.exec.EngineSettings;
import io.neuralake.server.bench.NeuralakeBenchEngine;
import io.neuralake.server.generate.DataSetWriter;
import io.neuralake.server.generate.TpchTables;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;

/// The page cache of a server: what a query counts, and what it leaves to queries.
class PageCacheServerTest {
    private static final long LIMIT = 48L << 20;
    private static final String SCAN =
            "SELECT sum(l_quantity), sum(l_extendedprice), max(l_comment), max(l_shipdate)"
                    + " FROM lineitem";

    @TempDir private static Path folder;

    @BeforeAll
    static void makeLake() {
        DataSetWriter.write(
                TpchTables.at(0.02), folder, DataSetWriter.Layout.FILES, (t, r, e, d) -> {});
    }

    private static LakeServer open(long cacheBytes) {
        return LakeServer.open(
                folder.toString(), new EngineSettings(2, LIMIT).withCacheBytes(cacheBytes));
    }

    @Test
    void explainAnalyzeShowsPagesFromTheCache() {
        LakeServer lake = open(16 << 20);
        try (NeuralakeBenchEngine engine = new NeuralakeBenchEngine(lake)) {
            String explain = "EXPLAIN ANALYZE " + SCAN;
            assertThat(engine.run(explain).toString())
                    .doesNotContain("pages from cache")
                    .containsPattern(", decompression \\d+[.]\\d\\d ms, ");
            assertThat(engine.run(explain).toString()).contains("pages from cache ");
            assertThat(lake.queries().reservedBytes()).isZero();
            assertThat(lake.pages()).hasValueSatisfying(p -> assertThat(p.bytes()).isPositive());
        }
    }

    @Test
    void noneIsOpenedForZero() {
        LakeServer lake = open(0);
        try (NeuralakeBenchEngine engine = new NeuralakeBenchEngine(lake)) {
            engine.run(SCAN);
            assertThat(engine.run("EXPLAIN ANALYZE " + SCAN).toString())
                    .doesNotContain("pages from cache");
            assertThat(lake.pages()).isEmpty();
        }
    }

    /// The cache fills all the memory there is, and a query that needs nearly all of it passes.
    @Test
    void givesWayToAQueryThatNeedsItsMemory() {
        String hungry =
                "SELECT count(*), max(c) FROM (SELECT l_orderkey, l_linenumber, count(*) AS c"
                        + " FROM lineitem GROUP BY l_orderkey, l_linenumber) AS g";
        String everything =
                "SELECT max(l_comment), max(l_extendedprice), max(l_partkey), max(l_suppkey),"
                        + " max(l_orderkey), max(l_shipdate), max(l_commitdate), max(l_tax)"
                        + " FROM lineitem";
        long limit = enoughFor(hungry) / 10 * 11;
        String expected;
        try (NeuralakeBenchEngine engine = new NeuralakeBenchEngine(open(0))) {
            expected = engine.run(hungry).toString();
        }
        LakeServer lake =
                LakeServer.open(
                        folder.toString(), new EngineSettings(2, limit).withCacheBytes(limit));
        try (NeuralakeBenchEngine engine = new NeuralakeBenchEngine(lake)) {
            PageCache pages = lake.pages().orElseThrow();
            engine.run(everything);
            assertThat(pages.bytes()).isGreaterThan(limit / 5);
            assertThat(engine.run(hungry).toString()).isEqualTo(expected);
            assertThat(pages.evictions()).isPositive();
            assertThat(lake.queries().reservedBytes()).isZero();
        }
    }

    /// Returns a limit under which a query passes without a cache, and not by far.
    private static long enoughFor(String sql) {
        for (long limit = 4 << 20; ; limit += limit / 5) {
            LakeServer lake =
                    LakeServer.open(
                            folder.toString(), new EngineSettings(2, limit).withCacheBytes(0));
            try (NeuralakeBenchEngine engine = new NeuralakeBenchEngine(lake)) {
                engine.run(sql);
                return limit;
            } catch (NeuralakeException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.OUT_OF_MEMORY);
            }
        }
    }
}
