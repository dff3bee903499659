package io.neuralake.spi.batch;

import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.atomic.AtomicInteger;

/// An immutable run of values of one type. Reference-counted: starts with one reference, the
/// creator's; the last [#release] releases the buffers it holds. A column always begins at row 0 of
/// its buffers and at bit 0 of its bitmaps.
///
/// Forms: [FlatColumn] (fixed width and BIT), [ViewColumn] (strings, binary), [ListColumn] (lists,
/// maps), [StructColumn], [DictionaryColumn] (codes into a flat or view column), [ConstantColumn].
public abstract sealed class Column
        permits FlatColumn, ViewColumn, ListColumn, StructColumn, DictionaryColumn, ConstantColumn {
    private final Type type;
    private final int rowCount;
    private final @Nullable DataBuffer validity;
    private final AtomicInteger references = new AtomicInteger(1);

    /// Takes ownership of `validity`.
    ///
    /// @param validity bitmap, bit set where the row is not null; null when no row is null
    Column(Type type, int rowCount, @Nullable DataBuffer validity) {
        this.type = type;
        this.rowCount = rowCount;
        this.validity = validity;
    }

    /// Returns the type of the values.
    public final Type type() {
        return type;
    }

    /// Returns the number of rows.
    public final int rowCount() {
        return rowCount;
    }

    /// Returns the bitmap of rows that are not null, or null when no row is null. A [ConstantColumn]
    /// has none of its own: ask its value.
    public final @Nullable DataBuffer validity() {
        return validity;
    }

    /// Tells whether the row is null. Slow path: not for loops over rows.
    public boolean isNull(int row) {
        return validity != null && !Bitmap.get(validity.segment(), row);
    }

    /// Returns the row's value in the Java form of [Type], or null. Slow path: tests, results of one
    /// row, messages.
    public abstract @Nullable Object value(int row);

    /// Adds a reference and returns this.
    public final Column retain() {
        if (references.getAndIncrement() <= 0) {
            references.getAndDecrement();
            throw new IllegalStateException("Column was already freed");
        }
        return this;
    }

    /// Drops a reference; the last one releases the buffers.
    public final void release() {
        int left = references.decrementAndGet();
        if (left == 0) {
            if (validity != null) {
                validity.release();
            }
            free();
        } else if (left < 0) {
            throw new IllegalStateException("Column was released too often");
        }
    }

    /// Releases what the form holds beside the validity.
    abstract void free();
}
