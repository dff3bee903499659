package io.neuralake.server.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A number of bytes, written as `512MB`, `4GB`, `1.5g` or plain bytes; powers of 1024.
///
/// @param bytes at least 1
public record MemorySize(long bytes) {
    private static final Pattern FORM =
            Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*([kmgt]?)(?:i?b)?", Pattern.CASE_INSENSITIVE);
    private static final String UNITS = "kmgt";

    /// Reads a size; throws IllegalArgumentException for another form.
    public static MemorySize parse(String text) {
        Matcher matcher = FORM.matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException("Not a size: " + text + "; write 512MB or 4GB");
        }
        String unit = matcher.group(2).toLowerCase(Locale.ROOT);
        int shift = unit.isEmpty() ? 0 : 10 * (UNITS.indexOf(unit) + 1);
        double bytes = Double.parseDouble(matcher.group(1)) * (1L << shift);
        if (bytes < 1 || bytes > Long.MAX_VALUE / 2.0) {
            throw new IllegalArgumentException("Size out of range: " + text);
        }
        return new MemorySize((long) bytes);
    }

    /// Writes a number of bytes in the largest unit that divides it, so that it can be read again.
    static String text(long bytes) {
        int unit =
                bytes == 0 ? 0 : Math.min(UNITS.length(), Long.numberOfTrailingZeros(bytes) / 10);
        String letter = unit == 0 ? "" : UNITS.substring(unit - 1, unit).toUpperCase(Locale.ROOT);
        return (bytes >> 10 * unit) + (unit == 0 ? "" : letter + "B");
    }
}
