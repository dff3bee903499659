package io.neuralake.connector.parquet.schema;

/// Names how a stored value becomes a value of the column's type.
public enum Conversion {
    /// Stored as it is held.
    NONE,
    INT32_TO_INT8,
    INT32_TO_INT16,
    INT32_TO_INT64,
    UINT32_TO_INT64,
    INT32_TO_INT128,
    INT64_TO_INT128,
    UINT64_TO_INT128,
    INT32_MILLIS_TO_MICROS,
    MILLIS_TO_MICROS,
    NANOS_TO_MICROS,
    INT96_TO_MICROS,
    BINARY_TO_INT64,
    BINARY_TO_INT128,
    FIXED_TO_INT64,
    FIXED_TO_INT128,
    FIXED_TO_VIEW,
    FIXED_TO_UUID,
    FLOAT16_TO_FLOAT,
    FIXED_TO_INTERVAL
}
