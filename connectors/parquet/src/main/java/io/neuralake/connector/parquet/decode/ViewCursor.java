package io.neuralake.connector.parquet.decode;

import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DictionaryColumn;
import io.neuralake.spi.batch.StringView;
import io.neuralake.spi.batch.ViewColumn;
import io.neuralake.spi.memory.MemoryReservation;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Copies values of a column of strings or binary into an array, where every access is checked. For one thread.
final class ViewCursor {
    private static final long NOWHERE = -1;

    private final MemoryReservation reservation;
    private @Nullable Column column;
    private MemorySegment views = MemorySegment.NULL;
    private @Nullable MemorySegment codes;
    private byte[] bytes = new byte[0];
    private int length;
    private long address = NOWHERE;

    /// @param reservation counts the memory, and stays the caller's
    ViewCursor(MemoryReservation reservation) {
        this.reservation = reservation;
    }

    /// Turns to another column, which is lent until the next one.
    void bind(Column next) {
        ViewColumn values;
        if (next instanceof DictionaryColumn dictionary) {
            codes = dictionary.codes();
            values = (ViewColumn) dictionary.dictionary();
        } else {
            codes = null;
            values = (ViewColumn) next;
        }
        column = next;
        views = values.views();
        address = NOWHERE;
    }

    boolean isNull(int row) {
        return column == null || column.isNull(row);
    }

    /// Copies the value of a row that is not null.
    ///
    /// @return false if it is the one that was copied last
    boolean load(int row) {
        int index = codes == null ? row : codes.get(ValueLayout.JAVA_INT_UNALIGNED, 4L * row);
        long view = (long) index * StringView.BYTES;
        long from = StringView.address(views, view);
        int count = StringView.length(views, view);
        if (from == address && count == length) {
            return false;
        }
        if (count > bytes.length) {
            int size = (int) Math.min(Integer.MAX_VALUE - 8, count + count / 2L);
            reservation.grow(size - bytes.length);
            bytes = new byte[size];
        }
        MemorySegment.copy(StringView.MEMORY, ValueLayout.JAVA_BYTE, from, bytes, 0, count);
        length = count;
        address = from;
        return true;
    }

    /// Returns memory whose first [#length] bytes are the value.
    byte[] bytes() {
        return bytes;
    }

    /// Returns the value's length.
    int length() {
        return length;
    }
}
