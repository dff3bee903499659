package io.neuralake.connector.parquet.decode;

import io.neuralake.connector.parquet.file.CorruptFile;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/// Writes variants as JSON (parquet-format's VariantEncoding.md). Throws [CorruptFile] for bytes that are none. For
/// one thread.
final class VariantPrinter {
    /// As deep as Spark reads JSON.
    static final int MAX_DEPTH = 1000;

    private static final int MAX_SCALE = 38;

    private final VariantKeys keys;
    private final JsonText out;
    private final List<VariantContainer> containers = new ArrayList<>();

    VariantPrinter(VariantKeys keys, JsonText out) {
        this.keys = keys;
        this.out = out;
    }

    /// Writes the value that the first `end` bytes hold.
    void print(byte[] bytes, int end) {
        value(bytes, 0, end, 0);
    }

    /// Writes a field of an object, its name first.
    void field(VariantContainer object, byte[] bytes, int part, int depth) {
        long id = object.id(part);
        int from = keys.from(id);
        out.string(keys.bytes(), from, keys.end(id));
        out.raw(':');
        part(object, bytes, part, depth);
    }

    private void part(VariantContainer container, byte[] bytes, int part, int depth) {
        int from = container.from(part);
        container.use(from, value(bytes, from, container.end(), depth + 1));
    }

    /// Writes the value at `at`, which must end before `end`, and returns where it ends.
    private int value(byte[] bytes, int at, int end, int depth) {
        VariantBytes.check(at, 1, end);
        int header = bytes[at] & 0xFF;
        return switch (header & 3) {
            case 0 -> primitive(bytes, at + 1, end, header >> 2);
            case 1 -> string(bytes, at + 1, header >> 2, end);
            default -> container(bytes, at, end, depth);
        };
    }

    private int container(byte[] bytes, int at, int end, int depth) {
        CorruptFile.check(depth < MAX_DEPTH, "a variant is nested too deeply");
        while (depth >= containers.size()) {
            containers.add(new VariantContainer());
        }
        VariantContainer container = containers.get(depth);
        container.open(bytes, at, end);
        boolean isObject = (bytes[at] & 3) == VariantContainer.OBJECT;
        out.raw(isObject ? '{' : '[');
        int count = container.count();
        for (int i = 0; i < count; i++) {
            if (i > 0) {
                out.raw(',');
            }
            if (isObject) {
                field(container, bytes, i, depth);
            } else {
                part(container, bytes, i, depth);
            }
        }
        out.raw(isObject ? '}' : ']');
        return container.end();
    }

    private int string(byte[] bytes, int at, long length, int end) {
        VariantBytes.check(at, length, end);
        out.string(bytes, at, (int) (at + length));
        return (int) (at + length);
    }

    private int primitive(byte[] bytes, int at, int end, int type) {
        return switch (type) {
            case 0 -> literal("null", at);
            case 1 -> literal("true", at);
            case 2 -> literal("false", at);
            case 3 -> integer(bytes, at, end, 1);
            case 4 -> integer(bytes, at, end, 2);
            case 5 -> integer(bytes, at, end, 4);
            case 6 -> integer(bytes, at, end, 8);
            case 7 -> {
                out.number(Double.longBitsToDouble(VariantBytes.signed(bytes, at, 8, end)));
                yield at + 8;
            }
            case 8 -> decimal(bytes, at, end, 4);
            case 9 -> decimal(bytes, at, end, 8);
            case 10 -> decimal(bytes, at, end, 16);
            case 11 -> {
                out.date(VariantBytes.signed(bytes, at, 4, end));
                yield at + 4;
            }
            case 12 -> timestamp(bytes, at, end, 6, true);
            case 13 -> timestamp(bytes, at, end, 6, false);
            case 14 -> {
                out.number(Float.intBitsToFloat((int) VariantBytes.signed(bytes, at, 4, end)));
                yield at + 4;
            }
            case 15 -> {
                long length = VariantBytes.unsigned(bytes, at, 4, end);
                VariantBytes.check(at + 4L, length, end);
                out.base64(bytes, at + 4, (int) (at + 4 + length));
                yield (int) (at + 4 + length);
            }
            case 16 -> string(bytes, at + 4, VariantBytes.unsigned(bytes, at, 4, end), end);
            case 17 -> {
                out.time(VariantBytes.signed(bytes, at, 8, end));
                yield at + 8;
            }
            case 18 -> timestamp(bytes, at, end, 9, true);
            case 19 -> timestamp(bytes, at, end, 9, false);
            case 20 -> {
                VariantBytes.check(at, 16, end);
                out.uuid(bytes, at);
                yield at + 16;
            }
            default -> throw new CorruptFile("a variant has a value of unknown type " + type);
        };
    }

    private int literal(String text, int at) {
        out.raw(text);
        return at;
    }

    private int integer(byte[] bytes, int at, int end, int width) {
        out.integer(VariantBytes.signed(bytes, at, width, end));
        return at + width;
    }

    private int timestamp(byte[] bytes, int at, int end, int digits, boolean hasZone) {
        out.timestamp(VariantBytes.signed(bytes, at, 8, end), digits, hasZone);
        return at + 8;
    }

    private int decimal(byte[] bytes, int at, int end, int width) {
        VariantBytes.check(at, width + 1L, end);
        int scale = bytes[at] & 0xFF;
        CorruptFile.check(scale <= MAX_SCALE, "a decimal of a variant has too many digits");
        if (width <= 8) {
            out.decimal(VariantBytes.signed(bytes, at + 1, width, end), scale);
        } else {
            byte[] bigEndian = new byte[width];
            for (int i = 0; i < width; i++) {
                bigEndian[i] = bytes[at + width - i];
            }
            out.decimal(new BigInteger(bigEndian), scale);
        }
        return at + 1 + width;
    }
}
