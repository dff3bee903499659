package io.neuralake.exec.function;

import io.neuralake.exec.kernel.ByteSearchKernels;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.StringView;
import io.neuralake.spi.simd.SimdCapabilities;
import io.neuralake.spi.type.ListType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.ValueLayout;
import java.util.Locale;
import java.util.Map;

/// Functions that make new text of text.
final class TextBuilding {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final ByteSearchKernels SEARCH =
            ByteSearchKernels.best(SimdCapabilities.detected());
    private static final int MAX_CODE_POINT = 0x10FFFF;
    private static final int MAX_CHARACTERS = 256 * 1024 * 1024;

    /// Makes the text of a row.
    @FunctionalInterface
    private interface RowWriter {
        void write(TextBuilder builder, int row);
    }

    private TextBuilding() {}

    static void register(Map<String, FunctionBinder> binders) {
        binders.put("upper", _ -> in -> changeCase(in, true));
        binders.put("lower", _ -> in -> changeCase(in, false));
        binders.put("initcap", _ -> TextBuilding::capitals);
        binders.put("lpad", _ -> in -> pad(in, true));
        binders.put("rpad", _ -> in -> pad(in, false));
        binders.put("replace", _ -> TextBuilding::replace);
        binders.put("translate", _ -> TextBuilding::translate);
        binders.put("overlay", _ -> TextBuilding::overlay);
        binders.put("concatenate", TextBuilding::concatenate);
        binders.put("concat", TextBuilding::concat);
        binders.put("concat_ws", _ -> in -> join(in, ScalarType.VARCHAR, 1));
        binders.put("reverse", _ -> TextBuilding::reverse);
        binders.put("repeat", _ -> TextBuilding::repeat);
        binders.put("chr", _ -> TextBuilding::character);
        binders.put("space", _ -> TextBuilding::spaces);
    }

