package io.neuralake.connector.parquet.page;

import io.neuralake.spi.batch.DataBuffer;

import org.apache.parquet.format.Encoding;

/// A decompressed data page. Holds its memory until [#close]; who keeps views into the values retains
/// [#buffer].
///
/// @param values number of level pairs, nulls included
/// @param repetition encoded repetition levels, empty when the column has none
/// @param definition encoded definition levels, empty when the column has none
/// @param bitPackedRepetition true for the deprecated BIT_PACKED levels
/// @param bitPackedDefinition true for the deprecated BIT_PACKED levels
/// @param data encoded values
/// @param buffer memory of levels and `data`
public record DataPage(
        int values,
        Slice repetition,
        Slice definition,
        boolean bitPackedRepetition,
        boolean bitPackedDefinition,
        Encoding encoding,
        Slice data,
        DataBuffer buffer)
        implements AutoCloseable {
    @Override
    public void close() {
        buffer.release();
    }
}
