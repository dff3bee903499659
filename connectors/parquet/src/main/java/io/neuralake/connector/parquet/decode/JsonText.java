package io.neuralake.connector.parquet.decode;

import io.neuralake.connector.parquet.file.CorruptFile;
import io.neuralake.spi.memory.MemoryReservation;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.Arrays;

/// Collects JSON texts as UTF-8, in memory that is used again. Values look as Spark's `to_json` has them in
/// zone UTC. For one thread.
final class JsonText {
    private static final int MAX_BYTES = 1 << 30;
    private static final int MAX_LONG_DIGITS = 19;
    private static final int MAX_LONG_SCALE = 18;
    private static final int SECONDS_A_DAY = 86_400;
    private static final byte[] HEX = ascii("0123456789ABCDEF");
    private static final byte[] BASE64 =
            ascii("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");

    private final MemoryReservation reservation;
    private byte[] bytes = new byte[0];
    private int length;

    /// @param reservation counts the memory, and stays the caller's
    JsonText(MemoryReservation reservation) {
        this.reservation = reservation;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /// Forgets what was written.
    void clear() {
        length = 0;
    }

    /// Returns how many bytes were written.
    int length() {
        return length;
    }

    /// Returns memory whose first [#length] bytes were written.
    byte[] bytes() {
        return bytes;
    }

    private void room(long count) {
        if (count > bytes.length - length) {
            if (length + count > MAX_BYTES) {
                throw CorruptFile.unsupported("The text of a variant is longer than 1 GiB");
            }
            int size = (int) Math.min(MAX_BYTES, Math.max(length + count, 2L * bytes.length));
            reservation.grow(size - bytes.length);
            bytes = Arrays.copyOf(bytes, size);
        }
    }

    /// Appends a character of ASCII as it is.
    void raw(char character) {
        room(1);
        bytes[length++] = (byte) character;
    }

    /// Appends ASCII as it is.
    @SuppressWarnings("deprecation") // the one copy of Latin-1 bytes that needs no array
    void raw(String text) {
        room(text.length());
        text.getBytes(0, text.length(), bytes, length);
        length += text.length();
    }

    /// Appends bytes as they are.
    void raw(byte[] from, int at, int end) {
        room(end - at);
        System.arraycopy(from, at, bytes, length, end - at);
        length += end - at;
    }

    /// Appends a string: UTF-8, which is not checked.
    void string(byte[] from, int at, int end) {
        raw('"');
        int run = at;
        for (int i = at; i < end; i++) {
            byte b = from[i];
            if ((b & 0xFF) < ' ' || b == '"' || b == '\\') {
                raw(from, run, i);
                escape(b);
                run = i + 1;
            }
        }
        raw(from, run, end);
        raw('"');
    }

    private void escape(byte b) {
        raw('\\');
        switch (b) {
            case '"', '\\' -> raw((char) b);
            case '\b' -> raw('b');
            case '\t' -> raw('t');
            case '\n' -> raw('n');
            case '\f' -> raw('f');
            case '\r' -> raw('r');
            default -> {
                raw("u00");
                raw((char) HEX[b >> 4]);
                raw((char) HEX[b & 15]);
            }
        }
    }

    /// Appends bytes as a string in base 64.
    void base64(byte[] from, int at, int end) {
        room(2 + ((long) end - at + 2) / 3 * 4);
        bytes[length++] = '"';
        int i = at;
        for (; i + 3 <= end; i += 3) {
            base64((from[i] & 0xFF) << 16 | (from[i + 1] & 0xFF) << 8 | from[i + 2] & 0xFF, 4);
        }
        if (end - i == 2) {
            base64((from[i] & 0xFF) << 16 | (from[i + 1] & 0xFF) << 8, 3);
        } else if (end - i == 1) {
            base64((from[i] & 0xFF) << 16, 2);
        }
        bytes[length++] = '"';
    }

    private void base64(int three, int digits) {
        for (int i = 0; i < 4; i++) {
            bytes[length++] = i < digits ? BASE64[three >>> 18 - 6 * i & 63] : (byte) '=';
        }
    }

    /// Appends a UUID as a string.
    void uuid(byte[] from, int at) {
        raw('"');
        for (int i = 0; i < 16; i++) {
            if (i == 4 || i == 6 || i == 8 || i == 10) {
                raw('-');
            }
            raw(Character.forDigit(from[at + i] >> 4 & 15, 16));
            raw(Character.forDigit(from[at + i] & 15, 16));
        }
        raw('"');
    }

    /// Appends an integer.
    void integer(long value) {
        if (value < 0) {
            raw('-');
        }
        if (value == Long.MIN_VALUE) {
            raw("9223372036854775808");
        } else {
            padded(Math.abs(value), 1);
        }
    }

    /// Appends a number of at least `digits` digits.
    private void padded(long value, int digits) {
        room(Math.max(digits, MAX_LONG_DIGITS));
        int count = 1;
        for (long rest = value / 10; rest > 0; rest /= 10) {
            count++;
        }
        int end = length + Math.max(count, digits);
        long rest = value;
        for (int i = end - 1; i >= length; i--) {
            bytes[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        length = end;
    }

    /// Appends a decimal without zeros at its end.
    void decimal(long unscaled, int scale) {
        if (scale > MAX_LONG_SCALE || unscaled == Long.MIN_VALUE) {
            decimal(BigInteger.valueOf(unscaled), scale);
            return;
        }
        if (unscaled < 0) {
            raw('-');
        }
        long power = 1;
        for (int i = 0; i < scale; i++) {
            power *= 10;
        }
        long value = Math.abs(unscaled);
        padded(value / power, 1);
        fraction(value % power, scale);
    }

    /// Appends a decimal without zeros at its end.
    void decimal(BigInteger unscaled, int scale) {
        raw(new BigDecimal(unscaled, scale).stripTrailingZeros().toPlainString());
    }

    /// Appends a fraction without zeros at its end, nothing for 0.
    private void fraction(long value, int digits) {
        if (value != 0) {
            raw('.');
            padded(value, digits);
            while (bytes[length - 1] == '0') {
                length--;
            }
        }
    }

    /// Appends a number; what JSON has no number for is a string.
    void number(double value) {
        finite(Double.toString(value), Double.isFinite(value));
    }

    /// Appends a number; what JSON has no number for is a string.
    void number(float value) {
        finite(Float.toString(value), Float.isFinite(value));
    }

    private void finite(String text, boolean isFinite) {
        if (isFinite) {
            raw(text);
        } else {
            raw('"');
            raw(text);
            raw('"');
        }
    }

    /// Appends a date as a string.
    ///
    /// @param day since 1970-01-01
    void date(long day) {
        raw('"');
        day(day);
        raw('"');
    }

    private void day(long day) {
        LocalDate date = LocalDate.ofEpochDay(day);
        int year = date.getYear();
        if (year < 0) {
            raw('-');
        } else if (year > 9999) {
            raw('+');
        }
        padded(Math.abs(year), 4);
        raw('-');
        padded(date.getMonthValue(), 2);
        raw('-');
        padded(date.getDayOfMonth(), 2);
    }

    /// Appends a timestamp as a string.
    ///
    /// @param value since 1970-01-01 in parts of seconds
    /// @param digits of a second that the parts are: 6 or 9
    /// @param hasZone whether it is an instant, to be shown in UTC
    void timestamp(long value, int digits, boolean hasZone) {
        long second = parts(digits);
        long seconds = Math.floorDiv(value, second);
        raw('"');
        day(Math.floorDiv(seconds, (long) SECONDS_A_DAY));
        raw(' ');
        clock(Math.floorMod(seconds, SECONDS_A_DAY));
        fraction(Math.floorMod(value, second), digits);
        raw(hasZone ? "+00:00\"" : "\"");
    }

    /// Appends a time of day as a string.
    void time(long micros) {
        long second = parts(6);
        CorruptFile.check(
                micros >= 0 && micros < SECONDS_A_DAY * second, "a time of day is out of range");
        raw('"');
        clock((int) (micros / second));
        fraction(micros % second, 6);
        raw('"');
    }

    private static long parts(int digits) {
        return digits == 6 ? 1_000_000 : 1_000_000_000;
    }

    private void clock(int seconds) {
        padded(seconds / 3600, 2);
        raw(':');
        padded(seconds / 60 % 60, 2);
        raw(':');
        padded(seconds % 60, 2);
    }
}
