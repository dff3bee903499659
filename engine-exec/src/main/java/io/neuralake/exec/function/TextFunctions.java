package io.neuralake.exec.function;

import io.neuralake.exec.kernel.ByteSearchKernels;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.StringView;
import io.neuralake.spi.simd.SimdCapabilities;
import io.neuralake.spi.type.ListType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;

/// Functions that measure text, search in it or take parts of it.
final class TextFunctions {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final MemorySegment MEMORY = StringView.MEMORY;
    private static final ByteSearchKernels SEARCH =
            ByteSearchKernels.best(SimdCapabilities.detected());

    private TextFunctions() {}

    static void register(Map<String, FunctionBinder> binders) {
        binders.put(
                "length",
                site ->
                        site.argumentType(0) instanceof ListType
                                ? ListFunctions::size
                                : in -> length(in, site.argumentType(0) == ScalarType.VARCHAR, 1));
        binders.put("octet_length", _ -> in -> length(in, false, 1));
        binders.put("bit_length", _ -> in -> length(in, false, 8));
        binders.put("ascii", _ -> TextFunctions::firstCodePoint);
        binders.put("starts_with", _ -> in -> ends(in, true));
        binders.put("ends_with", _ -> in -> ends(in, false));
        binders.put(
                "contains",
                site ->
                        site.argumentType(0) instanceof ListType
                                ? in -> ListFunctions.position(in, true)
                                : TextFunctions::contains);
        binders.put("position", _ -> in -> position(in, 1, 0));
        binders.put("strpos", _ -> in -> position(in, 0, 1));
        binders.put("split_part", _ -> TextFunctions::splitPart);
        binders.put("string_split", site -> in -> split(in, site.resultType()));
        binders.put("trim", _ -> in -> trim(in, true, true));
        binders.put("ltrim", _ -> in -> trim(in, true, false));
        binders.put("rtrim", _ -> in -> trim(in, false, true));
    }

