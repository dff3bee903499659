package io.neuralake.exec;

import io.neuralake.exec.plan.PhysicalPlan;

/// Runs physical plans on one pool of workers and memory. Thread-safe.
public interface QueryEngine extends AutoCloseable {
    /// Starts a plan. The caller closes the result. Errors of starting are thrown, errors of running
    /// come from the result.
    QueryResult execute(PhysicalPlan plan, QueryOptions options);

    /// Returns bytes reserved by all queries now, without those of caches.
    long reservedBytes();

    /// Returns the server's memory limit in bytes.
    long memoryLimitBytes();

    /// Returns the bytes that queries have spilled to disk since the start.
    long spilledBytes();

    /// Returns the bytes that lie in spill files now.
    long spillFileBytes();

    /// Returns the number of workers.
    int threads();

    /// Cancels all queries, waits for the workers and frees the pool. Throws IllegalStateException if
    /// memory leaked.
    @Override
    void close();
}
