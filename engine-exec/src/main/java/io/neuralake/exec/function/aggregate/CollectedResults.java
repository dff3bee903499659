package io.neuralake.exec.function.aggregate;

import io.neuralake.exec.row.ColumnGather;
import io.neuralake.exec.row.Ownership;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ColumnBuilder;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.FlatColumn;
import io.neuralake.spi.batch.ListColumn;
import io.neuralake.spi.batch.StringView;
import io.neuralake.spi.batch.StructColumn;
import io.neuralake.spi.batch.ViewColumn;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.type.ListType;
import io.neuralake.spi.type.MapType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// Makes results from all values of a group.
final class CollectedResults {
    private static final long MICROS_PER_DAY = 86_400_000_000L;

    private CollectedResults() {}

    /// Returns each group's values as a list; null for a group without rows.
    static AggregateResult arrays(Type type, CollectAccumulator values) {
        return (from, count, allocator) -> {
            int first = values.start(from);
            int end = values.start(from + count);
            try (Ownership owned = new Ownership()) {
                DataBuffer offsets = owned.hold(allocator.allocate(4L * (count + 1)));
                for (int i = 0; i <= count; i++) {
                    int at = values.start(from + i) - first;
                    NativeMemory.setInt(offsets.segment(), (long) i << 2, at);
                }
                DataBuffer validity = notEmpty(values, from, count, allocator);
                if (validity != null) {
                    owned.hold(validity);
                }
                Column child =
                        ColumnGather.gather(
                                values.column(0),
                                values.entries(first, end),
                                end - first,
                                allocator);
                owned.transfer();
                return new ListColumn(type, count, offsets, child, validity);
            }
        };
    }

    private static @Nullable DataBuffer notEmpty(
            CollectAccumulator values, int from, int count, MemoryAllocator allocator) {
        DataBuffer validity = null;
        for (int i = 0; i < count; i++) {
            if (values.start(from + i) == values.start(from + i + 1)) {
                if (validity == null) {
                    validity = allocator.allocate(Bitmap.bytes(count));
                    Bitmap.fill(validity.segment(), count);
                }
                Bitmap.set(validity.segment(), i, false);
            }
        }
        return validity;
    }

    /// Joins each group's strings; null for a group without any.
    static AggregateResult strings(Type type, String separator, CollectAccumulator values) {
        byte[] between = separator.getBytes(StandardCharsets.UTF_8);
        return (from, count, allocator) -> {
            try (Ownership owned = new Ownership()) {
                Column strings = values.column(0);
                Column flat =
                        owned.hold(io.neuralake.exec.row.ColumnFlatten.flatten(strings, allocator));
                MemorySegment views = ((ViewColumn) flat).views();
                int first = values.start(from);
                int end = values.start(from + count);
                long bytes = (long) between.length * (end - first);
                for (int p = first; p < end; p++) {
                    bytes += StringView.length(views, (long) values.entry(p) << 4);
                }
                DataBuffer heap = owned.hold(allocator.allocate(bytes));
                DataBuffer out = owned.hold(allocator.allocateZeroed((long) count << 4));
                long at = heap.address();
                for (int i = 0; i < count; i++) {
                    long begin = at;
                    int start = values.start(from + i);
                    int stop = values.start(from + i + 1);
                    for (int p = start; p < stop; p++) {
                        long view = (long) values.entry(p) << 4;
                        int length = StringView.length(views, view);
                        if (p > start) {
                            MemorySegment.copy(
                                    between,
                                    0,
                                    StringView.MEMORY,
                                    ValueLayout.JAVA_BYTE,
                                    at,
                                    between.length);
                            at += between.length;
                        }
                        MemorySegment.copy(
                                StringView.MEMORY,
                                StringView.address(views, view),
                                StringView.MEMORY,
                                at,
                                length);
                        at += length;
                    }
                    if (stop > start) {
                        StringView.write(
                                out.segment(), (long) i << 4, begin, Math.toIntExact(at - begin));
                    }
                }
                DataBuffer validity = notEmpty(values, from, count, allocator);
                owned.transfer();
                flat.release();
                return new ViewColumn(type, count, out, heap, validity);
            }
        };
    }

    /// Returns the value at a place of each group, chosen from its first and end positions.
    static AggregateResult picked(
            CollectAccumulator values, java.util.function.IntUnaryOperator place) {
        return (from, count, allocator) ->
                pick(
                        values,
                        from,
                        count,
                        (start, end) -> start + place.applyAsInt(end - start),
                        allocator);
    }

    private interface Place {
        int position(int start, int end);
    }

    private static Column pick(
            CollectAccumulator values,
            int from,
            int count,
            Place place,
            MemoryAllocator allocator) {
        DataBuffer indexes = allocator.allocate(4L * count);
        try {
            for (int i = 0; i < count; i++) {
                int start = values.start(from + i);
                int end = values.start(from + i + 1);
                int entry = start == end ? -1 : values.entry(place.position(start, end));
                NativeMemory.setInt(indexes.segment(), (long) i << 2, entry);
            }
            return ColumnGather.gatherNullable(
                    values.column(0), indexes.segment(), count, allocator);
        } finally {
            indexes.release();
        }
    }

    /// Returns the index of a discrete quantile: that of the first value whose cumulative share is
    /// at least `quantile`.
    static int discreteIndex(double quantile, int count) {
        return Math.clamp((long) Math.ceil(quantile * count) - 1, 0, count - 1);
    }

