package io.neuralake.connector.parquet;

import io.neuralake.connector.parquet.decode.ColumnReader;
import io.neuralake.connector.parquet.decode.Compaction;
import io.neuralake.connector.parquet.file.DataFile;
import io.neuralake.connector.parquet.file.FileCache;
import io.neuralake.connector.parquet.file.FileId;
import io.neuralake.connector.parquet.filter.RowRanges;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ColumnBuilder;
import io.neuralake.spi.batch.ConstantColumn;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.connector.BatchSource;
import io.neuralake.spi.connector.ReadResult;
import io.neuralake.spi.connector.RowFilter;
import io.neuralake.spi.connector.ScanContext;
import io.neuralake.spi.connector.ScanMetrics.Counter;
import io.neuralake.spi.connector.ScanRequest;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.util.Collections;
import java.util.Objects;

/// Reads the rows of a split, window by window: first the columns that the filters read, then, only
/// where rows survived, the others. For one thread.
final class ParquetSource implements BatchSource {
    /// Below one selected row in this many, batches are compacted.
    private static final int SPARSE = 5;

    private static final int MAX_WINDOW_ROWS = 8192;

    /// Where filters leave rows out, windows are so much longer than a full batch: what opening, checking and
    /// releasing a column takes is a third of the time of 2048 rows.
    private static final int FILTERED_BATCHES = 4;

    private final ScanRequest request;
    private final ScanContext context;
    private final int windowRows;

    /// A null for each column that nobody reads behind the filters, once it was needed.
    private final @Nullable Column[] unread;

    private final ColumnReader[] readers;
    private final RowRanges ranges;
    private final FileId id;
    private final DataFile file;
    private final @Nullable DeletedRows deletedRows;
    private final long firstRow;
    private int range;
    private long row;
    private boolean closed;

    ParquetSource(
            ParquetConnector connector,
            ParquetSplit split,
            ScanRequest request,
            ScanContext context) {
        this.request = request;
        this.context = context;
        this.id = split.part().footer().id();
        this.deletedRows = split.part().deletedRows();
        this.firstRow =
                deletedRows == null
                        ? 0
                        : new RowGroupColumns(split.part(), split.rowGroup()).firstRow();
        int batchRows = Math.max(1, context.batchRows());
        this.windowRows =
                Math.min(
                        MAX_WINDOW_ROWS,
                        context.rowFilters().isEmpty() ? batchRows : FILTERED_BATCHES * batchRows);
        try (SplitOpening opening = new SplitOpening(connector, split, request, context)) {
            this.ranges = opening.ranges();
            this.readers = opening.takeReaders();
            this.file = opening.takeFile();
        }
        this.unread = new @Nullable Column[readers.length];
        context.metrics().add(Counter.ROWS_PRUNED, split.rows().rowCount() - ranges.rowCount());
    }

    @Override
    public ReadResult read() {
        while (range < ranges.size()) {
            context.checkCancelled();
            if (row < ranges.from(range)) {
                skip(ranges.from(range) - row);
            }
            int count = (int) Math.min(windowRows, ranges.to(range) - row);
            Batch batch = windowOf(count);
            row += count;
            if (row == ranges.to(range)) {
                range++;
            }
            if (batch != null) {
                return new ReadResult.Ready(batch);
            }
        }
        FileCache.verify(id, file);
        return ReadResult.Finished.INSTANCE;
    }

    private void skip(long rows) {
        for (ColumnReader reader : readers) {
            reader.skip(rows);
        }
        row += rows;
    }

    private @Nullable Batch windowOf(int rows) {
        try {
            return window(rows);
        } catch (InternalError e) {
            // How the JVM reports a mapped page that can no longer be read.
            throw FileCache.changed(id, e);
        } catch (NeuralakeException e) {
            if (e.code() == ErrorCode.CORRUPT_FILE) {
                FileCache.verify(id, file); // it may be two versions mixed
            }
            throw e;
        }
    }

