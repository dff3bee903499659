package io.neuralake.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.neuralake.connector.parquet.page.PageCache;
import io.neuralake.exec.EngineSettings;
import io.neuralake.exec.LocalQueryEngine;
import io.neuralake.exec.QueryEngine;
import io.neuralake.exec.QueryOptions;
import io.neuralake.exec.QueryResult;
import io.neuralake.exec.QueryStatistics;
import io.neuralake.exec.plan.PhysicalPlan;
import io.neuralake.spi.error.ErrorCode;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.List;

class ServerMetricsTest {
    private final PrometheusMeterRegistry registry =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Holding engine = new Holding();
    private final ServerMetrics metrics = new ServerMetrics(registry, engine);

    @AfterEach
    void close() {
        registry.close();
    }

    /// Runs nothing, and holds some memory.
    private static final class Holding implements QueryEngine {
        long reserved = 7;

        @Override
        public QueryResult execute(PhysicalPlan plan, QueryOptions options) {
            throw new AssertionError("Runs nothing");
        }

        @Override
        public long reservedBytes() {
            return reserved;
        }

        @Override
        public long spilledBytes() {
            return 0;
        }

        @Override
        public long spillFileBytes() {
            return 0;
        }

        @Override
        public long memoryLimitBytes() {
            return 1000;
        }

        @Override
        public int threads() {
            return 3;
        }

        @Override
        public void close() {}
    }

    private static QueryStatistics seconds(double seconds) {
        return new QueryStatistics((long) (seconds * 1e9), 0, 0, 0, List.of());
    }

    @Test
    void countsQueriesByStateRowsAndBytes() {
        metrics.queryStarted("a");
        metrics.queryStarted("b");
        metrics.queryStarted("c");
        metrics.queryFinished("a", seconds(0.5), 10, 100, null);
        metrics.queryFinished("b", seconds(1.5), 1, 8, ErrorCode.DIVISION_BY_ZERO);
        assertThat(registry.scrape().lines())
                .contains(
                        "neuralake_queries_total{sqlstate=\"00000\"} 1.0",
                        "neuralake_queries_total{sqlstate=\"22012\"} 1.0",
                        "neuralake_queries_running 1.0",
                        "neuralake_result_rows_total 11.0",
                        "neuralake_result_bytes_total 108.0",
                        "neuralake_query_time_seconds_count 2",
                        "neuralake_query_time_seconds_sum 2.0");
        metrics.queryFinished("c", seconds(0), 0, 0, null);
        assertThat(registry.scrape().lines())
                .contains(
                        "neuralake_queries_total{sqlstate=\"00000\"} 2.0",
                        "neuralake_queries_running 0.0");
    }

    @Test
    void showsMemoryAndWorkers() {
        assertThat(registry.scrape().lines())
                .contains(
                        "neuralake_memory_reserved_bytes 7.0",
                        "neuralake_memory_limit_bytes 1000.0",
                        "neuralake_pool_workers 3.0");
        engine.reserved = 9;
        assertThat(registry.scrape()).contains("neuralake_memory_reserved_bytes 9.0");
    }

    @Test
    void showsThePageCache() {
        try (LocalQueryEngine real = new LocalQueryEngine(new EngineSettings(1, 1 << 20));
                PageCache pages = new PageCache(real.cacheMemory())) {
            metrics.watchPages(pages);
            assertThat(registry.scrape().lines())
                    .contains(
                            "neuralake_page_cache_bytes 0.0",
                            "neuralake_page_cache_hits_total 0.0",
                            "neuralake_page_cache_misses_total 0.0",
                            "neuralake_page_cache_evictions_total 0.0");
        }
    }

    @Test
    void showsTheProcess() {
        assertThat(registry.scrape())
                .contains("jvm_memory_used_bytes", "jvm_threads_live", "process_uptime_seconds");
    }
}
