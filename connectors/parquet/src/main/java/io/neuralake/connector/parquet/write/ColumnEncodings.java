package io.neuralake.connector.parquet.write;

import static org.apache.parquet.column.Encoding.PLAIN;
import static org.apache.parquet.column.Encoding.RLE_DICTIONARY;

import org.apache.parquet.bytes.ByteBufferAllocator;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.column.values.RequiresFallback;
import org.apache.parquet.column.values.ValuesWriter;
import org.apache.parquet.column.values.delta.DeltaBinaryPackingValuesWriterForInteger;
import org.apache.parquet.column.values.delta.DeltaBinaryPackingValuesWriterForLong;
import org.apache.parquet.column.values.deltalengthbytearray.DeltaLengthByteArrayValuesWriter;
import org.apache.parquet.column.values.dictionary.DictionaryValuesWriter.PlainBinaryDictionaryValuesWriter;
import org.apache.parquet.column.values.dictionary.DictionaryValuesWriter.PlainIntegerDictionaryValuesWriter;
import org.apache.parquet.column.values.dictionary.DictionaryValuesWriter.PlainLongDictionaryValuesWriter;
import org.apache.parquet.column.values.factory.DefaultValuesWriterFactory;
import org.apache.parquet.column.values.factory.ValuesWriterFactory;
import org.apache.parquet.column.values.fallback.FallbackValuesWriter;
import org.jspecify.annotations.Nullable;

/// Chooses encodings that are quick to read. Integers that a dictionary does not help are
/// DELTA_BINARY_PACKED, which leaves the compressor little to do: zstd finds four equal bytes in
/// almost every plain integer of eight, and needs as long to put each of them back as decoding a
/// dozen packed ones takes. Texts are DELTA_LENGTH_BYTE_ARRAY then, so that all bytes lie together.
/// The other types are as in Parquet's first version, and so are dictionaries and pages.
final class ColumnEncodings implements ValuesWriterFactory {
    /// Differences of one bit width; four times parquet-java's number, so that a reader's loops are
    /// worth starting.
    static final int MINI_BLOCK_VALUES = 128;

    private static final int MINI_BLOCKS = 4;
    private static final int BLOCK_VALUES = MINI_BLOCKS * MINI_BLOCK_VALUES;

    private final ValuesWriterFactory others = new DefaultValuesWriterFactory();
    private @Nullable ParquetProperties properties;

    @Override
    public void initialize(ParquetProperties parquetProperties) {
        properties = parquetProperties;
        others.initialize(parquetProperties);
    }

    @Override
    public ValuesWriter newValuesWriter(ColumnDescriptor column) {
        ParquetProperties settings = properties;
        if (settings == null) {
            throw new IllegalStateException("Factory was not initialized");
        }
        ByteBufferAllocator allocator = settings.getAllocator();
        int slab = settings.getInitialSlabSize();
        int page = settings.getPageSizeThreshold();
        return switch (column.getPrimitiveType().getPrimitiveTypeName()) {
            case INT32 ->
                    or(
                            new Integers(settings.getDictionaryPageSizeThreshold(), allocator),
                            new DeltaBinaryPackingValuesWriterForInteger(
                                    BLOCK_VALUES, MINI_BLOCKS, slab, page, allocator));
            case INT64 ->
                    or(
                            new Longs(settings.getDictionaryPageSizeThreshold(), allocator),
                            new DeltaBinaryPackingValuesWriterForLong(
                                    BLOCK_VALUES, MINI_BLOCKS, slab, page, allocator));
            case BINARY ->
                    or(
                            new PlainBinaryDictionaryValuesWriter(
                                    settings.getDictionaryPageSizeThreshold(),
                                    RLE_DICTIONARY,
                                    PLAIN,
                                    allocator),
                            new DeltaLengthByteArrayValuesWriter(slab, page, allocator));
            default -> others.newValuesWriter(column);
        };
    }

    private static <D extends ValuesWriter & RequiresFallback> ValuesWriter or(
            D dictionary, ValuesWriter other) {
        return FallbackValuesWriter.of(dictionary, other);
    }

    /// Tells whether packed differences are clearly smaller than codes, the dictionary aside: dates
    /// and small numbers keep theirs, with which filters are quick; keys in order do not.
    private static boolean isWorth(DeltaSize deltas, long rawBytes, long codeBytes, long allBytes) {
        return allBytes < rawBytes && deltas.bytes() * 4 > codeBytes * 3;
    }

    private static final class Integers extends PlainIntegerDictionaryValuesWriter {
        private final DeltaSize deltas = new DeltaSize();

        Integers(int maxBytes, ByteBufferAllocator allocator) {
            super(maxBytes, RLE_DICTIONARY, PLAIN, allocator);
        }

        @Override
        public void writeInteger(int value) {
            deltas.add(value);
            super.writeInteger(value);
        }

        @Override
        public boolean isCompressionSatisfying(long rawSize, long encodedSize) {
            long all = encodedSize + dictionaryByteSize;
            return isWorth(deltas, rawSize, encodedSize, all);
        }
    }

    private static final class Longs extends PlainLongDictionaryValuesWriter {
        private final DeltaSize deltas = new DeltaSize();

        Longs(int maxBytes, ByteBufferAllocator allocator) {
            super(maxBytes, RLE_DICTIONARY, PLAIN, allocator);
        }

        @Override
        public void writeLong(long value) {
            deltas.add(value);
            super.writeLong(value);
        }

        @Override
        public boolean isCompressionSatisfying(long rawSize, long encodedSize) {
            long all = encodedSize + dictionaryByteSize;
            return isWorth(deltas, rawSize, encodedSize, all);
        }
    }
}