    /// Reads the next `rows` rows; null when none of them passes the filters.
    private @Nullable Batch window(int rows) {
        context.metrics().add(Counter.ROWS_READ, rows);
        @Nullable Column[] columns = new @Nullable Column[readers.length];
        DataBuffer passed = null;
        int selected = rows;
        try {
            if (deletedRows != null) {
                passed = context.allocator().allocate(Bitmap.bytes(rows));
                Bitmap.fill(passed.segment(), rows);
                selected -= deletedRows.clear(firstRow + row, rows, passed.segment());
                if (selected == rows) {
                    passed.release();
                    passed = null;
                } else if (selected == 0) {
                    skipUnread(columns, rows);
                    return null;
                }
            }
            for (RowFilter filter : context.rowFilters()) {
                DataBuffer next = context.allocator().allocate(Bitmap.bytes(rows));
                try (Batch input = input(filter, rows, columns, passed, selected)) {
                    selected = filter.apply(input, next.segment());
                } catch (RuntimeException | Error e) {
                    next.release();
                    throw e;
                }
                if (passed != null) {
                    passed.release();
                }
                passed = next;
                if (selected == 0) {
                    skipUnread(columns, rows);
                    return null;
                }
            }
            return finish(rows, columns, passed, selected);
        } finally {
            for (Column column : columns) {
                if (column != null) {
                    column.release();
                }
            }
            if (passed != null) {
                passed.release();
            }
        }
    }

    private Batch input(
            RowFilter filter,
            int rows,
            @Nullable Column[] columns,
            @Nullable DataBuffer passed,
            int selected) {
        int[] positions = filter.columns();
        Column[] input = new Column[positions.length];
        for (int position : positions) {
            column(columns, position, rows);
        }
        for (int i = 0; i < positions.length; i++) {
            input[i] = column(columns, positions[i], rows).retain();
        }
        return passed == null
                ? Batch.of(rows, input)
                : Batch.selected(rows, input, passed.retain(), selected);
    }

    private Column column(@Nullable Column[] columns, int position, int rows) {
        Column column = columns[position];
        if (column == null) {
            column = readers[position].read(rows);
            columns[position] = column;
        }
        return column;
    }

    private void skipUnread(@Nullable Column[] columns, int rows) {
        for (int i = 0; i < columns.length; i++) {
            if (columns[i] == null) {
                readers[i].skip(rows);
            }
        }
    }

    /// Reads what is missing and hands over references of its own.
    private Batch finish(
            int rows, @Nullable Column[] columns, @Nullable DataBuffer passed, int selected) {
        boolean compactable = true;
        for (int i = 0; i < columns.length; i++) {
            if (context.isRead(i)) {
                compactable &= Compaction.applies(column(columns, i, rows));
            } else {
                leaveOut(columns, i, rows);
            }
        }
        if (passed != null && compactable && (long) selected * SPARSE < rows) {
            return compact(rows, columns, passed, selected);
        }
        Column[] result = new Column[columns.length];
        for (int i = 0; i < columns.length; i++) {
            result[i] = column(columns, i, rows).retain();
        }
        return passed == null || selected == rows
                ? Batch.of(rows, result)
                : Batch.selected(rows, result, passed.retain(), selected);
    }

    /// Replaces a column, which was for the filters, by nulls.
    private void leaveOut(@Nullable Column[] columns, int position, int rows) {
        Column nothing = unread[position];
        if (nothing == null) {
            Type type = request.columns().get(position).type();
            nothing = ColumnBuilder.of(context.allocator(), type, Collections.singletonList(null));
            unread[position] = nothing;
        }
        Column read = columns[position];
        if (read == null) {
            readers[position].skip(rows);
        } else {
            read.release();
        }
        columns[position] = new ConstantColumn(rows, nothing.retain());
    }

    private Batch compact(int rows, @Nullable Column[] columns, DataBuffer passed, int selected) {
        @Nullable Column[] result = new @Nullable Column[columns.length];
        DataBuffer indexes = context.allocator().allocate(4L * rows);
        try {
            Bitmap.toIndexes(passed.segment(), rows, indexes.segment());
            for (int i = 0; i < columns.length; i++) {
                result[i] =
                        Compaction.apply(
                                column(columns, i, rows),
                                indexes.segment(),
                                selected,
                                context.allocator());
            }
            Column[] owned = new Column[columns.length];
            for (int i = 0; i < owned.length; i++) {
                owned[i] = Objects.requireNonNull(result[i]).retain();
            }
            return Batch.of(selected, owned);
        } finally {
            indexes.release();
            for (Column column : result) {
                if (column != null) {
                    column.release();
                }
            }
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            for (ColumnReader reader : readers) {
                reader.close();
            }
            for (Column nothing : unread) {
                if (nothing != null) {
                    nothing.release();
                }
            }
            file.close();
        }
    }
}
