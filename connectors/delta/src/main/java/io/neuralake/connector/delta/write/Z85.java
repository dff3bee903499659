package io.neuralake.connector.delta.write;

import java.nio.ByteBuffer;
import java.util.UUID;

/// Encodes bytes as text, five characters for four bytes (ZeroMQ RFC 32), as deletion vectors are named in
/// logs.
final class Z85 {
    private static final String DIGITS =
            "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";
    private static final int BASE = 85;

    private Z85() {}

    /// Encodes bytes, with zeros behind that make their number divisible by four.
    static String encode(byte[] bytes) {
        int words = (bytes.length + 3) / 4;
        ByteBuffer from = ByteBuffer.allocate(words * Integer.BYTES).put(bytes).rewind();
        StringBuilder text = new StringBuilder(words * 5);
        for (int w = 0; w < words; w++) {
            long word = Integer.toUnsignedLong(from.getInt(w * Integer.BYTES));
            for (long power = (long) BASE * BASE * BASE * BASE; power > 0; power /= BASE) {
                text.append(DIGITS.charAt((int) (word / power % BASE)));
            }
        }
        return text.toString();
    }

    /// Encodes the 16 bytes of a UUID.
    static String encode(UUID uuid) {
        return encode(
                ByteBuffer.allocate(16)
                        .putLong(uuid.getMostSignificantBits())
                        .putLong(uuid.getLeastSignificantBits())
                        .array());
    }
}
