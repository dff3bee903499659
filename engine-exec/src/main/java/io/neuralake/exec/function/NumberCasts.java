package io.neuralake.exec.function;

import io.neuralake.exec.kernel.Int128;
import io.neuralake.exec.kernel.Int128Kernels;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import java.lang.foreign.MemorySegment;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;

/// Converts between BOOLEAN, integers, REAL, DOUBLE and decimals. Doubles round to integers half to
/// even, decimals half away from zero, as in PostgreSQL and DuckDB.
final class NumberCasts {
    private static final double EXACT_INTEGERS = 0x1p53;
    private static final int EXACT_POWERS = 22;
    private static final double[] POWERS = new double[EXACT_POWERS + 1];

    static {
        for (int i = 0; i <= EXACT_POWERS; i++) {
            POWERS[i] = BigDecimal.TEN.pow(i).doubleValue();
        }
    }

    private NumberCasts() {}

    /// Tells whether a cast between the types is of this kind.
    static boolean handles(Type from, Type to) {
        boolean toNumber = TypeFamily.NUMERIC.contains(to);
        boolean fromNumber = TypeFamily.NUMERIC.contains(from);
        return fromNumber && toNumber
                || from == ScalarType.BOOLEAN && toNumber
                || fromNumber && to == ScalarType.BOOLEAN;
    }

    static ScalarImplementation bind(Type from, Type to, boolean orNull) {
        if (to == ScalarType.BOOLEAN) {
            return in -> toBoolean(in, from);
        }
        if (from == ScalarType.BOOLEAN) {
            ScalarImplementation rest = bind(ScalarType.BIGINT, to, orNull);
            return in -> rest.evaluate(withArgument(in, fromBoolean(in)));
        }
        if (from instanceof DecimalType source) {
            return switch (to) {
                case DecimalType target -> in -> DecimalCasts.rescale(in, source, target, orNull);
                case ScalarType.DOUBLE, ScalarType.REAL -> in -> decimalToDouble(in, source, to);
                default -> in -> DecimalCasts.toInteger(in, source, to, orNull);
            };
        }
        if (TypeFamily.FLOATING.contains(from)) {
            return switch (to) {
                case DecimalType target -> in -> doubleToDecimal(in, from, target, orNull);
                case ScalarType.DOUBLE, ScalarType.REAL -> in -> resizeDouble(in, from, to);
                default -> in -> doubleToInteger(in, to, orNull);
            };
        }
        return switch (to) {
            case DecimalType target -> in -> integerToDecimal(in, from, target, orNull);
            case ScalarType.DOUBLE, ScalarType.REAL -> in -> integerToDouble(in, to);
            default -> in -> resizeInteger(in, from, to, orNull);
        };
    }

    private static FunctionInput withArgument(FunctionInput in, Column argument) {
        return new FunctionInput(
                in.memory(), java.util.List.of(argument), in.rowCount(), in.validity(), in.live());
    }

    private static Column fromBoolean(FunctionInput in) {
        int rows = in.rowCount();
        int mask = in.mask(0);
        MemorySegment bits = in.values(0);
        DataBuffer to = in.memory().scratch(8L * rows);
        for (int i = 0; i < rows; i++) {
            NativeMemory.setLong(to.segment(), (long) i << 3, Bitmap.get(bits, i & mask) ? 1 : 0);
        }
        return in.result(ScalarType.BIGINT, to);
    }

    private static Column toBoolean(FunctionInput in, Type from) {
        int rows = in.rowCount();
        int mask = in.mask(0);
        DataBuffer to = in.memory().scratchZeroed(Bitmap.bytes(rows));
        MemorySegment values = in.values(0);
        int width = from.physical().width();
        boolean floating = TypeFamily.FLOATING.contains(from);
        for (int i = 0; i < rows; i++) {
            long at = (long) (i & mask) * width;
            boolean set = false;
            if (floating) {
                set =
                        width == 4
                                ? NativeMemory.getFloat(values, at) != 0
                                : NativeMemory.getDouble(values, at) != 0;
            } else {
                for (int b = 0; b < width; b++) {
                    set |= NativeMemory.getByte(values, at + b) != 0;
                }
            }
            Bitmap.set(to.segment(), i, set);
        }
        return in.result(ScalarType.BOOLEAN, to);
    }

