package io.neuralake.exec.operator;

import io.neuralake.exec.expression.compile.EvaluationSettings;
import io.neuralake.exec.scheduler.WorkSharing;
import io.neuralake.exec.spill.QuerySpill;
import io.neuralake.spi.memory.MemoryAllocator;

/// What one worker of one operator is given. Belongs to the worker.
public interface WorkerContext {
    /// Returns where this worker allocates batches and state; counted against the query.
    MemoryAllocator allocator();

    /// Returns the most rows of a batch that the worker should emit.
    int batchRows();

    /// Returns the worker's number within the pipeline, from 0.
    int workerIndex();

    /// Returns the number of workers of the pipeline.
    int workerCount();

    /// Returns parameters and settings for compiling expressions.
    EvaluationSettings settings();

    /// Returns what the operator spills with when memory is short.
    QuerySpill spill();

    /// Returns what shares work that a sink does when all its workers have combined.
    default WorkSharing sharing() {
        return WorkSharing.ALONE;
    }

    /// Adds to a counter of the operator, shown by EXPLAIN ANALYZE.
    void count(String counter, long amount);

    /// Throws CANCELLED when the query was cancelled. Ask in every loop over batches.
    void checkCancelled();
}
