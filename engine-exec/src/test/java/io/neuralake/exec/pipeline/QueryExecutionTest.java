package io.neuralake.exec.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.exec.QueryOptions;
import io.neuralake.exec.expression.compile.EvaluationSettings;
import io.neuralake.exec.memory.QueryMemory;
import io.neuralake.exec.memory.ServerMemory;
import io.neuralake.exec.metrics.QueryMetrics;
import io.neuralake.exec.operator.BatchConsumer;
import io.neuralake.exec.operator.SinkOperator;
import io.neuralake.exec.operator.SinkWorker;
import io.neuralake.exec.operator.SourceOperator;
import io.neuralake.exec.operator.StreamingOperator;
import io.neuralake.exec.operator.StreamingWorker;
import io.neuralake.exec.operator.WorkerContext;
import io.neuralake.exec.operator.values.SeriesSource;
import io.neuralake.exec.plan.PhysicalPlan;
import io.neuralake.exec.row.BatchSelection;
import io.neuralake.exec.scheduler.TaskScheduler;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.connector.ReadResult;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.Schema;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

@Timeout(60)
class QueryExecutionTest {
    /// Where an operator may fail.
    enum Place {
        SOURCE_WORKER,
        SOURCE_CLOSE,
        STREAM_WORKER,
        PROCESS,
        STREAM_FINISH,
        STREAM_CLOSE,
        SINK_WORKER,
        CONSUME,
        COMBINE,
        SINK_FINISH,
        OPERATOR_CLOSE
    }

    private final AtomicInteger openWorkers = new AtomicInteger();
    private final Set<Place> failures = ConcurrentHashMap.newKeySet();

    private void pass(Place place) {
        if (failures.contains(place)) {
            throw new IllegalStateException("seeded at " + place);
        }
    }

    private SourceOperator source(long count) {
        SeriesSource series = new SeriesSource(1, count, 1);
        return context -> {
            pass(Place.SOURCE_WORKER);
            var worker = series.newWorker(context);
            openWorkers.incrementAndGet();
            return new io.neuralake.exec.operator.SourceWorker() {
                @Override
                public ReadResult produce() {
                    return worker.produce();
                }

                @Override
                public void close() {
                    openWorkers.decrementAndGet();
                    pass(Place.SOURCE_CLOSE);
                }
            };
        };
    }

    /// Passes batches on, holding a buffer.
    private StreamingOperator stream() {
        return new StreamingOperator() {
            @Override
            public StreamingWorker newWorker(WorkerContext context) {
                pass(Place.STREAM_WORKER);
                DataBuffer scratch = context.allocator().allocate(1000);
                openWorkers.incrementAndGet();
                return new StreamingWorker() {
                    @Override
                    public Status process(Batch input, BatchConsumer output) {
                        if (failures.contains(Place.PROCESS)) {
                            input.close();
                        }
                        pass(Place.PROCESS);
                        output.accept(input);
                        return Status.NEED_INPUT;
                    }

                    @Override
                    public void finish(BatchConsumer output) {
                        pass(Place.STREAM_FINISH);
                    }

                    @Override
                    public void close() {
                        scratch.release();
                        openWorkers.decrementAndGet();
                        pass(Place.STREAM_CLOSE);
                    }
                };
            }

            @Override
            public void close() {
                pass(Place.OPERATOR_CLOSE);
            }
        };
    }

    /// Keeps all batches until it is closed.
    private final class KeepingSink implements SinkOperator {
        final List<Batch> kept = new ArrayList<>();
        final AtomicLong rows = new AtomicLong();
        int finished;

