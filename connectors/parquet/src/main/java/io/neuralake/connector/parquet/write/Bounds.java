package io.neuralake.connector.parquet.write;

import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.Type;

import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.io.api.Binary;
import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;

/// Turns Parquet's bounds of a column into Java forms.
final class Bounds {
    private Bounds() {}

    static WrittenFile.Column of(
            List<String> path, Type type, long nulls, Statistics<?> statistics) {
        boolean bounded = statistics.hasNonNullValue() && !hasNaN(statistics);
        return new WrittenFile.Column(
                path,
                nulls,
                bounded ? value(type, statistics.genericGetMin()) : null,
                bounded ? value(type, statistics.genericGetMax()) : null);
    }

    private static boolean hasNaN(Statistics<?> statistics) {
        return statistics.isNanCountSet() && statistics.getNanCount() > 0
                || isNaN(statistics.genericGetMin())
                || isNaN(statistics.genericGetMax());
    }

    private static boolean isNaN(@Nullable Object value) {
        return value instanceof Double d && d.isNaN() || value instanceof Float f && f.isNaN();
    }

    private static @Nullable Object value(Type type, @Nullable Object stored) {
        if (type instanceof DecimalType decimal) {
            return stored instanceof Binary bytes
                    ? new BigDecimal(new BigInteger(bytes.getBytes()), decimal.scale())
                    : stored instanceof Number number
                            ? BigDecimal.valueOf(number.longValue(), decimal.scale())
                            : null;
        }
        return switch (stored) {
            case Integer number -> number.longValue();
            case Float number -> number.doubleValue();
            case Binary bytes -> bytes.getBytes();
            case null, default -> stored;
        };
    }
}
