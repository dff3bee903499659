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
import java.util.stream.Stream;

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

    /// Each worker reads what one worker has collected before it helps others: what lies close together in the input
    /// stays with one worker.
    private final class Source implements SourceOperator {
        private final AtomicInteger workers = new AtomicInteger();
        private @Nullable List<AtomicInteger> next;

        /// Returns the next batch of each list of rows.
        private synchronized List<AtomicInteger> next(int lists) {
            List<AtomicInteger> made = next;
            if (made == null) {
                made = Stream.generate(AtomicInteger::new).limit(lists).toList();
                next = made;
            }
            return made;
        }

        @Override
        public SourceWorker newWorker(WorkerContext context) {
            List<SharedRows> all = collected();
            List<AtomicInteger> positions = next(all.size());
            SpillReader reader = new SpillReader(open(context), schema);
            int first = workers.getAndIncrement();
            return new SourceWorker() {
                private int done;

                @Override
                public ReadResult produce() {
                    for (; done < all.size(); done++) {
                        int list = (first + done) % all.size();
                        SharedRows rows = all.get(list);
                        int index = positions.get(list).getAndIncrement();
                        if (index < rows.size()) {
                            return new ReadResult.Ready(
                                    rows.batch(
                                            index, expectedReaders(), reader, context.allocator()));
                        }
                    }
                    return ReadResult.Finished.INSTANCE;
                }

                @Override
                public void close() {}
            };
        }
    }
}
