package io.neuralake.exec.function.aggregate;

import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ColumnBuilder;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.type.ListType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Estimates quantiles.
final class QuantileSketchAccumulator extends ObjectAccumulator<TDigest> {
    private static final long MICROS_PER_DAY = 86_400_000_000L;

    private final Type argument;

    QuantileSketchAccumulator(Type argument, MemoryAllocator allocator) {
        super(allocator);
        this.argument = argument;
    }

    @Override
    TDigest create() {
        return new TDigest();
    }

    @Override
    TDigest fromBytes(byte[] bytes) {
        return new TDigest(bytes);
    }

    @Override
    void add(Column[] arguments, RowSet rows, BatchScratch scratch) {
        MemorySegment values = Operands.doubles(arguments[0], rows, scratch);
        for (int i = 0; i < rows.count(); i++) {
            double value = NativeMemory.getDouble(values, (long) i << 3);
            if (Double.isNaN(value)) {
                continue;
            }
            TDigest digest = getOrCreate(rows.group(i));
            long before = digest.bytes();
            digest.add(value);
            long after = digest.bytes();
            if (after != before) {
                resized(before, after);
            }
        }
    }

    AggregateResult result(Type type, List<Double> quantiles, boolean list) {
        Type element = list ? ((ListType) type).element() : type;
        long unit = argument == ScalarType.DATE && element != ScalarType.DATE ? MICROS_PER_DAY : 1;
        return (from, count, allocator) -> {
            List<@Nullable Object> results = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                TDigest digest = get(from + i);
                if (digest == null) {
                    results.add(null);
                    continue;
                }
                List<Object> own = new ArrayList<>(quantiles.size());
                for (double quantile : quantiles) {
                    double value = digest.quantile(quantile);
                    own.add(
                            ArgumentFamily.isFloating(element)
                                    ? (Object) value
                                    : element instanceof io.neuralake.spi.type.DecimalType d
                                            ? java.math.BigDecimal.valueOf(value)
                                                    .setScale(
                                                            d.scale(),
                                                            java.math.RoundingMode.HALF_UP)
                                            : (Object) Math.round(value * unit));
                }
                results.add(list ? own : own.get(0));
            }
            return ColumnBuilder.of(allocator, type, results);
        };
    }
}
