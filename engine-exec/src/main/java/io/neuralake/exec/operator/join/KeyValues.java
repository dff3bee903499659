package io.neuralake.exec.operator.join;

import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The range and, if they are few, the different values of a build key, in Java form.
final class KeyValues {
    /// The most values that are listed.
    static final int MAX_LISTED = 1000;

    /// The most rows of other than integer keys that are looked at, which takes an object a row.
    private static final int MAX_SLOW_ROWS = 10_000;

    private static final int CHUNK = 1024;

    private final boolean integer;
    private final long minimumInteger;
    private final long maximumInteger;
    private final @Nullable Object minimum;
    private final @Nullable Object maximum;
    private final @Nullable List<Object> distinct;

    private KeyValues(
            boolean integer,
            long minimumInteger,
            long maximumInteger,
            @Nullable Object minimum,
            @Nullable Object maximum,
            @Nullable List<Object> distinct) {
        this.integer = integer;
        this.minimumInteger = minimumInteger;
        this.maximumInteger = maximumInteger;
        this.minimum = minimum;
        this.maximum = maximum;
        this.distinct = distinct;
    }

    /// Looks at the rows of a build key that can match.
    static KeyValues of(
            Column column, @Nullable MemorySegment participating, MemoryAllocator allocator) {
        return IntegerKeys.isInteger(column.type())
                ? ofIntegers(column, participating, allocator)
                : ofOthers(column, participating);
    }

    /// Returns what is known of the values of two sets of rows together.
    static KeyValues both(Type type, KeyValues left, KeyValues right) {
        if (left.isNothing() || right.isNothing()) {
            return left.isNothing() ? right : left;
        }
        if (!left.integer || !right.integer) {
            return new KeyValues(false, 0, 0, null, null, null);
        }
        long min = Math.min(left.minimumInteger, right.minimumInteger);
        long max = Math.max(left.maximumInteger, right.maximumInteger);
        return new KeyValues(true, min, max, javaForm(type, min), javaForm(type, max), null);
    }

    private boolean isNothing() {
        return distinct != null && distinct.isEmpty();
    }

    private static KeyValues ofIntegers(
            Column column, @Nullable MemorySegment participating, MemoryAllocator allocator) {
        int rows = column.rowCount();
        LongSet set = new LongSet(MAX_LISTED);
        long min = Long.MAX_VALUE;
        long max = Long.MIN_VALUE;
        DataBuffer chunk = allocator.allocate(8L * CHUNK);
        MemorySegment values = chunk.segment();
        for (int from = 0; from < rows; from += CHUNK) {
            int count = Math.min(CHUNK, rows - from);
            IntegerKeys.read(column, from, count, values);
            for (int i = 0; i < count; i++) {
                if (participating == null || Bitmap.get(participating, from + i)) {
                    long value = NativeMemory.getLong(values, (long) i << 3);
                    min = Math.min(min, value);
                    max = Math.max(max, value);
                    set.add(value);
                }
            }
        }
        chunk.release();
        if (min > max) {
            return new KeyValues(false, 0, 0, null, null, List.of());
        }
        List<Object> distinct = null;
        if (!set.isFull()) {
            distinct = new ArrayList<>();
            for (long value : set.sorted()) {
                distinct.add(javaForm(column.type(), value));
            }
        }
        return new KeyValues(
                true,
                min,
                max,
                javaForm(column.type(), min),
                javaForm(column.type(), max),
                distinct);
    }

    private static Object javaForm(Type type, long value) {
        if (type instanceof DecimalType decimal) {
            return BigDecimal.valueOf(value, decimal.scale());
        }
        return type == ScalarType.BOOLEAN ? (Object) (value != 0) : (Object) value;
    }

    /// Lists strings and long decimals of small build sides; floating-point, binary and nested keys
    /// give nothing.
    private static KeyValues ofOthers(Column column, @Nullable MemorySegment participating) {
        int rows = column.rowCount();
        boolean listable =
                column.type() == ScalarType.VARCHAR || column.type() instanceof DecimalType;
        if (rows > 0 && (!listable || rows > MAX_SLOW_ROWS)) {
            return new KeyValues(false, 0, 0, null, null, null);
        }
        Set<Object> set = new HashSet<>();
        for (int i = 0; i < rows; i++) {
            if (participating == null || Bitmap.get(participating, i)) {
                Object value = column.value(i);
                if (value != null) {
                    set.add(value);
                }
            }
        }
        if (set.isEmpty()) {
            return new KeyValues(false, 0, 0, null, null, List.of());
        }
        List<Object> values = new ArrayList<>(set);
        Object min = null;
        Object max = null;
        if (column.type() instanceof DecimalType) {
            List<BigDecimal> numbers = values.stream().map(BigDecimal.class::cast).toList();
            min = Collections.min(numbers);
            max = Collections.max(numbers);
        } else {
            List<String> texts = values.stream().map(String.class::cast).toList();
            min = Collections.min(texts, KeyValues::compareCodePoints);
            max = Collections.max(texts, KeyValues::compareCodePoints);
        }
        return new KeyValues(false, 0, 0, min, max, values.size() <= MAX_LISTED ? values : null);
    }

    private static int compareCodePoints(String left, String right) {
        return java.util.Arrays.compareUnsigned(
                left.getBytes(java.nio.charset.StandardCharsets.UTF_8),
                right.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    /// Tells whether there are values and they are integers of 64 bits.
    boolean isInteger() {
        return integer;
    }

    long minimumInteger() {
        return minimumInteger;
    }

    long maximumInteger() {
        return maximumInteger;
    }

    Optional<Object> minimum() {
        return Optional.ofNullable(minimum);
    }

    Optional<Object> maximum() {
        return Optional.ofNullable(maximum);
    }

    Optional<List<Object>> distinct() {
        return Optional.ofNullable(distinct);
    }

    /// Different integers up to a number, by linear probing.
    private static final class LongSet {
        private final int capacity;
        private final long[] slots;
        private final boolean[] used;
        private int size;

        private LongSet(int capacity) {
            this.capacity = capacity;
            int length = Integer.highestOneBit(capacity) << 2;
            this.slots = new long[length];
            this.used = new boolean[length];
        }

        private void add(long value) {
            if (size > capacity) {
                return;
            }
            int mask = slots.length - 1;
            int at = (int) (value * 0x9E37_79B9_7F4A_7C15L >>> 40) & mask;
            while (used[at]) {
                if (slots[at] == value) {
                    return;
                }
                at = at + 1 & mask;
            }
            used[at] = true;
            slots[at] = value;
            size++;
        }

        /// Tells whether there were more values than the set keeps.
        private boolean isFull() {
            return size > capacity;
        }

        private long[] sorted() {
            long[] values = new long[size];
            int n = 0;
            for (int i = 0; i < slots.length; i++) {
                if (used[i]) {
                    values[n++] = slots[i];
                }
            }
            java.util.Arrays.sort(values);
            return values;
        }
    }
}
