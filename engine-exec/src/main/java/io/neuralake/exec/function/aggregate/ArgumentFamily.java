package io.neuralake.exec.function.aggregate;

import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

/// Names the types that an argument of an aggregate or window function accepts. NULL is accepted by
/// every family; the planner casts it.
public enum ArgumentFamily {
    /// Every type.
    ANY,
    /// Integers, decimals, REAL and DOUBLE.
    NUMERIC,
    /// Integers, decimals, REAL, DOUBLE and intervals.
    SUMMABLE,
    /// TINYINT to BIGINT.
    INTEGER,
    BOOLEAN,
    /// VARCHAR.
    STRING,
    /// Numbers, dates, times, timestamps: what lies on a line.
    CONTINUOUS,
    /// A number, or a list of numbers.
    QUANTILES;

    /// Tells whether a value of the type may be passed without a cast.
    public boolean accepts(Type type) {
        if (type == ScalarType.NULL) {
            return true;
        }
        return switch (this) {
            case ANY -> true;
            case NUMERIC -> isNumeric(type);
            case SUMMABLE -> isNumeric(type) || isInterval(type);
            case INTEGER -> isInteger(type);
            case BOOLEAN -> type == ScalarType.BOOLEAN;
            case STRING -> type == ScalarType.VARCHAR;
            case CONTINUOUS -> isNumeric(type) || isInterval(type) || isTemporal(type);
            case QUANTILES ->
                    isNumeric(type)
                            || type instanceof io.neuralake.spi.type.ListType list
                                    && isNumeric(list.element());
        };
    }

    static boolean isInteger(Type type) {
        return type == ScalarType.TINYINT
                || type == ScalarType.SMALLINT
                || type == ScalarType.INTEGER
                || type == ScalarType.BIGINT;
    }

    static boolean isFloating(Type type) {
        return type == ScalarType.REAL || type == ScalarType.DOUBLE;
    }

    static boolean isInterval(Type type) {
        return type == ScalarType.INTERVAL_DAY_TIME || type == ScalarType.INTERVAL_YEAR_MONTH;
    }

    private static boolean isNumeric(Type type) {
        return isInteger(type) || isFloating(type) || type instanceof DecimalType;
    }

    private static boolean isTemporal(Type type) {
        return type == ScalarType.DATE
                || type == ScalarType.TIME
                || type == ScalarType.TIMESTAMP
                || type == ScalarType.TIMESTAMP_TZ;
    }
}
