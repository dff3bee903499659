package io.neuralake.connector.delta.write;

import io.neuralake.connector.delta.log.AddFile;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.FlatColumn;
import io.neuralake.spi.change.RowAddress;
import io.neuralake.spi.type.ScalarType;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Objects;

/// Where the rows of a batch lie, as columns of [RowAddress]. Holds as long as the batch does.
///
/// @param batch has the columns
/// @param first the position of the first of them
/// @param numbered the files, by number
public record RowAddresses(Batch batch, int first, List<AddFile> numbered) {
    /// Returns the number of the file of a row; -1 for a row that has none.
    public int number(int row) {
        Column files = batch.column(first);
        return files.isNull(row) ? -1 : (int) value(files, row);
    }

    /// Returns the file of a row that has one.
    public AddFile file(int row) {
        return numbered.get(number(row));
    }

    /// Returns the position of a row in its file.
    public long position(int row) {
        return value(batch.column(first + 1), row);
    }

    /// Returns the identifiers of the rows as a column, which is the caller's: their own, or else what follows from
    /// their positions; null where neither is known, as for rows that the running transaction has added.
    Column ids() {
        return column(
                2,
                row -> {
                    Long base = file(row).details().baseRowId();
                    return base == null ? null : base + position(row);
                });
    }

    /// Returns the versions in which the rows were last changed as a column, which is the caller's.
    Column versions() {
        return column(3, row -> file(row).details().rowCommitVersion());
    }

    /// Finds a value that a row does not have itself.
    private interface Otherwise {
        @Nullable Long of(int row);
    }

    private Column column(int index, Otherwise otherwise) {
        int count = batch.rowCount();
        Column own = first + index < batch.columnCount() ? batch.column(first + index) : null;
        MemorySegment values = Arena.ofAuto().allocate(Math.max(1, count) * 8L, 8);
        MemorySegment validity = Arena.ofAuto().allocate(Bitmap.bytes(count), 8);
        DataBuffer selection = batch.selection();
        for (int i = 0; i < count; i++) {
            if (selection != null && !Bitmap.get(selection.segment(), i)) {
                continue;
            }
            Long value;
            if (own != null && !own.isNull(i)) {
                value = value(own, i);
            } else {
                value = number(i) < 0 ? null : otherwise.of(i);
            }
            if (value != null) {
                values.setAtIndex(ValueLayout.JAVA_LONG, i, value);
                Bitmap.set(validity, i, true);
            }
        }
        return new FlatColumn(
                ScalarType.BIGINT,
                count,
                DataBuffer.ofSegment(values, () -> {}),
                DataBuffer.ofSegment(validity, () -> {}));
    }

    /// Returns a whole number that is not null.
    static long value(Column column, int row) {
        if (column instanceof FlatColumn flat) {
            return switch (flat.type().physical().width()) {
                case Integer.BYTES -> flat.values().get(ValueLayout.JAVA_INT_UNALIGNED, 4L * row);
                case Long.BYTES -> flat.values().get(ValueLayout.JAVA_LONG_UNALIGNED, 8L * row);
                default -> throw new IllegalArgumentException("Not a column of row addresses");
            };
        }
        return (Long) Objects.requireNonNull(column.value(row), "row without position");
    }
}