        @Override
        public SinkWorker newWorker(WorkerContext context) {
            pass(Place.SINK_WORKER);
            openWorkers.incrementAndGet();
            List<Batch> mine = new ArrayList<>();
            return new SinkWorker() {
                @Override
                public Status consume(Batch input) {
                    mine.add(input);
                    pass(Place.CONSUME);
                    return Status.NEED_INPUT;
                }

                @Override
                public void combine() {
                    pass(Place.COMBINE);
                    synchronized (kept) {
                        kept.addAll(mine);
                    }
                    mine.forEach(b -> rows.addAndGet(b.selectedCount()));
                    mine.clear();
                }

                @Override
                public void close() {
                    mine.forEach(Batch::close);
                    mine.clear();
                    openWorkers.decrementAndGet();
                }
            };
        }

        @Override
        public void finish() {
            pass(Place.SINK_FINISH);
            finished++;
        }

        @Override
        public void close() {
            kept.forEach(Batch::close);
            kept.clear();
        }
    }

    private static PhysicalPlan anyPlan() {
        return new PhysicalPlan.Values(List.of(), new Schema(List.of()));
    }

    /// A scheduler, memory and an execution of hand-made pipelines.
    private static final class Harness implements AutoCloseable {
        final TaskScheduler scheduler = new TaskScheduler(3);
        final ServerMemory server = new ServerMemory(64 << 20);
        final QueryMemory memory = server.open("query", Long.MAX_VALUE);
        final QueryMetrics metrics = QueryMetrics.of(anyPlan(), memory);
        final QueryExecution execution =
                new QueryExecution(
                        scheduler,
                        "query",
                        QueryOptions.DEFAULT,
                        new EvaluationSettings(List.of(), ZoneOffset.UTC, Instant.EPOCH),
                        memory,
                        metrics);

        Pipeline pipeline(SourceOperator source, List<StreamingOperator> operators, SinkUse sink) {
            Pipeline pipeline = new Pipeline(new Stage<>(source, metrics.root(), true));
            for (StreamingOperator operator : operators) {
                pipeline.append(new Stage<>(operator, metrics.root(), true));
                pipeline.use(execution.graph().own(operator));
            }
            pipeline.endIn(sink);
            execution.graph().add(pipeline);
            return pipeline;
        }

        SinkUse sink(SinkOperator sink) {
            return new SinkUse(new Stage<>(sink, metrics.root(), false), () -> {});
        }

        ReadResult takeAll() {
            while (true) {
                switch (execution.result().poll()) {
                    case ReadResult.Ready ready -> ready.batch().close();
                    case ReadResult.Blocked blocked -> blocked.until().join();
                    case ReadResult.Finished finished -> {
                        return finished;
                    }
                }
            }
        }

        @Override
        public void close() {
            execution.result().closeReader();
            execution.stop(new NeuralakeException(ErrorCode.CANCELLED, "end of test"));
            execution.terminated().join();
            memory.close();
            scheduler.close();
            server.close();
        }
    }

    private void run(Harness harness, KeepingSink first) {
        harness.execution.start(
                () -> {
                    SinkUse use = harness.sink(first);
                    Resource state = harness.execution.graph().own(first);
                    Pipeline build =
                            harness.pipeline(source(100_000), List.of(stream(), stream()), use);
                    build.use(state);
                    Pipeline read =
                            harness.pipeline(
                                    source(10),
                                    List.of(),
                                    harness.sink(harness.execution.result()));
                    read.dependOn(List.of(build));
                    read.use(state);
                });
    }

    @Test
    void pipelinesRunInOrderAndStateIsFreed() {
        try (Harness harness = new Harness()) {
            KeepingSink sink = new KeepingSink();
            run(harness, sink);
            assertThat(harness.takeAll()).isInstanceOf(ReadResult.Finished.class);
            assertThat(sink.rows).hasValue(100_000);
            assertThat(sink.finished).isEqualTo(1);
            assertThat(sink.kept).isEmpty();
            assertThat(harness.memory.reservedBytes()).isZero();
        }
        assertThat(openWorkers).hasValue(0);
    }

