package io.neuralake.exec.operator.exchange;

import io.neuralake.benchmarks.BenchmarkMemory;
import io.neuralake.exec.expression.compile.EvaluationSettings;
import io.neuralake.exec.operator.SinkWorker;
import io.neuralake.exec.operator.WorkerContext;
import io.neuralake.exec.spill.QuerySpill;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.connector.ReadResult;
import io.neuralake.spi.memory.MemoryAllocator;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import java.util.concurrent.TimeUnit;

/// Question: what does handing a batch from a worker to the reader cost, when nobody waits?
///
/// Paid once a batch, so it may take as long as a few rows' work.
///
/// Last: docs/performance.md, "Micro benchmarks".
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@SuppressWarnings("NullAway.Init")
public class ResultExchangeBenchmark {
    private BenchmarkMemory memory;
    private Column column;
    private ResultExchange exchange;
    private SinkWorker worker;

    /// What a worker of the exchange never asks for.
    private static final class NoContext implements WorkerContext {
        @Override
        public MemoryAllocator allocator() {
            throw new AssertionError("Not asked for");
        }

        @Override
        public int batchRows() {
            throw new AssertionError("Not asked for");
        }

        @Override
        public int workerIndex() {
            return 0;
        }

        @Override
        public int workerCount() {
            return 1;
        }

        @Override
        public EvaluationSettings settings() {
            throw new AssertionError("Not asked for");
        }

        @Override
        public QuerySpill spill() {
            throw new AssertionError("Not asked for");
        }

        @Override
        public void count(String counter, long amount) {}

        @Override
        public void checkCancelled() {}
    }

    /// Opens a queue.
    @Setup
    public void setUp() {
        memory = new BenchmarkMemory();
        column = memory.bigints(2048, i -> i);
        exchange = new ResultExchange(1, Long.MAX_VALUE);
        worker = exchange.newWorker(new NoContext());
    }

    /// Frees the memory.
    @TearDown
    public void tearDown() {
        worker.close();
        exchange.closeReader();
        exchange.close();
        memory.close();
    }

    /// Hands a batch over and takes it.
    @Benchmark
    public int handOver() {
        column.retain();
        worker.consume(Batch.of(column.rowCount(), column));
        if (exchange.poll() instanceof ReadResult.Ready(Batch batch)) {
            try (batch) {
                return batch.rowCount();
            }
        }
        throw new IllegalStateException("The batch is gone");
    }
}
