package io.neuralake.server.http;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.neuralake.connector.parquet.page.PageCache;
import io.neuralake.exec.QueryEngine;
import io.neuralake.exec.QueryStatistics;
import io.neuralake.flight.QueryListener;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.storage.block.BlockCache;

import org.jspecify.annotations.Nullable;

import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// Counts queries, rows and bytes, and shows memory, workers and pauses of the collector.
public final class ServerMetrics implements QueryListener {
    private final MeterRegistry registry;
    private final AtomicInteger running = new AtomicInteger();
    private final Counter rows;
    private final Counter bytes;
    private final Timer time;

    /// Registers the meters.
    // The binders live as long as the process; the collector's listener needs no closing.
    @SuppressWarnings("resource")
    public ServerMetrics(MeterRegistry registry, QueryEngine engine) {
        this.registry = registry;
        this.rows =
                Counter.builder("neuralake.result.rows")
                        .description("Rows sent to clients")
                        .register(registry);
        this.bytes =
                Counter.builder("neuralake.result.bytes")
                        .description("Bytes of results sent to clients")
                        .register(registry);
        this.time =
                Timer.builder("neuralake.query.time")
                        .description("Time from start to last row")
                        .publishPercentiles(0.5, 0.99)
                        .register(registry);
        Gauge.builder("neuralake.queries.running", running, AtomicInteger::get)
                .description("Queries in progress")
                .register(registry);
        Gauge.builder("neuralake.memory.reserved", engine, QueryEngine::reservedBytes)
                .baseUnit("bytes")
                .description("Memory that queries hold")
                .register(registry);
        Gauge.builder("neuralake.memory.limit", engine, QueryEngine::memoryLimitBytes)
                .baseUnit("bytes")
                .description("Most memory that queries and the page cache may hold")
                .register(registry);
        FunctionCounter.builder("neuralake.spill.bytes", engine, QueryEngine::spilledBytes)
                .baseUnit("bytes")
                .description("Bytes that queries spilled to disk")
                .register(registry);
        Gauge.builder("neuralake.spill.files", engine, QueryEngine::spillFileBytes)
                .baseUnit("bytes")
                .description("Bytes of spill files on disk")
                .register(registry);
        Gauge.builder("neuralake.pool.workers", engine, QueryEngine::threads)
                .description("Threads that run queries")
                .register(registry);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmGcMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
    }

    /// Shows what the page cache holds and what it is good for.
    public void watchPages(PageCache pages) {
        Gauge.builder("neuralake.page.cache", pages, PageCache::bytes)
                .baseUnit("bytes")
                .description("Memory of decompressed pages kept for later queries")
                .register(registry);
        FunctionCounter.builder("neuralake.page.cache.hits", pages, PageCache::hits)
                .description("Pages found in the cache")
                .register(registry);
        FunctionCounter.builder("neuralake.page.cache.misses", pages, PageCache::misses)
                .description("Compressed pages not found in the cache")
                .register(registry);
        FunctionCounter.builder("neuralake.page.cache.evictions", pages, PageCache::evictions)
                .description("Pages that made room for others or for queries")
                .register(registry);
    }

    /// Shows what is kept and fetched of remote files, once there are any.
    public void watchBlocks(Supplier<Optional<BlockCache>> blocks) {
        Gauge.builder(
                        "neuralake.block.cache",
                        blocks,
                        b -> b.get().map(BlockCache::bytes).orElse(0L))
                .baseUnit("bytes")
                .description("Memory of parts of remote files")
                .register(registry);
        FunctionCounter.builder(
                        "neuralake.block.cache.requests",
                        blocks,
                        b -> b.get().map(c -> c.metrics().requests()).orElse(0L))
                .description("Requests that fetched parts of remote files")
                .register(registry);
        FunctionCounter.builder(
                        "neuralake.block.cache.fetched",
                        blocks,
                        b -> b.get().map(c -> c.metrics().fetchedBytes()).orElse(0L))
                .baseUnit("bytes")
                .description("Bytes of remote files that were fetched")
                .register(registry);
        FunctionCounter.builder(
                        "neuralake.block.cache.disk",
                        blocks,
                        b -> b.get().map(c -> c.metrics().diskBytes()).orElse(0L))
                .baseUnit("bytes")
                .description("Bytes of remote files that were found on disk")
                .register(registry);
    }

    /// Shows the bytes of results that wait to be sent, beside the memory that queries hold.
    public void watchSending(LongSupplier bytes) {
        Gauge.builder("neuralake.memory.sending", bytes::getAsLong)
                .baseUnit("bytes")
                .description("Memory of results on their way to clients")
                .register(registry);
    }

    @Override
    public void queryStarted(String sql) {
        running.incrementAndGet();
    }

    @Override
    public void queryFinished(
            String sql,
            QueryStatistics statistics,
            long resultRows,
            long resultBytes,
            @Nullable ErrorCode error) {
        running.decrementAndGet();
        rows.increment(resultRows);
        bytes.increment(resultBytes);
        time.record(statistics.wallNanos(), TimeUnit.NANOSECONDS);
        Counter.builder("neuralake.queries")
                .description("Queries that ended, by SQLSTATE; 00000 is success")
                .tag("sqlstate", error == null ? "00000" : error.sqlState())
                .register(registry)
                .increment();
    }
}
