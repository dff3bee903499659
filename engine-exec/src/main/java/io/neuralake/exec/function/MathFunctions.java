package io.neuralake.exec.function;

import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.type.ScalarType;

import java.lang.foreign.MemorySegment;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoublePredicate;
import java.util.function.DoubleUnaryOperator;
import java.util.function.LongBinaryOperator;
import java.util.function.LongUnaryOperator;

/// Functions of doubles and of integers. Arguments outside of a function's domain are errors
/// (22003), as in PostgreSQL; NaN gives NaN.
final class MathFunctions {
    private static final int MAX_FACTORIAL = 33;
    private static final double LN2 = Math.log(2);

    private MathFunctions() {}

    static void register(Map<String, FunctionBinder> binders) {
        real(binders, "sqrt", x -> Math.sqrt(notNegative("sqrt", x)));
        real(binders, "cbrt", Math::cbrt);
        real(binders, "exp", Math::exp);
        real(binders, "ln", x -> Math.log(positive("ln", x)));
        real(binders, "log10", x -> Math.log10(positive("log10", x)));
        real(binders, "log2", x -> log2(positive("log2", x)));
        real(binders, "sin", Math::sin);
        real(binders, "cos", Math::cos);
        real(binders, "tan", Math::tan);
        real(binders, "cot", x -> 1 / Math.tan(x));
        real(binders, "asin", x -> Math.asin(unit("asin", x)));
        real(binders, "acos", x -> Math.acos(unit("acos", x)));
        real(binders, "atan", Math::atan);
        real(binders, "sinh", Math::sinh);
        real(binders, "cosh", Math::cosh);
        real(binders, "tanh", Math::tanh);
        real(binders, "degrees", Math::toDegrees);
        real(binders, "radians", Math::toRadians);
        reals(binders, "atan2", Math::atan2);
        reals(binders, "power", MathFunctions::power);
        binders.put(
                "log",
                site ->
                        site.arity() == 1
                                ? realOf(x -> Math.log10(positive("log", x)))
                                : realsOf(
                                        (base, x) ->
                                                Math.log(positive("log", x))
                                                        / Math.log(positive("log", base))));
        binders.put("pi", _ -> in -> constant(in, Math.PI));
        binders.put("e", _ -> in -> constant(in, Math.E));
        test(binders, "isnan", Double::isNaN);
        test(binders, "isfinite", Double::isFinite);
        test(binders, "isinf", Double::isInfinite);
        binders.put("random", _ -> MathFunctions::random);
        binders.put("uuid", _ -> MathFunctions::uuid);
        binders.put("width_bucket", _ -> MathFunctions::widthBucket);
        integers(binders);
    }

    private static void integers(Map<String, FunctionBinder> binders) {
        bits(binders, "bitwise_and", (a, b) -> a & b);
        bits(binders, "bitwise_or", (a, b) -> a | b);
        bits(binders, "bitwise_xor", (a, b) -> a ^ b);
        binders.put("bitwise_not", site -> in -> unary(in, site, x -> ~x));
        binders.put("bit_count", site -> in -> unary(in, site, Long::bitCount));
        bits(binders, "shift_left", (a, b) -> b < 0 || b > 63 ? 0 : a << b);
        bits(binders, "shift_right", (a, b) -> b < 0 || b > 63 ? a >> 63 : a >> b);
        bits(binders, "gcd", MathFunctions::gcd);
        bits(binders, "lcm", MathFunctions::lcm);
        binders.put("factorial", site -> in -> factorial(in, site));
    }

    private static double positive(String name, double x) {
        if (x <= 0) {
            throw RowErrors.domain("Argument of " + name + " must be positive: " + x);
        }
        return x;
    }

    private static double notNegative(String name, double x) {
        if (x < 0) {
            throw RowErrors.domain("Argument of " + name + " must not be negative: " + x);
        }
        return x;
    }

    private static double unit(String name, double x) {
        if (x < -1 || x > 1) {
            throw RowErrors.domain("Argument of " + name + " must be within -1 and 1: " + x);
        }
        return x;
    }

    private static double log2(double x) {
        int exponent = Math.getExponent(x);
        return x == Math.scalb(1.0, exponent) ? exponent : Math.log(x) / LN2;
    }