    /// Returns the most frequent value, the least of them if there are several; values are sorted.
    static AggregateResult modes(CollectAccumulator values) {
        return (from, count, allocator) ->
                pick(values, from, count, (start, end) -> mode(values, start, end), allocator);
    }

    private static int mode(CollectAccumulator values, int start, int end) {
        Column column = values.column(0);
        int best = start;
        int bestLength = 0;
        int run = start;
        Object current = column.value(values.entry(start));
        for (int p = start + 1; p <= end; p++) {
            Object next = p == end ? null : column.value(values.entry(p));
            if (p == end || RowOrder.compareValues(current, next) != 0) {
                if (p - run > bestLength) {
                    bestLength = p - run;
                    best = run;
                }
                run = p;
                current = next;
            }
        }
        return best;
    }

    /// Returns quantiles, interpolated or not, as one value or (for a list) as a list. Values are
    /// sorted ascending.
    static AggregateResult quantiles(
            Type type,
            List<Double> quantiles,
            boolean list,
            boolean continuous,
            CollectAccumulator values) {
        Type element = list ? ((ListType) type).element() : type;
        return (from, count, allocator) -> {
            List<@Nullable Object> results = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                int start = values.start(from + i);
                int size = values.start(from + i + 1) - start;
                if (size == 0) {
                    results.add(null);
                    continue;
                }
                List<Object> own = new ArrayList<>(quantiles.size());
                for (double quantile : quantiles) {
                    own.add(
                            continuous
                                    ? interpolated(values, start, size, quantile, element)
                                    : Objects.requireNonNull(
                                            value(values, start + discreteIndex(quantile, size))));
                }
                results.add(list ? own : own.get(0));
            }
            return ColumnBuilder.of(allocator, type, results);
        };
    }

    private static @Nullable Object value(CollectAccumulator values, int position) {
        return values.column(0).value(values.entry(position));
    }

    private static Object interpolated(
            CollectAccumulator values, int start, int size, double quantile, Type type) {
        double place = quantile * (size - 1);
        int low = (int) Math.floor(place);
        int high = (int) Math.ceil(place);
        double fraction = place - low;
        Number a = (Number) Objects.requireNonNull(value(values, start + low));
        Number b = (Number) Objects.requireNonNull(value(values, start + high));
        long unit =
                values.column(0).type() == ScalarType.DATE && type != ScalarType.DATE
                        ? MICROS_PER_DAY
                        : 1;
        return interpolate(a, b, fraction, type, unit);
    }

    /// Interpolates between two values of a type, in the type wanted.
    ///
    /// @param unit multiplies integral values that become integral ones
    static Object interpolate(Number a, Number b, double fraction, Type type, long unit) {
        if (ArgumentFamily.isFloating(type)) {
            double low = a.doubleValue();
            double high = b.doubleValue();
            return low == high ? low : low + (high - low) * fraction;
        }
        if (type instanceof io.neuralake.spi.type.DecimalType decimal) {
            BigDecimal low = new BigDecimal(a.toString());
            BigDecimal high = new BigDecimal(b.toString());
            return low.add(high.subtract(low).multiply(BigDecimal.valueOf(fraction)))
                    .setScale(decimal.scale(), RoundingMode.HALF_UP);
        }
        long low = a.longValue() * unit;
        long high = b.longValue() * unit;
        return low + Math.round((high - low) * fraction);
    }

    /// Counts the distinct values, which are sorted, into a map.
    static AggregateResult histograms(MapType type, CollectAccumulator values) {
        return (from, count, allocator) -> {
            try (Ownership owned = new Ownership()) {
                int first = values.start(from);
                int end = values.start(from + count);
                DataBuffer offsets = owned.hold(allocator.allocate(4L * (count + 1)));
                DataBuffer keys = owned.hold(allocator.allocate(4L * (end - first)));
                DataBuffer counts = owned.hold(allocator.allocate(8L * (end - first)));
                NativeMemory.setInt(offsets.segment(), 0, 0);
                int entries = 0;
                Column column = values.column(0);
                for (int i = 0; i < count; i++) {
                    int stop = values.start(from + i + 1);
                    int run = values.start(from + i);
                    while (run < stop) {
                        Object value = column.value(values.entry(run));
                        int next = run + 1;
                        while (next < stop
                                && RowOrder.compareValues(value, column.value(values.entry(next)))
                                        == 0) {
                            next++;
                        }
                        NativeMemory.setInt(keys.segment(), (long) entries << 2, values.entry(run));
                        NativeMemory.setLong(
                                counts.segment(), (long) entries << 3, (long) next - run);
                        entries++;
                        run = next;
                    }
                    NativeMemory.setInt(offsets.segment(), (i + 1L) << 2, entries);
                }
                Column keyColumn =
                        owned.hold(ColumnGather.gather(column, keys.segment(), entries, allocator));
                DataBuffer validity = notEmpty(values, from, count, allocator);
                owned.transfer();
                keys.release();
                Column countColumn = new FlatColumn(ScalarType.BIGINT, entries, counts, null);
                Column entry =
                        new StructColumn(
                                type.entry(), entries, List.of(keyColumn, countColumn), null);
                return new ListColumn(type, count, offsets, entry, validity);
            }
        };
    }
}
