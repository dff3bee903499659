package io.neuralake.exec.function.aggregate;

import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.FlatColumn;
import io.neuralake.spi.batch.ViewColumn;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.PhysicalType;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.function.IntPredicate;
import java.util.function.IntToDoubleFunction;
import java.util.function.IntToLongFunction;

/// Builds result columns from one value a group.
public final class Results {
    /// Writes a group's value at a row of the result.
    interface Writer {
        void write(MemorySegment values, int row, int group);
    }

    /// A number of 128 bits a group.
    interface Words {
        long word(int group);
    }

    private Results() {}

    /// Builds a flat or view column.
    ///
    /// @param empty tells whether the group's result is null
    /// @param heap keeps long strings alive; stays the caller's
    static Column build(
            Type type,
            int from,
            int count,
            IntPredicate empty,
            Writer writer,
            @Nullable DataBuffer heap,
            MemoryAllocator allocator) {
        boolean bits = type.physical() == PhysicalType.BIT;
        DataBuffer values =
                bits || type.physical() == PhysicalType.VIEW
                        ? allocator.allocateZeroed(bits ? Bitmap.bytes(count) : (long) count << 4)
                        : allocator.allocate((long) count * type.physical().width());
        DataBuffer validity = null;
        try {
            for (int row = 0; row < count; row++) {
                if (empty.test(from + row)) {
                    if (validity == null) {
                        validity = allocator.allocate(Bitmap.bytes(count));
                        Bitmap.fill(validity.segment(), count);
                    }
                    Bitmap.set(validity.segment(), row, false);
                } else {
                    writer.write(values.segment(), row, from + row);
                }
            }
        } catch (RuntimeException | Error e) {
            values.release();
            if (validity != null) {
                validity.release();
            }
            throw e;
        }
        return type.physical() == PhysicalType.VIEW
                ? new ViewColumn(type, count, values, heap == null ? null : heap.retain(), validity)
                : new FlatColumn(type, count, values, validity);
    }

    /// Returns doubles, or what the planner asked for instead.
    public static AggregateResult doubles(
            Type type, IntPredicate empty, IntToDoubleFunction value) {
        return (from, count, allocator) ->
                build(
                        type,
                        from,
                        count,
                        empty,
                        (values, row, group) -> {
                            double d = value.applyAsDouble(group);
                            switch (type.physical()) {
                                case FLOAT64 -> NativeMemory.setDouble(values, (long) row << 3, d);
                                case FLOAT32 ->
                                        NativeMemory.setFloat(values, (long) row << 2, (float) d);
                                default -> putNumber(type, values, row, d);
                            }
                        },
                        null,
                        allocator);
    }

    private static void putNumber(Type type, MemorySegment values, int row, double d) {
        if (!Double.isFinite(d)) {
            throw Int128.overflow(d + " as " + type.sql());
        }
        int scale = type instanceof DecimalType decimal ? decimal.scale() : 0;
        BigInteger unscaled =
                BigDecimal.valueOf(d).setScale(scale, RoundingMode.HALF_UP).unscaledValue();
        putExact(type, values, row, unscaled);
    }

    /// Returns integers; a value that the type cannot hold is an error.
    public static AggregateResult longs(Type type, IntPredicate empty, IntToLongFunction value) {
        return (from, count, allocator) ->
                build(
                        type,
                        from,
                        count,
                        empty,
                        (values, row, group) ->
                                putLong(type, values, row, value.applyAsLong(group)),
                        null,
                        allocator);
    }

    /// Returns values that [Operands#sortable] had mapped.
    static AggregateResult sortable(Type type, IntPredicate empty, IntToLongFunction value) {
        boolean floating =
                type.physical() == PhysicalType.FLOAT32 || type.physical() == PhysicalType.FLOAT64;
        return floating
                ? doubles(type, empty, group -> Operands.fromSortable(value.applyAsLong(group)))
                : longs(type, empty, value);
    }

    static void putLong(Type type, MemorySegment values, int row, long value) {
        switch (type.physical()) {
            case BIT -> Bitmap.set(values, row, value != 0);
            case INT8 -> {
                check(type, value, (byte) value);
                NativeMemory.setByte(values, row, (byte) value);
            }
            case INT16 -> {
                check(type, value, (short) value);
                NativeMemory.setShort(values, (long) row << 1, (short) value);
            }
            case INT32 -> {
                check(type, value, (int) value);
                NativeMemory.setInt(values, (long) row << 2, (int) value);
            }
            case INT64 -> NativeMemory.setLong(values, (long) row << 3, value);
            case INT128 -> {
                NativeMemory.setLong(values, (long) row << 4, value);
                NativeMemory.setLong(values, ((long) row << 4) + 8, value >> 63);
            }
            case FLOAT32 -> NativeMemory.setFloat(values, (long) row << 2, (float) value);
            case FLOAT64 -> NativeMemory.setDouble(values, (long) row << 3, (double) value);
            case VIEW, LIST, STRUCT ->
                    throw new IllegalStateException("Not a number: " + type.sql());
        }
    }

