package io.neuralake.flight.stream;

import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ConstantColumn;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.DictionaryColumn;
import io.neuralake.spi.batch.FlatColumn;
import io.neuralake.spi.batch.ListColumn;
import io.neuralake.spi.batch.StringView;
import io.neuralake.spi.batch.StructColumn;
import io.neuralake.spi.batch.ViewColumn;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.ListType;
import io.neuralake.spi.type.MapType;
import io.neuralake.spi.type.PhysicalType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;
import io.neuralake.spi.type.StructType;
import io.neuralake.spi.type.Type;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/// Tells how many bytes rows take in a message, so that messages can be cut before they are built.
/// Columns of fixed width cost nothing per row. Used by one thread.
final class RowSizes {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;

    private final long fixedBytes;
    private final int[] variableColumns;
    private long[] sizes = new long[0];

    RowSizes(Schema schema) {
        long bytes = 0;
        int[] variable = new int[schema.size()];
        int count = 0;
        for (int c = 0; c < schema.size(); c++) {
            Type type = schema.field(c).type();
            if (isFixed(type)) {
                bytes += width(type);
            } else {
                variable[count++] = c;
            }
        }
        fixedBytes = bytes;
        variableColumns = Arrays.copyOf(variable, count);
    }

    private static boolean isFixed(Type type) {
        return switch (type) {
            case ScalarType s -> s.physical() != PhysicalType.VIEW;
            case DecimalType _ -> true;
            case ListType _, MapType _ -> false;
            case StructType s -> s.fields().stream().allMatch(f -> isFixed(f.type()));
        };
    }

    /// Width of a value with its bit of validity, rounded up.
    private static long width(Type type) {
        return switch (type) {
            case ScalarType s -> s.physical().width() + 1L;
            case DecimalType _ -> 17;
            case ListType _, MapType _ -> 5;
            case StructType s -> s.fields().stream().mapToLong(f -> width(f.type())).sum() + 1;
        };
    }

    /// Tells whether all rows take the same bytes.
    boolean isFixed() {
        return variableColumns.length == 0;
    }

    /// Returns the bytes of a row, without those of variable columns.
    long fixedBytes() {
        return fixedBytes;
    }

    /// Returns the bytes of each selected row; only the first [Batch#selectedCount] entries count.
    long[] of(Batch batch) {
        int rows = batch.rowCount();
        if (sizes.length < rows) {
            sizes = new long[rows];
        }
        Arrays.fill(sizes, 0, rows, fixedBytes);
        for (int c : variableColumns) {
            add(batch.column(c), rows);
        }
        DataBuffer selection = batch.selection();
        if (selection != null) {
            MemorySegment bits = selection.segment();
            int to = 0;
            for (int row = 0; row < rows; row++) {
                if (Bitmap.get(bits, row)) {
                    sizes[to++] = sizes[row];
                }
            }
        }
        return sizes;
    }

    private void add(Column column, int rows) {
        switch (column) {
            case ViewColumn view -> {
                MemorySegment views = view.views();
                for (int i = 0; i < rows; i++) {
                    sizes[i] += 5L + StringView.length(views, 16L * i);
                }
            }
            case DictionaryColumn dictionary
                    when dictionary.dictionary() instanceof ViewColumn view -> {
                MemorySegment views = view.views();
                MemorySegment codes = dictionary.codes();
                for (int i = 0; i < rows; i++) {
                    if (!dictionary.isNull(i)) {
                        sizes[i] += 5L + StringView.length(views, 16L * codes.get(INT, 4L * i));
                    }
                }
            }
            case ConstantColumn constant -> {
                long bytes = size(constant.single(), 0);
                for (int i = 0; i < rows; i++) {
                    sizes[i] += bytes;
                }
            }
            default -> {
                for (int i = 0; i < rows; i++) {
                    sizes[i] += size(column, i);
                }
            }
        }
    }

    private static long size(Column column, int row) {
        if (column.isNull(row)) {
            return width(column.type());
        }
        return switch (column) {
            case FlatColumn _ -> width(column.type());
            case ViewColumn view -> 5L + StringView.length(view.views(), 16L * row);
            case DictionaryColumn dictionary ->
                    size(dictionary.dictionary(), dictionary.codes().get(INT, 4L * row));
            case ConstantColumn constant -> size(constant.single(), 0);
            case StructColumn struct -> {
                long bytes = 1;
                for (Column child : struct.children()) {
                    bytes += size(child, row);
                }
                yield bytes;
            }
            case ListColumn list -> {
                int from = list.offsets().get(INT, 4L * row);
                int to = list.offsets().get(INT, 4L * row + 4);
                if (isFixed(list.child().type())) {
                    yield 5 + (to - from) * width(list.child().type());
                }
                long bytes = 5;
                for (int i = from; i < to; i++) {
                    bytes += size(list.child(), i);
                }
                yield bytes;
            }
        };
    }
}
