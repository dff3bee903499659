package io.neuralake.server.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;

/// Reads the values of options, so that one out of range is wrong usage and not a failure later on.
final class OptionValues {
    private static final int MAX_PORT = 65_535;
    private static final double MAX_SCALE = 100_000;

    private OptionValues() {}

    /// A port; 0 picks a free one.
    static final class Port implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String value) {
            return within(value, 0, MAX_PORT, "port");
        }
    }

    /// A number of something, at least 1.
    static final class Count implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String value) {
            return within(value, 1, Integer.MAX_VALUE, "number");
        }
    }

    /// A time in whole seconds.
    static final class Seconds implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String value) {
            return Duration.ofSeconds(within(value, 0, Integer.MAX_VALUE, "time in seconds"));
        }
    }

    /// One of the constants of an enum, in letters of any case, words parted by hyphens.
    abstract static class Choice<E extends Enum<E>> implements ITypeConverter<E> {
        private final Class<E> type;
        private final Set<E> unmentioned;

        /// @param unmentioned constants that are understood but not offered
        Choice(Class<E> type, Set<E> unmentioned) {
            this.type = type;
            this.unmentioned = unmentioned;
        }

        @Override
        public E convert(String value) {
            List<String> offered = new ArrayList<>();
            for (E constant : type.getEnumConstants()) {
                String name = constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
                if (name.equalsIgnoreCase(value)) {
                    return constant;
                }
                if (!unmentioned.contains(constant)) {
                    offered.add(name);
                }
            }
            throw new TypeConversionException(
                    "'" + value + "' is none of: " + String.join(", ", offered));
        }
    }

    private static int within(String value, int min, int max, String what) {
        OptionalInt number = integer(value);
        if (number.isEmpty() || number.getAsInt() < min || number.getAsInt() > max) {
            String range = max == Integer.MAX_VALUE ? min + " or more" : min + " to " + max;
            throw new TypeConversionException(
                    "'" + value + "' is not a " + what + "; write " + range);
        }
        return number.getAsInt();
    }

    private static OptionalInt integer(String value) {
        try {
            return OptionalInt.of(Integer.parseInt(value.strip()));
        } catch (NumberFormatException e) {
            return OptionalInt.empty();
        }
    }

    /// A scale factor above 0.
    static final class Scale implements ITypeConverter<Double> {
        @Override
        public Double convert(String value) {
            OptionalDouble scale = number(value);
            if (scale.isEmpty() || !(scale.getAsDouble() > 0) || scale.getAsDouble() > MAX_SCALE) {
                throw new TypeConversionException(
                        "'" + value + "' is not a scale factor; write a number such as 0.1 or 10");
            }
            return scale.getAsDouble();
        }

        private static OptionalDouble number(String value) {
            try {
                return OptionalDouble.of(Double.parseDouble(value.strip()));
            } catch (NumberFormatException e) {
                return OptionalDouble.empty();
            }
        }
    }

    /// A number of bytes.
    static final class Size implements ITypeConverter<MemorySize> {
        @Override
        public MemorySize convert(String value) {
            try {
                return MemorySize.parse(value);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(String.valueOf(e.getMessage()));
            }
        }
    }

    /// A number of bytes, or 0 for none of something.
    static final class SizeOrNone implements ITypeConverter<Long> {
        @Override
        public Long convert(String value) {
            return value.strip().equals("0") ? 0 : new Size().convert(value).bytes();
        }
    }
}
