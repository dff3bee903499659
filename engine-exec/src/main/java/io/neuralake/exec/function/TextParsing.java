package io.neuralake.exec.function;

import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.StringView;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.Locale;

/// Reads values from text; blanks around them are ignored. Text that is no value is an error (22P02,
/// 22007), a number out of range another (22003).
final class TextParsing {
    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final int MAX_EXPONENT = 400;

    private TextParsing() {}

    static ScalarImplementation bind(Type to, boolean orNull, ZoneId zone) {
        return switch (to) {
            case DecimalType decimal -> in -> decimals(in, decimal, orNull);
            case ScalarType.BOOLEAN -> in -> booleans(in, orNull);
            case ScalarType.TINYINT, ScalarType.SMALLINT, ScalarType.INTEGER, ScalarType.BIGINT ->
                    in -> integers(in, to, orNull);
            case ScalarType.REAL, ScalarType.DOUBLE -> in -> doubles(in, to, orNull);
            case ScalarType.VARBINARY -> in -> binary(in, orNull);
            case ScalarType scalar -> in -> temporals(in, scalar, orNull, zone);
            default ->
                    throw new NeuralakeException(
                            ErrorCode.CANNOT_COERCE, "No cast from VARCHAR to " + to.sql());
        };
    }

    private static Column booleans(FunctionInput in, boolean orNull) {
        TextArgument text = new TextArgument(in, 0);
        CastOutput output = new CastOutput(in, orNull);
        DataBuffer values = in.memory().scratchZeroed(Bitmap.bytes(in.rowCount()));
        for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
            String value = text.string(i);
            switch (value.strip().toLowerCase(Locale.ROOT)) {
                case "true", "t", "yes", "y", "on", "1" -> Bitmap.set(values.segment(), i, true);
                case "false", "f", "no", "n", "off", "0" -> Bitmap.set(values.segment(), i, false);
                default -> output.reject(i, () -> RowErrors.text(ScalarType.BOOLEAN, value));
            }
        }
        return output.flat(ScalarType.BOOLEAN, values);
    }

    private static Column integers(FunctionInput in, Type to, boolean orNull) {
        TextArgument text = new TextArgument(in, 0);
        CastOutput output = new CastOutput(in, orNull);
        int width = to.physical().width();
        DataBuffer wide = in.memory().scratchZeroed(8L * in.rowCount());
        for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
            int length = text.length(i);
            long address = text.address(i);
            long value = 0;
            boolean fast = length > 0 && length <= 18;
            boolean negative = fast && StringView.MEMORY.get(BYTE, address) == '-';
            fast &= !negative || length > 1;
            for (int k = negative ? 1 : 0; fast && k < length; k++) {
                int digit = StringView.MEMORY.get(BYTE, address + k) - '0';
                fast = digit >= 0 && digit <= 9;
                value = value * 10 + digit;
            }
            value = negative ? -value : value;
            if (!fast) {
                String whole = text.string(i);
                BigDecimal number = number(whole);
                if (number == null) {
                    output.reject(i, () -> RowErrors.text(to, whole));
                    continue;
                }
                BigInteger rounded = number.setScale(0, RoundingMode.HALF_UP).unscaledValue();
                if (rounded.bitLength() > 63) {
                    output.reject(i, () -> RowErrors.outOfRange(to, whole.strip()));
                    continue;
                }
                value = rounded.longValue();
            }
            long stored = value;
            if (!IntegerNarrowing.fits(value, width)) {
                output.reject(i, () -> RowErrors.outOfRange(to, stored));
            }
            wide.segment().set(LONG, (long) i << 3, stored);
        }
        if (width == 8) {
            return output.flat(to, wide);
        }
        DataBuffer values = in.memory().scratch((long) in.rowCount() * width);
        IntegerNarrowing.store(wide.segment(), in.rowCount(), width, values.segment());
        return output.flat(to, values);
    }

    /// Reads a plain number, or returns null.
    private static @org.jspecify.annotations.Nullable BigDecimal number(String text) {
        try {
            BigDecimal number = new BigDecimal(text.strip());
            return Math.abs((long) number.precision() - number.scale()) > MAX_EXPONENT
                            && number.signum() != 0
                    ? null
                    : number;
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private static Column decimals(FunctionInput in, DecimalType to, boolean orNull) {
        TextArgument text = new TextArgument(in, 0);
        CastOutput output = new CastOutput(in, orNull);
        DataBuffer values = in.memory().scratchZeroed((long) in.rowCount() * to.physical().width());
        for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
            String whole = text.string(i);
            BigDecimal number = number(whole);
            if (number == null) {
                output.reject(i, () -> RowErrors.text(to, whole));
                continue;
            }
            BigInteger unscaled = number.setScale(to.scale(), RoundingMode.HALF_UP).unscaledValue();
            DecimalCasts.storeOrReject(output, to, values.segment(), i, unscaled, whole.strip());
        }
        return output.flat(to, values);
    }

    private static Column doubles(FunctionInput in, Type to, boolean orNull) {
        TextArgument text = new TextArgument(in, 0);
        CastOutput output = new CastOutput(in, orNull);
        DataBuffer values = in.memory().scratchZeroed((long) in.rowCount() * to.physical().width());
        MemorySegment target = values.segment();
        for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
            String whole = text.string(i);
            double value;
            try {
                value = parse(whole.strip());
            } catch (NumberFormatException e) {
                output.reject(i, () -> RowErrors.text(to, whole));
                continue;
            }
            if (to == ScalarType.REAL) {
                target.set(ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * i, (float) value);
            } else {
                target.set(ValueLayout.JAVA_DOUBLE_UNALIGNED, 8L * i, value);
            }
        }
        return output.flat(to, values);
    }

    private static double parse(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "nan" -> Double.NaN;
            case "inf", "+inf", "infinity", "+infinity" -> Double.POSITIVE_INFINITY;
            case "-inf", "-infinity" -> Double.NEGATIVE_INFINITY;
            default -> {
                // Java also takes 1d, 1f and hexadecimal numbers
                if (!text.isEmpty() && Character.isLetter(text.charAt(text.length() - 1))
                        || text.indexOf('x') >= 0
                        || text.indexOf('X') >= 0) {
                    throw new NumberFormatException(text);
                }
                yield Double.parseDouble(text);
            }
        };
    }

    private static Column temporals(FunctionInput in, ScalarType to, boolean orNull, ZoneId zone) {
        TextArgument text = new TextArgument(in, 0);
        CastOutput output = new CastOutput(in, orNull);
        int width = to.physical().width();
        DataBuffer values = in.memory().scratchZeroed((long) in.rowCount() * width);
        for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
            String whole = text.string(i);
            long value;
            try {
                value = TemporalText.read(whole, to, zone);
            } catch (DateTimeException | ArithmeticException | NumberFormatException e) {
                output.reject(i, () -> RowErrors.text(to, whole));
                continue;
            }
            if (width == 4) {
                values.segment().set(ValueLayout.JAVA_INT_UNALIGNED, 4L * i, (int) value);
            } else {
                values.segment().set(LONG, 8L * i, value);
            }
        }
        return output.flat(to, values);
    }

    /// Reads binary: the text's bytes, where `\xAB` stands for one byte.
    private static Column binary(FunctionInput in, boolean orNull) {
        TextArgument text = new TextArgument(in, 0);
        CastOutput output = new CastOutput(in, orNull);
        TextBuilder builder = new TextBuilder(in);
        for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
            byte[] bytes = text.bytes(i);
            int bad = unescape(bytes, builder);
            builder.finishRow(i);
            if (bad >= 0) {
                String whole = text.string(i);
                output.reject(i, () -> RowErrors.text(ScalarType.VARBINARY, whole));
            }
        }
        return builder.finish(ScalarType.VARBINARY, output.validity());
    }

    private static int unescape(byte[] bytes, TextBuilder builder) {
        for (int k = 0; k < bytes.length; k++) {
            if (bytes[k] != '\\') {
                builder.append(bytes[k]);
                continue;
            }
            int high = k + 3 < bytes.length ? Character.digit(bytes[k + 2], 16) : -1;
            int low = k + 3 < bytes.length ? Character.digit(bytes[k + 3], 16) : -1;
            if (high < 0 || low < 0 || bytes[k + 1] != 'x') {
                return k;
            }
            builder.append((byte) (high << 4 | low));
            k += 3;
        }
        return -1;
    }
}
