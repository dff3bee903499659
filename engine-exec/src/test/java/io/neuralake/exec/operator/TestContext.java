package io.neuralake.exec.operator;

import io.neuralake.exec.expression.compile.EvaluationSettings;
import io.neuralake.exec.spill.QuerySpill;
import io.neuralake.spi.memory.MemoryAllocator;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;

/// What tests give to workers that run without an engine: never cancelled, without parameters, counters go nowhere.
public record TestContext(
        MemoryAllocator allocator,
        QuerySpill spill,
        int batchRows,
        int workerIndex,
        int workerCount)
        implements WorkerContext {
    @Override
    public EvaluationSettings settings() {
        return new EvaluationSettings(List.of(), ZoneOffset.UTC, Instant.EPOCH);
    }

    @Override
    public void count(String counter, long amount) {}

    @Override
    public void checkCancelled() {}
}
