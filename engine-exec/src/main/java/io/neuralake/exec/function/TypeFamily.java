package io.neuralake.exec.function;

import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.ListType;
import io.neuralake.spi.type.MapType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.StructType;
import io.neuralake.spi.type.Type;

/// Names a set of types that a parameter of a function accepts. The type of a bare NULL belongs to
/// every family.
public enum TypeFamily {
    ANY,
    BOOLEAN,
    /// TINYINT to BIGINT.
    INTEGER,
    /// DECIMAL of any precision.
    DECIMAL,
    /// Integers and decimals.
    EXACT,
    /// REAL and DOUBLE.
    FLOATING,
    /// Integers, decimals, REAL and DOUBLE.
    NUMERIC,
    TEXT,
    BINARY,
    /// Text or binary.
    BYTES,
    DATE,
    TIME,
    /// TIMESTAMP and TIMESTAMP WITH TIME ZONE.
    TIMESTAMP,
    /// Dates and timestamps.
    DATETIME,
    /// Dates, times, timestamps.
    TEMPORAL,
    /// Dates, times, timestamps, intervals.
    TEMPORAL_OR_INTERVAL,
    INTERVAL,
    LIST,
    MAP,
    STRUCT;

    /// Tells whether a type belongs to the family.
    public boolean contains(Type type) {
        if (this == ANY || type == ScalarType.NULL) {
            return true;
        }
        return switch (type) {
            case DecimalType _ -> this == DECIMAL || this == EXACT || this == NUMERIC;
            case ListType _ -> this == LIST;
            case MapType _ -> this == MAP;
            case StructType _ -> this == STRUCT;
            case ScalarType scalar -> containsScalar(scalar);
        };
    }

    private boolean containsScalar(ScalarType type) {
        return switch (type) {
            case NULL -> true;
            case BOOLEAN -> this == BOOLEAN;
            case TINYINT, SMALLINT, INTEGER, BIGINT ->
                    this == INTEGER || this == EXACT || this == NUMERIC;
            case REAL, DOUBLE -> this == FLOATING || this == NUMERIC;
            case VARCHAR -> this == TEXT || this == BYTES;
            case VARBINARY -> this == BINARY || this == BYTES;
            case DATE ->
                    this == DATE
                            || this == DATETIME
                            || this == TEMPORAL
                            || this == TEMPORAL_OR_INTERVAL;
            case TIME -> this == TIME || this == TEMPORAL || this == TEMPORAL_OR_INTERVAL;
            case TIMESTAMP, TIMESTAMP_TZ ->
                    this == TIMESTAMP
                            || this == DATETIME
                            || this == TEMPORAL
                            || this == TEMPORAL_OR_INTERVAL;
            case INTERVAL_YEAR_MONTH, INTERVAL_DAY_TIME ->
                    this == INTERVAL || this == TEMPORAL_OR_INTERVAL;
        };
    }
}
