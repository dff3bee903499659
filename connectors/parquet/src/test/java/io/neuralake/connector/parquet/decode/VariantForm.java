package io.neuralake.connector.parquet.decode;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Makes variants by hand, as VariantEncoding.md draws them.
public final class VariantForm {
    private VariantForm() {}

    /// Makes metadata with so many bytes a number.
    public static byte[] metadata(int width, String... names) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(1 | (width - 1) << 6);
        number(out, names.length, width);
        int at = 0;
        number(out, at, width);
        for (String name : names) {
            at += name.getBytes(StandardCharsets.UTF_8).length;
            number(out, at, width);
        }
        for (String name : names) {
            out.writeBytes(name.getBytes(StandardCharsets.UTF_8));
        }
        return out.toByteArray();
    }

    /// Makes a value of a primitive type.
    public static byte[] primitive(int type, int... content) {
        byte[] bytes = new byte[content.length + 1];
        bytes[0] = (byte) (type << 2);
        for (int i = 0; i < content.length; i++) {
            bytes[i + 1] = (byte) content[i];
        }
        return bytes;
    }

    /// Makes a value of a primitive type from a number.
    public static byte[] primitive(int type, long content, int width) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(type << 2);
        number(out, content, width);
        return out.toByteArray();
    }

    /// Makes a short string.
    public static byte[] text(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(utf8.length << 2 | 1);
        out.writeBytes(utf8);
        return out.toByteArray();
    }

    /// Makes a long string, or binary.
    public static byte[] sized(int type, byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(type << 2);
        number(out, content.length, 4);
        out.writeBytes(content);
        return out.toByteArray();
    }

    /// Makes a list.
    ///
    /// @param width bytes of an offset
    public static byte[] list(boolean isLarge, int width, byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(3 | (width - 1) << 2 | (isLarge ? 1 << 4 : 0));
        number(out, parts.length, isLarge ? 4 : 1);
        parts(out, width, List.of(parts));
        return out.toByteArray();
    }

    /// Makes an object.
    ///
    /// @param idWidth bytes of a number of a name
    /// @param width bytes of an offset
    public static byte[] object(
            boolean isLarge, int idWidth, int width, int[] ids, byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(2 | (width - 1) << 2 | (idWidth - 1) << 4 | (isLarge ? 1 << 6 : 0));
        number(out, parts.length, isLarge ? 4 : 1);
        for (int id : ids) {
            number(out, id, idWidth);
        }
        parts(out, width, List.of(parts));
        return out.toByteArray();
    }

    private static void parts(ByteArrayOutputStream out, int width, List<byte[]> parts) {
        int at = 0;
        number(out, at, width);
        for (byte[] part : parts) {
            at += part.length;
            number(out, at, width);
        }
        parts.forEach(out::writeBytes);
    }

    private static void number(ByteArrayOutputStream out, long number, int width) {
        for (int i = 0; i < width; i++) {
            out.write((int) (number >> 8 * i));
        }
    }
}