    /// Returns the rows of a REAL or DOUBLE as double.
    static MemorySegment doubles(FunctionInput in, int argument) {
        MemorySegment from = in.values(argument);
        if (in.rows(argument).type() == ScalarType.DOUBLE) {
            return from;
        }
        int rows = in.rows(argument).rowCount();
        MemorySegment to = in.memory().scratch(8L * rows).segment();
        for (int i = 0; i < rows; i++) {
            NativeMemory.setDouble(to, (long) i << 3, NativeMemory.getFloat(from, (long) i << 2));
        }
        return to;
    }

    private static Column resizeDouble(FunctionInput in, Type from, Type to) {
        int rows = in.rowCount();
        int mask = in.mask(0);
        MemorySegment values = in.values(0);
        DataBuffer buffer = in.memory().scratch((long) rows * to.physical().width());
        MemorySegment target = buffer.segment();
        for (int i = 0; i < rows; i++) {
            if (from == ScalarType.REAL) {
                NativeMemory.setDouble(
                        target,
                        (long) i << 3,
                        NativeMemory.getFloat(values, (long) (i & mask) << 2));
            } else {
                NativeMemory.setFloat(
                        target,
                        (long) i << 2,
                        (float) NativeMemory.getDouble(values, (long) (i & mask) << 3));
            }
        }
        return in.result(to, buffer);
    }

    private static Column integerToDouble(FunctionInput in, Type to) {
        int rows = in.rowCount();
        int mask = in.mask(0);
        MemorySegment from = Int64Arguments.of(in, 0);
        DataBuffer buffer = in.memory().scratch((long) rows * to.physical().width());
        MemorySegment target = buffer.segment();
        if (to == ScalarType.REAL) {
            for (int i = 0; i < rows; i++) {
                NativeMemory.setFloat(
                        target, (long) i << 2, NativeMemory.getLong(from, (long) (i & mask) << 3));
            }
        } else {
            for (int i = 0; i < rows; i++) {
                NativeMemory.setDouble(
                        target, (long) i << 3, NativeMemory.getLong(from, (long) (i & mask) << 3));
            }
        }
        return in.result(to, buffer);
    }

    private static Column resizeInteger(FunctionInput in, Type from, Type to, boolean orNull) {
        int rows = in.rowCount();
        int mask = in.mask(0);
        int width = to.physical().width();
        MemorySegment values = Int64Arguments.of(in, 0);
        DataBuffer wide = in.memory().scratch(8L * rows);
        MemorySegment wideValues = wide.segment();
        for (int i = 0; i < rows; i++) {
            NativeMemory.setLong(
                    wideValues,
                    (long) i << 3,
                    NativeMemory.getLong(values, (long) (i & mask) << 3));
        }
        if (width == 8) {
            return in.result(to, wide);
        }
        return narrow(in, to, wideValues, orNull || from.physical().width() <= width, orNull);
    }