    private static double power(double x, double y) {
        if (x == 0 && y < 0) {
            throw RowErrors.domain("Zero to a negative power: " + y);
        }
        if (x < 0 && Double.isFinite(x) && Double.isFinite(y) && y != Math.rint(y)) {
            throw RowErrors.domain("Negative number to a fractional power: " + x + ", " + y);
        }
        return x == 1 ? 1 : Math.pow(x, y);
    }

    private static void real(
            Map<String, FunctionBinder> binders, String name, DoubleUnaryOperator f) {
        binders.put(name, _ -> realOf(f));
    }

    private static ScalarImplementation realOf(DoubleUnaryOperator f) {
        return in -> {
            MemorySegment values = in.values(0);
            int mask = in.mask(0);
            DataBuffer buffer = in.memory().scratchZeroed(8L * in.rowCount());
            MemorySegment to = buffer.segment();
            for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
                NativeMemory.setDouble(
                        to,
                        (long) i << 3,
                        f.applyAsDouble(NativeMemory.getDouble(values, (long) (i & mask) << 3)));
            }
            return in.result(ScalarType.DOUBLE, buffer);
        };
    }

    private static void reals(
            Map<String, FunctionBinder> binders, String name, DoubleBinaryOperator f) {
        binders.put(name, _ -> realsOf(f));
    }

    private static ScalarImplementation realsOf(DoubleBinaryOperator f) {
        return in -> {
            MemorySegment left = in.values(0);
            MemorySegment right = in.values(1);
            int leftMask = in.mask(0);
            int rightMask = in.mask(1);
            DataBuffer buffer = in.memory().scratchZeroed(8L * in.rowCount());
            MemorySegment to = buffer.segment();
            for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
                NativeMemory.setDouble(
                        to,
                        (long) i << 3,
                        f.applyAsDouble(
                                NativeMemory.getDouble(left, (long) (i & leftMask) << 3),
                                NativeMemory.getDouble(right, (long) (i & rightMask) << 3)));
            }
            return in.result(ScalarType.DOUBLE, buffer);
        };
    }

    private static void test(Map<String, FunctionBinder> binders, String name, DoublePredicate f) {
        binders.put(
                name,
                _ ->
                        in -> {
                            MemorySegment values = in.values(0);
                            int mask = in.mask(0);
                            DataBuffer bits =
                                    in.memory().scratchZeroed(Bitmap.bytes(in.rowCount()));
                            for (int i = 0; i < in.rowCount(); i++) {
                                if (f.test(
                                        NativeMemory.getDouble(values, (long) (i & mask) << 3))) {
                                    Bitmap.set(bits.segment(), i, true);
                                }
                            }
                            return in.result(ScalarType.BOOLEAN, bits);
                        });
    }

    private static Column constant(FunctionInput in, double value) {
        DataBuffer buffer = in.memory().scratch(8);
        NativeMemory.setDouble(buffer.segment(), 0, value);
        return in.memory()
                .constant(in.rowCount(), in.memory().flat(ScalarType.DOUBLE, 1, buffer, null));
    }

    private static Column random(FunctionInput in) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        DataBuffer buffer = in.memory().scratch(8L * in.rowCount());
        for (int i = 0; i < in.rowCount(); i++) {
            NativeMemory.setDouble(buffer.segment(), (long) i << 3, random.nextDouble());
        }
        return in.result(ScalarType.DOUBLE, buffer);
    }

    private static Column uuid(FunctionInput in) {
        TextBuilder builder = new TextBuilder(in);
        for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
            builder.append(UUID.randomUUID().toString());
            builder.finishRow(i);
        }
        return builder.finish(ScalarType.VARCHAR);
    }

    private static double real(FunctionInput in, int argument, int row) {
        return NativeMemory.getDouble(in.values(argument), (long) (row & in.mask(argument)) << 3);
    }

    private static Column widthBucket(FunctionInput in) {
        DataBuffer buffer = in.memory().scratchZeroed(4L * in.rowCount());
        for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
            double x = real(in, 0, i);
            double low = real(in, 1, i);
            double high = real(in, 2, i);
            long count = NativeMemory.getLong(in.values(3), (long) (i & in.mask(3)) << 3);
            boolean valid =
                    count > 0 && count < Integer.MAX_VALUE && low != high && !Double.isNaN(x);
            if (!valid || !Double.isFinite(low) || !Double.isFinite(high)) {
                throw RowErrors.argument("Arguments of width_bucket out of range");
            }
            boolean up = low < high;
            long bucket;
            if (up ? x < low : x > low) {
                bucket = 0;
            } else if (up ? x >= high : x <= high) {
                bucket = count + 1;
            } else {
                bucket = Math.min(count, (long) ((x - low) / (high - low) * count) + 1);
            }
            NativeMemory.setInt(buffer.segment(), (long) i << 2, (int) bucket);
        }
        return in.result(ScalarType.INTEGER, buffer);
    }

    private static long gcd(long a, long b) {
        BigInteger result = BigInteger.valueOf(a).gcd(BigInteger.valueOf(b));
        if (result.bitLength() > 63) {
            throw RowErrors.overflow(ScalarType.BIGINT, "gcd(" + a + ", " + b + ")");
        }
        return result.longValue();
    }

    private static long lcm(long a, long b) {
        if (a == 0 || b == 0) {
            return 0;
        }
        BigInteger product = BigInteger.valueOf(a).multiply(BigInteger.valueOf(b)).abs();
        BigInteger result = product.divide(BigInteger.valueOf(a).gcd(BigInteger.valueOf(b)));
        if (result.bitLength() > 63) {
            throw RowErrors.overflow(ScalarType.BIGINT, "lcm(" + a + ", " + b + ")");
        }
        return result.longValue();
    }

    private static void bits(
            Map<String, FunctionBinder> binders, String name, LongBinaryOperator f) {
        binders.put(
                name,
                site ->
                        in -> {
                            MemorySegment left = Int64Arguments.of(in, 0);
                            MemorySegment right = Int64Arguments.of(in, 1);
                            DataBuffer buffer = in.memory().scratchZeroed(8L * in.rowCount());
                            for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
                                long a = NativeMemory.getLong(left, (long) (i & in.mask(0)) << 3);
                                long b = NativeMemory.getLong(right, (long) (i & in.mask(1)) << 3);
                                NativeMemory.setLong(
                                        buffer.segment(), (long) i << 3, f.applyAsLong(a, b));
                            }
                            return narrowed(in, site, buffer);
                        });
    }

    private static Column unary(FunctionInput in, FunctionSite site, LongUnaryOperator f) {
        MemorySegment values = Int64Arguments.of(in, 0);
        DataBuffer buffer = in.memory().scratchZeroed(8L * in.rowCount());
        for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
            long value = NativeMemory.getLong(values, (long) (i & in.mask(0)) << 3);
            NativeMemory.setLong(buffer.segment(), (long) i << 3, f.applyAsLong(value));
        }
        return narrowed(in, site, buffer);
    }

    private static Column narrowed(FunctionInput in, FunctionSite site, DataBuffer wide) {
        return site.resultType().physical().width() == 8
                ? in.result(site.resultType(), wide)
                : IntegerNarrowing.narrow(in, site.resultType(), wide.segment(), site.name());
    }

    private static Column factorial(FunctionInput in, FunctionSite site) {
        MemorySegment values = in.values(0);
        DataBuffer buffer = in.memory().scratchZeroed(16L * in.rowCount());
        CastOutput output = new CastOutput(in, false);
        for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
            long n = NativeMemory.getLong(values, (long) (i & in.mask(0)) << 3);
            if (n < 0 || n > MAX_FACTORIAL) {
                throw RowErrors.outOfRange(site.resultType(), "factorial(" + n + ")");
            }
            BigInteger product = BigInteger.ONE;
            for (long k = 2; k <= n; k++) {
                product = product.multiply(BigInteger.valueOf(k));
            }
            DecimalCasts.storeOrReject(
                    output,
                    (io.neuralake.spi.type.DecimalType) site.resultType(),
                    buffer.segment(),
                    i,
                    product,
                    new BigDecimal(product));
        }
        return output.flat(site.resultType(), buffer);
    }
}
