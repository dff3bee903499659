package io.neuralake.connector.parquet.write;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// The threads on which all writers of the process encode, one a processor. They end when there is nothing to
/// do for a while.
final class EncodingThreads {
    private static final int IDLE_SECONDS = 10;
    private static final ThreadPoolExecutor THREADS = threads();

    private EncodingThreads() {}

    private static ThreadPoolExecutor threads() {
        int processors = Runtime.getRuntime().availableProcessors();
        ThreadPoolExecutor threads =
                new ThreadPoolExecutor(
                        processors,
                        processors,
                        IDLE_SECONDS,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(),
                        Thread.ofPlatform().name("parquet-encoder-", 0).daemon().factory());
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }

    /// Runs a task; its result tells how it ended.
    static CompletableFuture<Void> run(Runnable task) {
        return CompletableFuture.runAsync(task, THREADS);
    }
}
