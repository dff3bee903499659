package io.neuralake.exec.function;

import io.neuralake.spi.batch.Column;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;

/// Digests, hexadecimal, Base64 and UTF-8.
final class EncodingFunctions {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

    /// Turns the bytes of a row into others. Throws IllegalArgumentException for bytes that are no
    /// encoding of any.
    @FunctionalInterface
    private interface Encoding {
        byte[] apply(byte[] bytes);
    }

    private EncodingFunctions() {}

    static void register(Map<String, FunctionBinder> binders) {
        binders.put("md5", _ -> digest("MD5"));
        binders.put("sha1", _ -> digest("SHA-1"));
        binders.put("sha256", _ -> digest("SHA-256"));
        binders.put(
                "hex",
                site ->
                        site.argumentType(0) == ScalarType.BIGINT
                                ? EncodingFunctions::hexNumber
                                : rows(
                                        ScalarType.VARCHAR,
                                        b -> ascii(HexFormat.of().withUpperCase().formatHex(b))));
        binders.put(
                "unhex",
                _ -> rows(ScalarType.VARBINARY, b -> HexFormat.of().parseHex(even(text(b)))));
        binders.put("to_base64", _ -> rows(ScalarType.VARCHAR, b -> Base64.getEncoder().encode(b)));
        binders.put(
                "from_base64", _ -> rows(ScalarType.VARBINARY, b -> Base64.getDecoder().decode(b)));
        binders.put("encode", _ -> rows(ScalarType.VARBINARY, b -> b));
        binders.put("decode", _ -> rows(ScalarType.VARCHAR, EncodingFunctions::checkedUtf8));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static String even(String digits) {
        return digits.length() % 2 == 0 ? digits : "0" + digits;
    }

    private static byte[] checkedUtf8(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return bytes;
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("not UTF-8", e);
        }
    }

    private static ScalarImplementation digest(String algorithm) {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has " + algorithm, e);
        }
        return rows(ScalarType.VARCHAR, b -> ascii(HexFormat.of().formatHex(digest.digest(b))));
    }

    private static ScalarImplementation rows(Type type, Encoding encoding) {
        return in -> {
            TextArgument text = new TextArgument(in, 0);
            TextBuilder builder = new TextBuilder(in);
            for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
                byte[] result;
                try {
                    result = encoding.apply(text.bytes(i));
                } catch (IllegalArgumentException e) {
                    throw RowErrors.argument(
                            "Text cannot be decoded: " + e.getMessage() + ": " + text.string(i));
                }
                builder.append(result, 0, result.length);
                builder.finishRow(i);
            }
            return builder.finish(type);
        };
    }

    private static Column hexNumber(FunctionInput in) {
        TextBuilder builder = new TextBuilder(in);
        for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
            long value = in.values(0).get(LONG, (long) (i & in.mask(0)) << 3);
            builder.append(Long.toHexString(value).toUpperCase(Locale.ROOT));
            builder.finishRow(i);
        }
        return builder.finish(ScalarType.VARCHAR);
    }
}