    @ParameterizedTest
    @EnumSource(Place.class)
    void errorAnywhereFailsTheQueryAndFreesAll(Place place) {
        failures.addAll(EnumSet.of(place));
        try (Harness harness = new Harness()) {
            run(harness, new KeepingSink());
            assertThatThrownBy(harness::takeAll)
                    .isInstanceOfSatisfying(
                            NeuralakeException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.INTERNAL_ERROR))
                    .hasMessageContaining("seeded at " + place);
            harness.execution.terminated().join();
            assertThat(openWorkers).hasValue(0);
            assertThat(harness.memory.reservedBytes()).isZero();
        }
    }

    @Test
    void pipelinesThatShareASinkFinishItOnce() {
        try (Harness harness = new Harness()) {
            KeepingSink sink = new KeepingSink();
            harness.execution.start(
                    () -> {
                        SinkUse use = harness.sink(sink);
                        Pipeline first = harness.pipeline(source(1000), List.of(), use);
                        Pipeline second = harness.pipeline(source(500), List.of(), use);
                        second.dependOn(List.of(first));
                        first.use(harness.execution.graph().own(sink));
                        Pipeline read =
                                harness.pipeline(
                                        source(1),
                                        List.of(),
                                        harness.sink(harness.execution.result()));
                        read.dependOn(List.of(first, second));
                    });
            harness.takeAll();
            assertThat(sink.finished).isEqualTo(1);
            assertThat(sink.rows).hasValue(1500);
            sink.close();
        }
    }

    @Test
    void anOperatorThatEmitsWithoutEndWaitsForTheReader() {
        StreamingOperator exploding =
                context ->
                        new StreamingWorker() {
                            @Override
                            public Status process(Batch input, BatchConsumer output) {
                                try (input) {
                                    for (long i = 0; i < Long.MAX_VALUE; i++) {
                                        output.accept(BatchSelection.share(input));
                                    }
                                }
                                return Status.NEED_INPUT;
                            }

                            @Override
                            public void close() {}
                        };
        try (Harness harness = new Harness()) {
            harness.execution.start(
                    () ->
                            harness.pipeline(
                                    source(100_000),
                                    List.of(exploding),
                                    harness.sink(harness.execution.result())));
            for (int i = 0; i < 1000; i++) {
                ReadResult next = harness.execution.result().poll();
                if (next instanceof ReadResult.Ready ready) {
                    ready.batch().close();
                } else if (next instanceof ReadResult.Blocked blocked) {
                    blocked.until().join();
                }
                assertThat(harness.memory.reservedBytes()).isLessThan(8 << 20);
            }
        }
    }

    @Test
    void aSatisfiedOperatorUnwindsWhatEmitsBeforeIt() {
        AtomicLong emitted = new AtomicLong();
        StreamingOperator exploding =
                context ->
                        new StreamingWorker() {
                            @Override
                            public Status process(Batch input, BatchConsumer output) {
                                try (input) {
                                    for (long i = 0; i < 1_000_000_000_000L; i++) {
                                        emitted.incrementAndGet();
                                        output.accept(BatchSelection.share(input));
                                    }
                                }
                                return Status.NEED_INPUT;
                            }

                            @Override
                            public void close() {}
                        };
        try (Harness harness = new Harness()) {
            harness.execution.start(
                    () ->
                            harness.pipeline(
                                    source(10),
                                    List.of(
                                            exploding,
                                            new io.neuralake.exec.operator.limit.LimitOperator(
                                                    100, 0)),
                                    harness.sink(harness.execution.result())));
            assertThat(harness.takeAll()).isInstanceOf(ReadResult.Finished.class);
            assertThat(emitted.get()).isLessThan(100);
        }
    }

    @Test
    void deadlockOfPipelinesIsAnError() {
        try (Harness harness = new Harness()) {
            harness.execution.start(
                    () -> {
                        Pipeline a =
                                harness.pipeline(
                                        source(1),
                                        List.of(),
                                        harness.sink(harness.execution.result()));
                        a.dependOn(List.of(a));
                    });
            assertThatThrownBy(harness::takeAll).hasMessageContaining("wait for each other");
        }
    }
}
