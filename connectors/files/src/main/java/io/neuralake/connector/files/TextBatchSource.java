package io.neuralake.connector.files;

import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ColumnBuilder;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.connector.BatchSource;
import io.neuralake.spi.connector.ReadResult;
import io.neuralake.spi.connector.RowFilter;
import io.neuralake.spi.connector.ScanColumn;
import io.neuralake.spi.connector.ScanContext;
import io.neuralake.spi.connector.ScanMetrics;
import io.neuralake.spi.connector.ScanRequest;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.Schema;
import io.neuralake.spi.type.StructType;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// Turns the rows of a file into batches and applies the scan's filters.
final class TextBatchSource implements BatchSource {
    private final RowReader reader;
    private final Schema schema;
    private final ScanRequest request;
    private final ScanContext context;
    private long bytesCounted;

    TextBatchSource(RowReader reader, Schema schema, ScanRequest request, ScanContext context) {
        this.reader = reader;
        this.schema = schema;
        this.request = request;
        this.context = context;
    }

    @Override
    public ReadResult read() {
        context.checkCancelled();
        List<List<@Nullable Object>> rows = new ArrayList<>(context.batchRows());
        while (rows.size() < context.batchRows()) {
            List<@Nullable Object> row = reader.next();
            if (row.isEmpty()) {
                break;
            }
            rows.add(row);
        }
        context.metrics().add(ScanMetrics.Counter.BYTES_READ, reader.bytesRead() - bytesCounted);
        bytesCounted = reader.bytesRead();
        if (rows.isEmpty()) {
            return ReadResult.Finished.INSTANCE;
        }
        context.metrics().add(ScanMetrics.Counter.ROWS_READ, rows.size());
        return new ReadResult.Ready(filtered(batch(rows)));
    }

    private Batch batch(List<List<@Nullable Object>> rows) {
        List<Column> columns = new ArrayList<>();
        try {
            for (ScanColumn column : request.columns()) {
                List<@Nullable Object> values = new ArrayList<>(rows.size());
                for (List<@Nullable Object> row : rows) {
                    values.add(value(column, row));
                }
                columns.add(ColumnBuilder.of(context.allocator(), column.type(), values));
            }
        } catch (RuntimeException | Error e) {
            columns.forEach(Column::release);
            throw e;
        }
        return Batch.of(rows.size(), columns.toArray(Column[]::new));
    }

    private @Nullable Object value(ScanColumn column, List<@Nullable Object> row) {
        int ordinal = column.path().ordinal();
        Object value = row.get(ordinal);
        Type type = schema.field(ordinal).type();
        for (String member : column.path().members()) {
            if (!(type instanceof StructType struct) || !(value instanceof List<?> members)) {
                return null;
            }
            int index = indexOf(struct, member);
            value = members.get(index);
            type = struct.fields().get(index).type();
        }
        return project(value, type, column.type());
    }

    /// Keeps the members of structs that the scan asks for.
    private static @Nullable Object project(@Nullable Object value, Type from, Type to) {
        if (from.equals(to)
                || !(from instanceof StructType all)
                || !(to instanceof StructType wanted)
                || !(value instanceof List<?> members)) {
            return value;
        }
        List<@Nullable Object> kept = new ArrayList<>();
        for (Field field : wanted.fields()) {
            int index = indexOf(all, field.name());
            kept.add(project(members.get(index), all.fields().get(index).type(), field.type()));
        }
        return kept;
    }

    private static int indexOf(StructType struct, String member) {
        for (int i = 0; i < struct.fields().size(); i++) {
            if (struct.fields().get(i).name().equals(member)) {
                return i;
            }
        }
        throw new IllegalStateException("No such member: " + member);
    }

    private Batch filtered(Batch batch) {
        Batch current = batch;
        try {
            for (RowFilter filter : context.rowFilters()) {
                current = filtered(current, filter);
            }
            return current;
        } catch (RuntimeException | Error e) {
            current.close();
            throw e;
        }
    }

    private Batch filtered(Batch batch, RowFilter filter) {
        int[] positions = filter.columns();
        Column[] inputs = new Column[positions.length];
        for (int i = 0; i < inputs.length; i++) {
            inputs[i] = batch.column(positions[i]).retain();
        }
        DataBuffer selection = batch.selection();
        DataBuffer passed = context.allocator().allocateZeroed(Bitmap.bytes(batch.rowCount()));
        int count;
        try (Batch input =
                selection == null
                        ? Batch.of(batch.rowCount(), inputs)
                        : Batch.selected(
                                batch.rowCount(),
                                inputs,
                                selection.retain(),
                                batch.selectedCount())) {
            count = filter.apply(input, passed.segment());
        } catch (RuntimeException | Error e) {
            passed.release();
            throw e;
        }
        Column[] columns = new Column[batch.columnCount()];
        for (int i = 0; i < columns.length; i++) {
            columns[i] = batch.column(i).retain();
        }
        Batch result = Batch.selected(batch.rowCount(), columns, passed, count);
        batch.close();
        return result;
    }

    @Override
    public void close() {
        reader.close();
    }
}
