package io.neuralake.spi.batch;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// int32 codes into a dictionary that columns may share. Codes are in range also under null rows.
/// The dictionary is a [FlatColumn], [ViewColumn], [ListColumn] or [StructColumn] of at least one
/// row. Columns of one scan that share a dictionary share the same object, so that a predicate can
/// be evaluated once per dictionary. Dictionary rows may be repeated, in any order, and not all are
/// used. When [#dictionaryHasNulls] is false, nulls are in the validity only.
public final class DictionaryColumn extends Column {
    private final DataBuffer codes;
    private final Column dictionary;

    /// Takes ownership of the buffers and of one reference of `dictionary`.
    public DictionaryColumn(
            int rowCount, DataBuffer codes, Column dictionary, @Nullable DataBuffer validity) {
        super(dictionary.type(), rowCount, validity);
        if (dictionary instanceof DictionaryColumn || dictionary instanceof ConstantColumn) {
            throw new IllegalArgumentException("A dictionary must be a flat form");
        }
        if (dictionary.rowCount() == 0) {
            throw new IllegalArgumentException("A dictionary must have a row");
        }
        this.codes = codes;
        this.dictionary = dictionary;
    }

    /// Returns the codes' memory, one int32 a row.
    public MemorySegment codes() {
        return codes.segment();
    }

    /// Returns the codes' buffer, which stays the column's.
    public DataBuffer codesBuffer() {
        return codes;
    }

    /// Returns the values, which stay the column's.
    public Column dictionary() {
        return dictionary;
    }

    /// Tells whether a code may denote null.
    public boolean dictionaryHasNulls() {
        return dictionary.validity() != null;
    }

    @Override
    public boolean isNull(int row) {
        return super.isNull(row) || dictionary.isNull(code(row));
    }

    @Override
    public @Nullable Object value(int row) {
        return super.isNull(row) ? null : dictionary.value(code(row));
    }

    private int code(int row) {
        return codes.segment().get(ValueLayout.JAVA_INT_UNALIGNED, 4L * row);
    }

    @Override
    void free() {
        codes.release();
        dictionary.release();
    }
}
