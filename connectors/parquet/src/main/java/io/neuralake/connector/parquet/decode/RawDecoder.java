package io.neuralake.connector.parquet.decode;

import io.neuralake.connector.parquet.page.Slice;

import java.lang.foreign.MemorySegment;

/// Decodes the values of one page, without nulls, in their stored form: fixed-width bytes one after
/// the other (booleans as bytes), BYTE_ARRAY as views. Throws CorruptFile when values are missing.
interface RawDecoder {
    /// Decodes `count` values to `target` from byte `offset` on. Views point into the page's buffer,
    /// or into memory of `heap`.
    void read(int count, MemorySegment target, long offset, Heap heap);

    /// Leaves out `count` values.
    void skip(int count);

    /// Returns the part of the page that has the bytes of all values, once nothing of it was read: what
    /// values consist of, whatever else lies between. For BYTE_ARRAY.
    ///
    /// @param page all of the page's data
    default Slice valueBytes(Slice page) {
        return page;
    }
}
