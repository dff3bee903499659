package io.neuralake.exec.operator;

import io.neuralake.exec.spill.SpillFixture;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ColumnBuilder;
import io.neuralake.spi.batch.ConstantColumn;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.DictionaryColumn;
import io.neuralake.spi.connector.ReadResult;
import io.neuralake.spi.memory.ArrowAllocator;
import io.neuralake.spi.memory.LimitedReservation;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.type.Schema;

import org.apache.arrow.memory.RootAllocator;
import org.jspecify.annotations.Nullable;

import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/// Feeds rows to the workers of a sink, then drains the workers of a source, without a scheduler and
/// on one thread. Closing it fails when memory was leaked.
public final class OperatorDriver implements AutoCloseable {
    /// The forms in which columns are passed.
    public enum Form {
        FLAT,
        /// Dictionaries, with unselected rows of garbage between the rows.
        DICTIONARY_SELECTED
    }

    private final RootAllocator root = new RootAllocator();
    private final LimitedReservation reservation;
    private final MemoryAllocator allocator;
    private final MemoryAllocator inputAllocator;
    private final SpillFixture spill = SpillFixture.asConfigured();
    private final int workers;
    private final int batchRows;
    private final Form form;

    public OperatorDriver(int workers, int batchRows, Form form, long limitBytes) {
        this.workers = workers;
        this.batchRows = batchRows;
        this.form = form;
        this.reservation = new LimitedReservation("test query", limitBytes, null);
        this.allocator = new ArrowAllocator(root, reservation);
        this.inputAllocator =
                new ArrowAllocator(
                        root, new LimitedReservation("test input", Long.MAX_VALUE, null));
    }

    public MemoryAllocator allocator() {
        return allocator;
    }

    /// Runs all and returns the rows in the Java forms of their types.
    public List<List<@Nullable Object>> run(
            SinkOperator sink,
            SourceOperator source,
            Schema schema,
            List<List<@Nullable Object>> rows) {
        List<List<@Nullable Object>> result = new ArrayList<>();
        List<SinkWorker> sinks = new ArrayList<>();
        List<SourceWorker> sources = new ArrayList<>();
        try {
            for (int w = 0; w < workers; w++) {
                sinks.add(sink.newWorker(context(w)));
            }
            int next = 0;
            for (int from = 0; from < rows.size(); from += batchRows) {
                int to = Math.min(rows.size(), from + batchRows);
                sinks.get(next++ % workers).consume(batch(schema, rows.subList(from, to)));
            }
            for (SinkWorker worker : sinks) {
                worker.combine();
                worker.close();
            }
            sink.finish();
            int sourceWorkers = Math.min(workers, source.maxWorkers());
            for (int w = 0; w < sourceWorkers; w++) {
                sources.add(source.newWorker(context(w)));
            }
            List<SourceWorker> open = new ArrayList<>(sources);
            while (!open.isEmpty()) {
                open.removeIf(worker -> !drainOne(worker, result));
            }
        } finally {
            sinks.forEach(SinkWorker::close);
            sources.forEach(SourceWorker::close);
            source.close();
            sink.close();
        }
        return result;
    }

    private boolean drainOne(SourceWorker worker, List<List<@Nullable Object>> result) {
        ReadResult read = worker.produce();
        if (read instanceof ReadResult.Ready ready) {
            try (Batch batch = ready.batch()) {
                if (batch.rowCount() > batchRows || batch.rowCount() == 0) {
                    throw new AssertionError("Batch of rows: " + batch.rowCount());
                }
                for (int row = 0; row < batch.rowCount(); row++) {
                    List<@Nullable Object> values = new ArrayList<>();
                    for (Column column : batch.columns()) {
                        values.add(column.value(row));
                    }
                    result.add(values);
                }
            }
            return true;
        }
        return !(read instanceof ReadResult.Finished);
    }

    /// Builds a batch of the rows in the form chosen.
    public Batch batch(Schema schema, List<List<@Nullable Object>> rows) {
        Column[] columns = new Column[schema.size()];
        for (int c = 0; c < columns.length; c++) {
            List<@Nullable Object> values = new ArrayList<>();
            for (List<@Nullable Object> row : rows) {
                values.add(row.get(c));
            }
            columns[c] = ColumnBuilder.of(inputAllocator, schema.field(c).type(), values);
        }
        if (form == Form.FLAT || rows.isEmpty()) {
            return Batch.of(rows.size(), columns);
        }
        int count = rows.size() * 2;
        for (int c = 0; c < columns.length; c++) {
            columns[c] = coded(columns[c], count, c);
        }
        DataBuffer selection = inputAllocator.allocateZeroed(Bitmap.bytes(count));
        for (int i = 0; i < rows.size(); i++) {
            Bitmap.set(selection.segment(), 2L * i, true);
        }
        return Batch.selected(count, columns, selection, rows.size());
    }

    private Column coded(Column flat, int count, int columnIndex) {
        if (flat.rowCount() == 1 && columnIndex % 2 == 1) {
            return new ConstantColumn(count, flat);
        }
        DataBuffer codes = inputAllocator.allocate(4L * count);
        for (int i = 0; i < count; i++) {
            codes.segment().set(ValueLayout.JAVA_INT_UNALIGNED, 4L * i, i / 2);
        }
        return new DictionaryColumn(count, codes, flat, null);
    }

    @Override
    public void close() {
        spill.close();
        root.close();
        if (reservation.reservedBytes() != 0) {
            throw new AssertionError("Bytes left reserved: " + reservation.reservedBytes());
        }
    }

    private WorkerContext context(int worker) {
        return new TestContext(allocator, spill.query(), batchRows, worker, workers);
    }
}