    private static Column narrow(
            FunctionInput in, Type to, MemorySegment values, boolean quiet, boolean orNull) {
        int rows = in.rowCount();
        int width = to.physical().width();
        DataBuffer buffer = in.memory().scratch((long) rows * width);
        CastOutput output = new CastOutput(in, orNull);
        if (IntegerNarrowing.store(values, rows, width, buffer.segment()) != 0
                && (!quiet || orNull)) {
            for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
                long value = NativeMemory.getLong(values, (long) i << 3);
                if (!IntegerNarrowing.fits(value, width)) {
                    output.reject(i, () -> RowErrors.outOfRange(to, value));
                }
            }
        }
        return output.flat(to, buffer);
    }

    private static Column doubleToInteger(FunctionInput in, Type to, boolean orNull) {
        int rows = in.rowCount();
        int mask = in.mask(0);
        MemorySegment values = doubles(in, 0);
        CastOutput output = new CastOutput(in, orNull);
        double limit = Math.scalb(1.0, 8 * to.physical().width() - 1);
        DataBuffer wide = in.memory().scratch(8L * rows);
        MemorySegment target = wide.segment();
        boolean bad = false;
        for (int i = 0; i < rows; i++) {
            double rounded = Math.rint(NativeMemory.getDouble(values, (long) (i & mask) << 3));
            bad |= !(rounded >= -limit && rounded < limit);
            NativeMemory.setLong(target, (long) i << 3, (long) rounded);
        }
        if (bad) {
            for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
                double value = NativeMemory.getDouble(values, (long) (i & mask) << 3);
                double rounded = Math.rint(value);
                if (!(rounded >= -limit && rounded < limit)) {
                    output.reject(i, () -> RowErrors.outOfRange(to, DoubleText.of(value)));
                }
            }
        }
        if (to.physical().width() == 8) {
            return output.flat(to, wide);
        }
        DataBuffer buffer = in.memory().scratch((long) rows * to.physical().width());
        IntegerNarrowing.store(target, rows, to.physical().width(), buffer.segment());
        return output.flat(to, buffer);
    }

    private static Column integerToDecimal(
            FunctionInput in, Type from, DecimalType to, boolean orNull) {
        int rows = in.rowCount();
        int mask = in.mask(0);
        MemorySegment values = Int64Arguments.of(in, 0);
        int digits = CommonTypes.decimalOf(from).precision() + to.scale();
        CastOutput output = new CastOutput(in, orNull);
        DataBuffer buffer = in.memory().scratch((long) rows * to.physical().width());
        MemorySegment target = buffer.segment();
        if (digits <= to.precision() && to.scale() <= DecimalType.MAX_SHORT_PRECISION) {
            long factor = Int128.power10(to.scale());
            if (to.isShort()) {
                for (int i = 0; i < rows; i++) {
                    NativeMemory.setLong(
                            target,
                            (long) i << 3,
                            NativeMemory.getLong(values, (long) (i & mask) << 3) * factor);
                }
            } else if (mask == -1) {
                Int128Kernels.widenScaled(values, factor, rows, target);
            } else {
                Int128Kernels.widenScaled(values, factor, 1, target);
                DecimalCasts.repeat(target, to, rows);
            }
            return output.flat(to, buffer);
        }
        for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
            long value = NativeMemory.getLong(values, (long) (i & mask) << 3);
            BigInteger unscaled =
                    BigInteger.valueOf(value).multiply(BigInteger.TEN.pow(to.scale()));
            DecimalCasts.storeOrReject(output, to, target, i, unscaled, value);
        }
        return output.flat(to, buffer);
    }

    private static Column doubleToDecimal(
            FunctionInput in, Type from, DecimalType to, boolean orNull) {
        int mask = in.mask(0);
        MemorySegment values = doubles(in, 0);
        CastOutput output = new CastOutput(in, orNull);
        DataBuffer buffer = in.memory().scratchZeroed((long) in.rowCount() * to.physical().width());
        MemorySegment target = buffer.segment();
        for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
            double value = NativeMemory.getDouble(values, (long) (i & mask) << 3);
            if (!Double.isFinite(value)) {
                output.reject(i, () -> RowErrors.outOfRange(to, DoubleText.of(value)));
                continue;
            }
            BigDecimal exact =
                    from == ScalarType.REAL
                            ? new BigDecimal(Float.toString((float) value))
                            : new BigDecimal(Double.toString(value));
            BigInteger unscaled = exact.setScale(to.scale(), RoundingMode.HALF_UP).unscaledValue();
            DecimalCasts.storeOrReject(output, to, target, i, unscaled, DoubleText.of(value));
        }
        return output.flat(to, buffer);
    }

    private static Column decimalToDouble(FunctionInput in, DecimalType from, Type to) {
        int rows = in.rowCount();
        int mask = in.mask(0);
        MemorySegment values = in.values(0);
        DataBuffer buffer = in.memory().scratch((long) rows * to.physical().width());
        MemorySegment target = buffer.segment();
        for (int i = 0; i < rows; i++) {
            int at = i & mask;
            double value =
                    from.isShort()
                            ? toDouble(NativeMemory.getLong(values, (long) at << 3), from.scale())
                            : toDouble(
                                    Int128.low(values, at), Int128.high(values, at), from.scale());
            if (to == ScalarType.REAL) {
                NativeMemory.setFloat(target, (long) i << 2, (float) value);
            } else {
                NativeMemory.setDouble(target, (long) i << 3, value);
            }
        }
        return in.result(to, buffer);
    }

    /// Returns the double nearest to a decimal: a quotient of exact doubles is rounded once.
    static double toDouble(long unscaled, int scale) {
        return Math.abs((double) unscaled) <= EXACT_INTEGERS && scale <= EXACT_POWERS
                ? unscaled / POWERS[scale]
                : BigDecimal.valueOf(unscaled, scale).doubleValue();
    }

    private static double toDouble(long low, long high, int scale) {
        return high == low >> 63
                ? toDouble(low, scale)
                : new BigDecimal(Int128.of(low, high), scale).doubleValue();
    }

    /// Returns rows of an int32 column; for dates and months.
    static int int32(MemorySegment values, int row) {
        return NativeMemory.getInt(values, (long) row << 2);
    }
}