    private static void check(Type type, long value, long stored) {
        if (value != stored) {
            throw Int128.overflow(value + " as " + type.sql());
        }
    }

    /// Returns exact sums, of `scale` digits behind the point, as the type that the planner asked
    /// for.
    static AggregateResult sums(Type type, int scale, IntPredicate empty, Words low, Words high) {
        int targetScale = type instanceof DecimalType decimal ? decimal.scale() : 0;
        boolean floating =
                type.physical() == PhysicalType.FLOAT64 || type.physical() == PhysicalType.FLOAT32;
        if (floating) {
            return doubles(
                    type,
                    empty,
                    group -> Int128.average(high.word(group), low.word(group), scale, 1));
        }
        long limit =
                type instanceof DecimalType decimal && decimal.isShort()
                        ? (long) Math.pow(10, decimal.precision()) - 1
                        : Long.MAX_VALUE;
        return (from, count, allocator) ->
                build(
                        type,
                        from,
                        count,
                        empty,
                        (values, row, group) -> {
                            long l = low.word(group);
                            long h = high.word(group);
                            boolean fits = h == l >> 63 && l <= limit && l >= -limit;
                            if (fits && scale == targetScale) {
                                putLong(type, values, row, l);
                            } else {
                                BigInteger exact =
                                        new BigDecimal(Int128.toBigInteger(h, l), scale)
                                                .setScale(targetScale, RoundingMode.HALF_UP)
                                                .unscaledValue();
                                putExact(type, values, row, exact);
                            }
                        },
                        null,
                        allocator);
    }

    /// Writes an integer, checking the range of the type.
    static void putExact(Type type, MemorySegment values, int row, BigInteger value) {
        if (type instanceof DecimalType decimal) {
            if (value.abs().compareTo(BigInteger.TEN.pow(decimal.precision())) >= 0) {
                throw Int128.overflow(new BigDecimal(value, decimal.scale()) + " as " + type.sql());
            }
        } else if (value.bitLength() > 63) {
            throw Int128.overflow(value + " as " + type.sql());
        }
        if (type.physical() == PhysicalType.INT128) {
            NativeMemory.setLong(values, (long) row << 4, value.longValue());
            NativeMemory.setLong(values, ((long) row << 4) + 8, value.shiftRight(64).longValue());
        } else {
            putLong(type, values, row, value.longValue());
        }
    }

    /// Returns exact averages: rounded once.
    static AggregateResult averages(
            Type type,
            int scale,
            IntPredicate empty,
            Words low,
            Words high,
            IntToLongFunction counts) {
        if (type.physical() == PhysicalType.FLOAT64 || type.physical() == PhysicalType.FLOAT32) {
            return doubles(
                    type,
                    empty,
                    group ->
                            Int128.average(
                                    high.word(group),
                                    low.word(group),
                                    scale,
                                    counts.applyAsLong(group)));
        }
        int targetScale = type instanceof DecimalType decimal ? decimal.scale() : 0;
        return (from, count, allocator) ->
                build(
                        type,
                        from,
                        count,
                        empty,
                        (values, row, group) -> {
                            BigDecimal sum =
                                    new BigDecimal(
                                            Int128.toBigInteger(high.word(group), low.word(group)),
                                            scale);
                            BigDecimal average =
                                    sum.divide(
                                            BigDecimal.valueOf(counts.applyAsLong(group)),
                                            targetScale,
                                            RoundingMode.HALF_UP);
                            putExact(type, values, row, average.unscaledValue());
                        },
                        null,
                        allocator);
    }

    /// Returns 16-byte values: decimals or views.
    static AggregateResult wide(Type type, WideExtremeAccumulator accumulator, StringArena arena) {
        return (from, count, allocator) ->
                build(
                        type,
                        from,
                        count,
                        accumulator::isEmpty,
                        (values, row, group) -> {
                            long at = accumulator.value(group);
                            MemorySegment memory = Accumulator.MEMORY;
                            NativeMemory.setLong(
                                    values, (long) row << 4, NativeMemory.getLong(memory, at));
                            NativeMemory.setLong(
                                    values,
                                    ((long) row << 4) + 8,
                                    NativeMemory.getLong(memory, at + 8));
                        },
                        type.physical() == PhysicalType.VIEW ? arena.heap() : null,
                        allocator);
    }
}
