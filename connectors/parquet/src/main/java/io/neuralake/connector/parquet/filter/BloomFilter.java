package io.neuralake.connector.parquet.filter;

import io.neuralake.connector.parquet.file.CorruptFile;
import io.neuralake.connector.parquet.file.DataFile;
import io.neuralake.connector.parquet.file.ThriftReader;
import io.neuralake.connector.parquet.schema.LeafColumn;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.expression.ScanPredicate;
import io.neuralake.spi.statistics.XxHash64;
import io.neuralake.spi.type.DecimalType;

import org.apache.parquet.format.BloomFilterHeader;
import org.apache.parquet.format.ColumnMetaData;
import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// A split-block bloom filter of a column chunk (parquet-format's BloomFilter.md). Holds memory until
/// [#close].
public final class BloomFilter implements AutoCloseable {
    private static final int BLOCK_BYTES = 32;
    private static final int MAX_HEADER = 256;
    private static final int[] SALT = {
        0x47b6137b,
        0x44974d91,
        0x8824ad5b,
        0xa2b7289d,
        0x705495c7,
        0x2df1424b,
        0x9efc4947,
        0x5c6bfb31
    };

    private final LeafColumn leaf;
    private final DataBuffer buffer;

    private BloomFilter(LeafColumn leaf, DataBuffer buffer) {
        this.leaf = leaf;
        this.buffer = buffer;
    }

    /// Opens the filter of a chunk; null when it has none of a kind that is known.
    public static @Nullable BloomFilter open(DataFile file, LeafColumn leaf, ColumnMetaData meta) {
        if (!meta.isSetBloom_filter_offset()) {
            return null;
        }
        long offset = meta.getBloom_filter_offset();
        CorruptFile.check(
                offset >= 0 && offset < file.size(), "a bloom filter lies outside of the file");
        DataBuffer head = file.read(offset, Math.min(MAX_HEADER, file.size() - offset));
        try {
            ThriftReader reader = new ThriftReader(head.segment());
            BloomFilterHeader header = reader.bloomFilterHeader();
            if (!CorruptFile.required(header.getAlgorithm(), "the algorithm").isSetBLOCK()
                    || !CorruptFile.required(header.getHash(), "the hash").isSetXXHASH()
                    || !CorruptFile.required(header.getCompression(), "the compression")
                            .isSetUNCOMPRESSED()) {
                return null;
            }
            int bytes = header.getNumBytes();
            CorruptFile.check(
                    bytes > 0 && bytes % BLOCK_BYTES == 0, "a bloom filter's size is wrong");
            return new BloomFilter(leaf, file.read(offset + reader.position(), bytes));
        } finally {
            head.release();
        }
    }

    /// Tells whether the chunk may fulfil a predicate on its column.
    public boolean mayMatch(ScanPredicate predicate) {
        return switch (predicate) {
            case ScanPredicate.Comparison c ->
                    c.operator() != ScanPredicate.Operator.EQUAL || anyMayBeIn(List.of(c.value()));
            case ScanPredicate.In in -> anyMayBeIn(in.values());
            case ScanPredicate.NullTest _,
                    ScanPredicate.Prefix _,
                    ScanPredicate.And _,
                    ScanPredicate.Or _ ->
                    true;
        };
    }

    private boolean anyMayBeIn(List<Object> values) {
        for (Object value : values) {
            byte[] stored = stored(value);
            if (stored == null || mayContain(XxHash64.hash(stored))) {
                return true;
            }
        }
        return false;
    }

    private boolean mayContain(long hash) {
        MemorySegment blocks = buffer.segment();
        long block = (hash >>> 32) * (blocks.byteSize() / BLOCK_BYTES) >>> 32;
        int key = (int) hash;
        for (int i = 0; i < 8; i++) {
            int word = blocks.get(ValueLayout.JAVA_INT_UNALIGNED, block * BLOCK_BYTES + 4L * i);
            if ((word >>> (key * SALT[i] >>> 27) & 1) == 0) {
                return false;
            }
        }
        return true;
    }

    /// Returns the PLAIN form of a value; null when equal values may have several forms.
    private byte @Nullable [] stored(Object value) {
        return switch (leaf.conversion()) {
            case NONE ->
                    switch (value) {
                        case String text -> text.getBytes(StandardCharsets.UTF_8);
                        case byte[] bytes -> bytes;
                        case Long l -> integer(l);
                        case Double d -> floating(d);
                        case BigDecimal d when d.scale() == scale() -> integer(d.unscaledValue());
                        default -> null;
                    };
            case INT32_TO_INT8, INT32_TO_INT16, UINT32_TO_INT64 ->
                    value instanceof Long l ? integer(l) : null;
            case INT32_TO_INT64, INT32_TO_INT128, INT64_TO_INT128, UINT64_TO_INT128 ->
                    value instanceof BigDecimal d && d.scale() == scale()
                            ? integer(d.unscaledValue())
                            : null;
            case INT32_MILLIS_TO_MICROS, MILLIS_TO_MICROS ->
                    value instanceof Long l && l % 1000 == 0 ? integer(l / 1000) : null;
            case FIXED_TO_VIEW ->
                    value instanceof String text
                            ? text.getBytes(StandardCharsets.UTF_8)
                            : value instanceof byte[] bytes ? bytes : null;
            case NANOS_TO_MICROS,
                    INT96_TO_MICROS,
                    BINARY_TO_INT64,
                    BINARY_TO_INT128,
                    FIXED_TO_INT64,
                    FIXED_TO_INT128,
                    FIXED_TO_UUID,
                    FLOAT16_TO_FLOAT,
                    FIXED_TO_INTERVAL ->
                    null;
        };
    }

    private int scale() {
        return leaf.type() instanceof DecimalType d ? d.scale() : 0;
    }

    private byte @Nullable [] integer(BigInteger value) {
        return value.bitLength() > 64 ? null : integer(value.longValue());
    }

    private byte @Nullable [] integer(long value) {
        ByteBuffer bytes = ByteBuffer.allocate(leaf.rawWidth()).order(ByteOrder.LITTLE_ENDIAN);
        return switch (leaf.physical()) {
            case INT32 -> bytes.putInt((int) value).array();
            case INT64 -> bytes.putLong(value).array();
            case BOOLEAN, INT96, FLOAT, DOUBLE, BYTE_ARRAY, FIXED_LEN_BYTE_ARRAY -> null;
        };
    }

    private byte @Nullable [] floating(double value) {
        if (value == 0 || Double.isNaN(value)) {
            return null; // two zeros, many NaN
        }
        ByteBuffer bytes = ByteBuffer.allocate(leaf.rawWidth()).order(ByteOrder.LITTLE_ENDIAN);
        return switch (leaf.physical()) {
            case FLOAT -> (float) value == value ? bytes.putFloat((float) value).array() : null;
            case DOUBLE -> bytes.putDouble(value).array();
            case BOOLEAN, INT32, INT64, INT96, BYTE_ARRAY, FIXED_LEN_BYTE_ARRAY -> null;
        };
    }

    @Override
    public void close() {
        buffer.release();
    }
}