    private static Column rows(FunctionInput in, Type type, RowWriter writer) {
        TextBuilder builder = new TextBuilder(in);
        for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
            writer.write(builder, i);
            builder.finishRow(i);
        }
        return builder.finish(type);
    }

    private static long number(FunctionInput in, int argument, int row) {
        return in.values(argument).get(LONG, (long) (row & in.mask(argument)) << 3);
    }

    private static Column changeCase(FunctionInput in, boolean upper) {
        TextArgument text = new TextArgument(in, 0);
        byte from = (byte) (upper ? 'a' : 'A');
        int shift = upper ? -32 : 32;
        return rows(
                in,
                ScalarType.VARCHAR,
                (builder, i) -> {
                    int length = text.length(i);
                    long address = text.address(i);
                    if (!Utf8.isAscii(address, length)) {
                        String value = text.string(i);
                        builder.append(
                                upper
                                        ? value.toUpperCase(Locale.ROOT)
                                        : value.toLowerCase(Locale.ROOT));
                        return;
                    }
                    for (int k = 0; k < length; k++) {
                        byte b = StringView.MEMORY.get(BYTE, address + k);
                        boolean letter = b >= from && b < from + 26;
                        builder.append((byte) (letter ? b + shift : b));
                    }
                });
    }

    private static Column capitals(FunctionInput in) {
        TextArgument text = new TextArgument(in, 0);
        return rows(
                in,
                ScalarType.VARCHAR,
                (builder, i) -> {
                    boolean inWord = false;
                    for (int c : text.string(i).codePoints().toArray()) {
                        builder.appendCodePoint(
                                inWord ? Character.toLowerCase(c) : Character.toUpperCase(c));
                        inWord = Character.isLetterOrDigit(c);
                    }
                });
    }

    private static Column pad(FunctionInput in, boolean left) {
        TextArgument text = new TextArgument(in, 0);
        boolean given = in.arguments().size() > 2;
        return rows(
                in,
                ScalarType.VARCHAR,
                (builder, i) -> {
                    long wanted = Math.max(0, number(in, 1, i));
                    if (wanted > MAX_CHARACTERS) {
                        throw RowErrors.argument("Padded length too large: " + wanted);
                    }
                    long address = text.address(i);
                    int length = text.length(i);
                    long have = Utf8.count(address, length);
                    long missing = wanted - have;
                    if (missing <= 0) {
                        long end = Utf8.forward(address, address + length, wanted);
                        builder.append(address, (int) (end - address));
                        return;
                    }
                    if (!left) {
                        builder.append(address, length);
                    }
                    fill(builder, given ? new TextArgument(in, 2) : null, i, missing);
                    if (left) {
                        builder.append(address, length);
                    }
                });
    }

    private static void fill(
            TextBuilder builder, @Nullable TextArgument filling, int row, long missing) {
        if (filling == null) {
            for (long k = 0; k < missing; k++) {
                builder.append((byte) ' ');
            }
            return;
        }
        long address = filling.address(row);
        int length = filling.length(row);
        long characters = Utf8.count(address, length);
        if (characters == 0) {
            return;
        }
        long left = missing;
        for (; left >= characters; left -= characters) {
            builder.append(address, length);
        }
        long end = Utf8.forward(address, address + length, left);
        builder.append(address, (int) (end - address));
    }

    private static Column replace(FunctionInput in) {
        TextArgument text = new TextArgument(in, 0);
        TextArgument old = new TextArgument(in, 1);
        TextArgument with = new TextArgument(in, 2);
        return rows(
                in,
                ScalarType.VARCHAR,
                (builder, i) -> {
                    long at = text.address(i);
                    long end = at + text.length(i);
                    byte[] needle = old.bytes(i);
                    long found = needle.length == 0 ? -1 : SEARCH.find(at, end, needle);
                    while (found >= 0) {
                        builder.append(at, (int) (found - at));
                        builder.append(with.address(i), with.length(i));
                        at = found + needle.length;
                        found = SEARCH.find(at, end, needle);
                    }
                    builder.append(at, (int) (end - at));
                });
    }

    private static Column translate(FunctionInput in) {
        TextArgument text = new TextArgument(in, 0);
        TextArgument from = new TextArgument(in, 1);
        TextArgument to = new TextArgument(in, 2);
        return rows(
                in,
                ScalarType.VARCHAR,
                (builder, i) -> {
                    int[] old = from.string(i).codePoints().toArray();
                    int[] with = to.string(i).codePoints().toArray();
                    for (int c : text.string(i).codePoints().toArray()) {
                        int k = 0;
                        while (k < old.length && old[k] != c) {
                            k++;
                        }
                        if (k == old.length) {
                            builder.appendCodePoint(c);
                        } else if (k < with.length) {
                            builder.appendCodePoint(with[k]);
                        }
                    }
                });
    }

    private static Column overlay(FunctionInput in) {
        TextArgument text = new TextArgument(in, 0);
        TextArgument with = new TextArgument(in, 1);
        return rows(
                in,
                ScalarType.VARCHAR,
                (builder, i) -> {
                    long start = number(in, 2, i);
                    if (start < 1) {
                        throw RowErrors.argument("Start of overlay must be positive: " + start);
                    }
                    long count =
                            in.arguments().size() > 3
                                    ? number(in, 3, i)
                                    : Utf8.count(with.address(i), with.length(i));
                    long address = text.address(i);
                    long end = address + text.length(i);
                    long head = Utf8.forward(address, end, start - 1);
                    builder.append(address, (int) (head - address));
                    builder.append(with.address(i), with.length(i));
                    long tail = Utf8.forward(address, end, Math.max(0, start - 1 + count));
                    builder.append(tail, (int) (end - tail));
                });
    }

    private static ScalarImplementation concat(FunctionSite site) {
        Type type = site.resultType();
        return type instanceof ListType
                ? in -> ListFunctions.concat(in, type)
                : in -> join(in, type, 0);
    }

    private static ScalarImplementation concatenate(FunctionSite site) {
        Type type = site.resultType();
        if (type instanceof ListType) {
            return in -> ListFunctions.concat(in, type);
        }
        return in -> {
            TextArgument[] texts = texts(in);
            return rows(
                    in,
                    type,
                    (builder, i) -> {
                        for (TextArgument text : texts) {
                            builder.append(text.address(i), text.length(i));
                        }
                    });
        };
    }

    private static TextArgument[] texts(FunctionInput in) {
        TextArgument[] texts = new TextArgument[in.arguments().size()];
        for (int a = 0; a < texts.length; a++) {
            texts[a] = new TextArgument(in, a);
        }
        return texts;
    }

    /// Appends the values that are not null; with a separator when `first` is 1, which makes the
    /// result null where it is null.
    private static Column join(FunctionInput in, Type type, int first) {
        TextArgument[] texts = texts(in);
        CastOutput output = new CastOutput(in, true);
        TextBuilder builder = new TextBuilder(in);
        for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
            if (first == 1 && in.argument(0).isNull(i)) {
                output.setNull(i);
                continue;
            }
            boolean any = false;
            for (int a = first; a < texts.length; a++) {
                if (in.argument(a).isNull(i)) {
                    continue;
                }
                if (any && first == 1) {
                    builder.append(texts[0].address(i), texts[0].length(i));
                }
                any = true;
                builder.append(texts[a].address(i), texts[a].length(i));
            }
            builder.finishRow(i);
        }
        return builder.finish(type, output.validity());
    }

    private static Column reverse(FunctionInput in) {
        TextArgument text = new TextArgument(in, 0);
        return rows(
                in,
                ScalarType.VARCHAR,
                (builder, i) -> {
                    long start = text.address(i);
                    long at = start + text.length(i);
                    while (at > start) {
                        long previous = Utf8.backward(start, at, 1);
                        builder.append(previous, (int) (at - previous));
                        at = previous;
                    }
                });
    }

    private static Column repeat(FunctionInput in) {
        TextArgument text = new TextArgument(in, 0);
        return rows(
                in,
                ScalarType.VARCHAR,
                (builder, i) -> {
                    long count = number(in, 1, i);
                    int length = text.length(i);
                    if (length > 0 && count > MAX_CHARACTERS / length) {
                        throw RowErrors.argument("Repeated text too long: " + count + " times");
                    }
                    for (long k = 0; k < count && length > 0; k++) {
                        builder.append(text.address(i), length);
                    }
                });
    }

    private static Column character(FunctionInput in) {
        return rows(
                in,
                ScalarType.VARCHAR,
                (builder, i) -> {
                    long code = number(in, 0, i);
                    boolean surrogate = code >= 0xD800 && code <= 0xDFFF;
                    if (code <= 0 || code > MAX_CODE_POINT || surrogate) {
                        throw RowErrors.argument("Not a code point: " + code);
                    }
                    builder.appendCodePoint((int) code);
                });
    }

    private static Column spaces(FunctionInput in) {
        return rows(
                in,
                ScalarType.VARCHAR,
                (builder, i) -> {
                    long count = number(in, 0, i);
                    if (count > MAX_CHARACTERS) {
                        throw RowErrors.argument("Text too long: " + count + " spaces");
                    }
                    fill(builder, null, i, Math.max(0, count));
                });
    }
}
