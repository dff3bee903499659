package io.neuralake.planner;

import io.neuralake.exec.QueryResult;
import io.neuralake.exec.QueryStatistics;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ColumnBuilder;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.connector.ReadResult;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.memory.MemoryReservation;
import io.neuralake.spi.type.Schema;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

/// Rows that are known already. Nothing runs for them, so that the answer of a statement whose work is
/// done cannot be lost to a limit of memory, time or number of queries. Its few bytes are the garbage
/// collector's.
final class RowsResult implements QueryResult {
    private static final int BATCH_ROWS = 4096;

    private final Schema schema;
    private final List<? extends List<? extends @Nullable Object>> rows;
    private int next;
    private volatile boolean cancelled;

    /// Takes rows of the Java forms of the columns' types.
    RowsResult(Schema schema, List<? extends List<? extends @Nullable Object>> rows) {
        this.schema = schema;
        this.rows = rows;
    }

    /// Memory that lives as long as it is used.
    private enum CollectedMemory implements MemoryAllocator {
        INSTANCE;

        @Override
        public DataBuffer allocate(long bytes) {
            return DataBuffer.ofSegment(
                    Arena.ofAuto().allocate(bytes + PADDING, 64).asSlice(0, bytes), () -> {});
        }

        @Override
        public MemoryReservation reservation(String owner) {
            throw new IllegalStateException("Known rows need no reservation: " + owner);
        }
    }

    @Override
    public Schema schema() {
        return schema;
    }

    @Override
    public ReadResult poll() {
        if (cancelled) {
            throw new NeuralakeException(ErrorCode.CANCELLED, "Query was cancelled");
        }
        if (next == rows.size()) {
            return ReadResult.Finished.INSTANCE;
        }
        int from = next;
        int count = Math.min(BATCH_ROWS, rows.size() - from);
        Column[] columns = new Column[schema.size()];
        for (int c = 0; c < columns.length; c++) {
            List<@Nullable Object> values = new ArrayList<>(count);
            for (int i = from; i < from + count; i++) {
                values.add(rows.get(i).get(c));
            }
            columns[c] = ColumnBuilder.of(CollectedMemory.INSTANCE, schema.field(c).type(), values);
        }
        next = from + count;
        return new ReadResult.Ready(Batch.of(count, columns));
    }

    @Override
    public ReadResult take() {
        return poll();
    }

    @Override
    public void cancel() {
        cancelled = true;
    }

    @Override
    public QueryStatistics statistics() {
        return new QueryStatistics(0, 0, 0, 0, List.of());
    }

    @Override
    public void close() {
        next = rows.size();
    }
}