    private static Column length(FunctionInput in, boolean characters, int factor) {
        TextArgument text = new TextArgument(in, 0);
        DataBuffer buffer = in.memory().scratchZeroed(8L * in.rowCount());
        for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
            int bytes = text.length(i);
            long length = characters ? Utf8.count(text.address(i), bytes) : bytes;
            buffer.segment().set(LONG, (long) i << 3, length * factor);
        }
        return in.result(ScalarType.BIGINT, buffer);
    }

    private static Column firstCodePoint(FunctionInput in) {
        TextArgument text = new TextArgument(in, 0);
        DataBuffer buffer = in.memory().scratchZeroed(4L * in.rowCount());
        for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
            int code = text.length(i) == 0 ? 0 : Utf8.codePoint(text.address(i));
            buffer.segment().set(INT, (long) i << 2, code);
        }
        return in.result(ScalarType.INTEGER, buffer);
    }

    private static boolean same(long left, long right, int length) {
        return MemorySegment.mismatch(MEMORY, left, left + length, MEMORY, right, right + length)
                < 0;
    }

    private static Column ends(FunctionInput in, boolean start) {
        TextArgument text = new TextArgument(in, 0);
        TextArgument part = new TextArgument(in, 1);
        DataBuffer bits = in.memory().scratchZeroed(Bitmap.bytes(in.rowCount()));
        for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
            int length = text.length(i);
            int partLength = part.length(i);
            long from = text.address(i) + (start ? 0 : length - partLength);
            if (partLength <= length && same(from, part.address(i), partLength)) {
                Bitmap.set(bits.segment(), i, true);
            }
        }
        return in.result(ScalarType.BOOLEAN, bits);
    }

    private static Column contains(FunctionInput in) {
        TextArgument text = new TextArgument(in, 0);
        TextArgument part = new TextArgument(in, 1);
        DataBuffer bits = in.memory().scratchZeroed(Bitmap.bytes(in.rowCount()));
        byte[] needle = new byte[0];
        boolean first = true;
        for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
            if (first || !in.isConstant(1)) {
                needle = part.bytes(i);
                first = false;
            }
            long from = text.address(i);
            if (SEARCH.find(from, from + text.length(i), needle) >= 0) {
                Bitmap.set(bits.segment(), i, true);
            }
        }
        return in.result(ScalarType.BOOLEAN, bits);
    }

    private static Column position(FunctionInput in, int textArgument, int partArgument) {
        TextArgument text = new TextArgument(in, textArgument);
        TextArgument part = new TextArgument(in, partArgument);
        DataBuffer buffer = in.memory().scratchZeroed(8L * in.rowCount());
        byte[] needle = new byte[0];
        boolean first = true;
        for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
            if (first || !in.isConstant(partArgument)) {
                needle = part.bytes(i);
                first = false;
            }
            long from = text.address(i);
            long found = SEARCH.find(from, from + text.length(i), needle);
            if (found >= 0) {
                long before = Utf8.count(from, (int) (found - from));
                buffer.segment().set(LONG, (long) i << 3, before + 1);
            }
        }
        return in.result(ScalarType.BIGINT, buffer);
    }

    /// A negative number counts parts from the end.
    private static Column splitPart(FunctionInput in) {
        TextArgument text = new TextArgument(in, 0);
        TextArgument separators = new TextArgument(in, 1);
        MemorySegment numbers = in.values(2);
        TextBuilder builder = new TextBuilder(in);
        builder.share(0);
        for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
            long number = numbers.get(LONG, (long) (i & in.mask(2)) << 3);
            if (number == 0) {
                throw RowErrors.argument("Field position of split_part must not be 0");
            }
            byte[] separator = separators.bytes(i);
            long at = text.address(i);
            long end = at + text.length(i);
            if (number < 0) {
                number = parts(at, end, separator) + number + 1;
            }
            for (long part = 1; part <= number; part++) {
                long found = separator.length == 0 ? -1 : SEARCH.find(at, end, separator);
                if (part == number) {
                    long to = found < 0 ? end : found;
                    builder.finishRowShared(i, at, (int) (to - at));
                    break;
                }
                if (found < 0) {
                    break;
                }
                at = found + separator.length;
            }
        }
        return builder.finish(ScalarType.VARCHAR);
    }

    private static long parts(long from, long end, byte[] separator) {
        long count = 1;
        long at = from;
        while (separator.length > 0) {
            long found = SEARCH.find(at, end, separator);
            if (found < 0) {
                break;
            }
            count++;
            at = found + separator.length;
        }
        return count;
    }

    /// An empty separator parts single characters.
    private static Column split(FunctionInput in, Type type) {
        TextArgument text = new TextArgument(in, 0);
        TextArgument separators = new TextArgument(in, 1);
        TextListBuilder builder = new TextListBuilder(in);
        for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
            byte[] separator = separators.bytes(i);
            long at = text.address(i);
            long end = at + text.length(i);
            if (separator.length == 0) {
                for (; at < end; at = Utf8.forward(at, end, 1)) {
                    builder.add(at, (int) (Utf8.forward(at, end, 1) - at));
                }
            } else {
                long found = SEARCH.find(at, end, separator);
                while (found >= 0) {
                    builder.add(at, (int) (found - at));
                    at = found + separator.length;
                    found = SEARCH.find(at, end, separator);
                }
                builder.add(at, (int) (end - at));
            }
            builder.finishRow(i);
        }
        return builder.finish(type);
    }

    private static Column trim(FunctionInput in, boolean start, boolean end) {
        TextArgument text = new TextArgument(in, 0);
        TextBuilder builder = new TextBuilder(in);
        builder.share(0);
        boolean given = in.arguments().size() > 1;
        int[] characters = {' '};
        boolean first = true;
        for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
            if (given && (first || !in.isConstant(1))) {
                characters = new TextArgument(in, 1).string(i).codePoints().toArray();
                first = false;
            }
            long from = text.address(i);
            long to = from + text.length(i);
            while (start && from < to && contains(characters, Utf8.codePoint(from))) {
                from = Utf8.forward(from, to, 1);
            }
            while (end && from < to) {
                long last = Utf8.backward(from, to, 1);
                if (!contains(characters, Utf8.codePoint(last))) {
                    break;
                }
                to = last;
            }
            builder.finishRowShared(i, from, (int) (to - from));
        }
        return builder.finish(ScalarType.VARCHAR);
    }

    private static boolean contains(int[] characters, int wanted) {
        for (int character : characters) {
            if (character == wanted) {
                return true;
            }
        }
        return false;
    }
}
