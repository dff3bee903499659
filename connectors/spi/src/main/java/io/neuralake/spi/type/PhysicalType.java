package io.neuralake.spi.type;

/// Names the in-memory layout of a column's values. All integers are little-endian.
public enum PhysicalType {
    /// One bit a row, least significant bit first, as Arrow's Bool.
    BIT(0),
    INT8(1),
    INT16(2),
    INT32(4),
    INT64(8),
    /// Two's complement, low 64 bits first, as Arrow's Decimal128.
    INT128(16),
    FLOAT32(4),
    FLOAT64(8),
    /// 16 bytes: int32 length, then either 12 inline bytes (zero padded) or int32 prefix (the first
    /// four bytes) and int64 absolute address. See `io.neuralake.spi.batch.StringView`.
    VIEW(16),
    /// int32 offsets (one more than rows) and a child column.
    LIST(4),
    /// Child columns of the same row count.
    STRUCT(0);

    private final int width;

    PhysicalType(int width) {
        this.width = width;
    }

    /// Returns the bytes of one value in the column's values buffer; 0 for BIT and STRUCT.
    public int width() {
        return width;
    }
}
