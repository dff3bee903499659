package io.neuralake.exec.operator.shared;

import io.neuralake.exec.metrics.NodeMetrics;
import io.neuralake.exec.operator.SinkOperator;
import io.neuralake.exec.operator.SinkWorker;
import io.neuralake.exec.operator.SourceOperator;
import io.neuralake.exec.operator.SourceWorker;
import io.neuralake.exec.operator.WorkerContext;
import io.neuralake.exec.row.BatchCompactor;
import io.neuralake.exec.spill.SpillFile;
import io.neuralake.exec.spill.SpillReader;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.connector.ReadResult;
import io.neuralake.spi.type.Schema;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// Keeps the batches of a common sub-plan and hands them to any number of readers; columns are
/// shared, not copied. A batch that all readers have had is no longer kept. When memory is short batches are spilled,
/// also while they are read. One instance an execution.
public final class SharedOperation implements AutoCloseable {
    private final Schema schema;
    private final List<SharedRows> collected = new ArrayList<>();
    private @Nullable SpillFile file;
    private volatile int readers;
    private volatile boolean kept;

    /// @param schema of the sub-plan
    public SharedOperation(Schema schema) {
        this.schema = schema;
    }

    /// Returns what takes the input.
    public SinkOperator sink() {
        return new Sink();
    }

    /// Returns a reader of all batches; one for each reference of the sub-plan. All are made before the first
    /// of them reads, unless the batches are [kept][#keep].
    public synchronized SourceOperator source() {
        readers++;
        return new Source();
    }

    /// Keeps batches to the end: readers will come that are not yet known.
    public void keep() {
        kept = true;
    }

    private int expectedReaders() {
        return kept ? Integer.MAX_VALUE : readers;
    }

    private synchronized SpillFile open(WorkerContext context) {
        SpillFile opened = file;
        if (opened == null) {
            opened =
                    context.spill()
                            .newFile(bytes -> context.count(NodeMetrics.SPILLED_BYTES, bytes));
            file = opened;
        }
        return opened;
    }

    private synchronized void take(SharedRows rows) {
        collected.add(rows);
    }

    private synchronized List<SharedRows> collected() {
        return List.copyOf(collected);
    }

    @Override
    public synchronized void close() {
        collected.forEach(SharedRows::close);
        collected.clear();
        if (file != null) {
            file.close();
        }
    }

    private final class Sink implements SinkOperator {
        @Override
        public SinkWorker newWorker(WorkerContext context) {
            return new Collector(new SharedRows(open(context), context), context);
        }

        @Override
        public void finish() {}

        @Override
        public void close() {}
    }

    private final class Collector implements SinkWorker {
        private final SharedRows rows;
        private final WorkerContext context;
        private boolean combined;

        private Collector(SharedRows rows, WorkerContext context) {
            this.rows = rows;
            this.context = context;
        }

        @Override
        public Status consume(Batch input) {
            if (input.selectedCount() == 0) {
                input.close();
            } else if (input.selectedCount() < input.rowCount() / 2) {
                Batch compacted;
                try (input) { // kept for long: not worth the memory of rows that do not count
                    compacted = BatchCompactor.compact(input, context.allocator());
                }
                rows.add(compacted);
            } else {
                rows.add(input);
            }
            return Status.NEED_INPUT;
        }

        @Override
        public void combine() {
            combined = true;
            take(rows);
        }

        @Override
        public void close() {
            if (!combined) {
                rows.close();
            }
        }
    }

    private final class Source implements SourceOperator {
        private final AtomicInteger next = new AtomicInteger();

        @Override
        public SourceWorker newWorker(WorkerContext context) {
            List<SharedRows> all = collected();
            SpillReader reader = new SpillReader(open(context), schema);
            return new SourceWorker() {
                @Override
                public ReadResult produce() {
                    int index = next.getAndIncrement();
                    for (SharedRows rows : all) {
                        if (index < rows.size()) {
                            return new ReadResult.Ready(
                                    rows.batch(
                                            index, expectedReaders(), reader, context.allocator()));
                        }
                        index -= rows.size();
                    }
                    return ReadResult.Finished.INSTANCE;
                }

                @Override
                public void close() {}
            };
        }
    }
}
