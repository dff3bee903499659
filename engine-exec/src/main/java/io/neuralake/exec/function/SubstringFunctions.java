package io.neuralake.exec.function;

import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.StringView;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;

/// Parts of text, which share the argument's bytes: substring, left, right.
final class SubstringFunctions {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final int NOT_ASCII = 0x8080_8080;

    private SubstringFunctions() {}

    static void register(Map<String, FunctionBinder> binders) {
        binders.put("substring", site -> in -> substring(in, site.argumentType(0)));
        binders.put("left", _ -> in -> side(in, true));
        binders.put("right", _ -> in -> side(in, false));
    }

    /// Positions count from 1; a negative one counts from the end, as in DuckDB. Without a length the
    /// part goes to the end. A start before the text takes from the length, as SQL demands.
    private static Column substring(FunctionInput in, Type type) {
        TextArgument text = new TextArgument(in, 0);
        MemorySegment starts = in.values(1);
        int startMask = in.mask(1);
        boolean bounded = in.arguments().size() > 2;
        MemorySegment lengths = bounded ? in.values(2) : starts;
        int lengthMask = bounded ? in.mask(2) : 0;
        boolean binary = type == ScalarType.VARBINARY;
        TextBuilder builder = new TextBuilder(in);
        builder.share(0);
        int head = bounded && in.isConstant(1) && in.isConstant(2) ? head(starts, lengths) : -1;
        for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
            if (head >= 0) {
                int kept = Math.min(head, text.length(i));
                int bytes = text.prefix(i) & (int) ((1L << 8 * kept) - 1);
                if (binary || (bytes & NOT_ASCII) == 0) {
                    builder.finishRowInline(i, bytes, kept);
                    continue;
                }
            }
            long start = starts.get(LONG, (long) (i & startMask) << 3);
            long count =
                    bounded ? lengths.get(LONG, (long) (i & lengthMask) << 3) : Long.MAX_VALUE >> 1;
            if (count < 0) {
                throw new NeuralakeException(
                        ErrorCode.INVALID_PARAMETER, "Negative substring length: " + count);
            }
            int length = text.length(i);
            long address = text.address(i);
            // Characters behind the part do not matter.
            long behind =
                    start > 0 && start <= length && count < length ? start - 1 + count : length;
            boolean bytewise = binary || Utf8.isAscii(address, (int) Math.min(behind, length));
            if (start < 0) {
                long characters = bytewise ? length : Utf8.count(address, length);
                start = characters + start + 1;
            }
            long skip = start - 1;
            if (skip < 0) {
                count = Math.max(0, Math.min(count, Long.MAX_VALUE >> 1) + skip);
                skip = 0;
            }
            long end = address + length;
            long from;
            long to;
            if (bytewise) {
                from = skip > length ? end : address + skip;
                to = count > end - from ? end : from + count;
            } else {
                from = Utf8.forward(address, end, skip);
                to = Utf8.forward(from, end, count);
            }
            builder.finishRowShared(i, from, (int) (to - from));
        }
        return builder.finish(type);
    }

    /// Returns how many of the first bytes make the part if they are ASCII, or -1 where views do not
    /// hold them all.
    private static int head(MemorySegment start, MemorySegment count) {
        long head = count.get(LONG, 0);
        return start.get(LONG, 0) == 1 && head >= 0 && head <= StringView.PREFIX_BYTES
                ? (int) head
                : -1;
    }

    /// A negative count leaves out so many characters at the other end.
    private static Column side(FunctionInput in, boolean left) {
        TextArgument text = new TextArgument(in, 0);
        MemorySegment counts = in.values(1);
        int mask = in.mask(1);
        TextBuilder builder = new TextBuilder(in);
        builder.share(0);
        for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
            long count = counts.get(LONG, (long) (i & mask) << 3);
            int length = text.length(i);
            long address = text.address(i);
            if (left && count >= 0) {
                int bytes = (int) Math.min(count, length);
                if (Utf8.isAscii(address, bytes)) {
                    builder.finishRowShared(i, address, bytes);
                    continue;
                }
            }
            long characters = Utf8.count(address, length);
            long kept = count < 0 ? Math.max(0, characters + count) : Math.min(count, characters);
            long end = address + length;
            if (left) {
                long to = Utf8.forward(address, end, kept);
                builder.finishRowShared(i, address, (int) (to - address));
            } else {
                long from = Utf8.forward(address, end, characters - kept);
                builder.finishRowShared(i, from, (int) (end - from));
            }
        }
        return builder.finish(ScalarType.VARCHAR);
    }

    /// Returns the characters from one position to another, both from 1 or from the end.
    static Column slice(FunctionInput in) {
        TextArgument text = new TextArgument(in, 0);
        MemorySegment begins = in.values(1);
        MemorySegment ends = in.values(2);
        TextBuilder builder = new TextBuilder(in);
        builder.share(0);
        for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
            long begin = begins.get(LONG, (long) (i & in.mask(1)) << 3);
            long end = ends.get(LONG, (long) (i & in.mask(2)) << 3);
            long address = text.address(i);
            long behind = address + text.length(i);
            long characters = begin < 0 || end < 0 ? Utf8.count(address, text.length(i)) : 0;
            long first = Math.max(1, begin < 0 ? characters + begin + 1 : begin);
            long last = end < 0 ? characters + end + 1 : end;
            if (first <= last) {
                long from = Utf8.forward(address, behind, first - 1);
                long to = Utf8.forward(from, behind, last - first + 1);
                builder.finishRowShared(i, from, (int) (to - from));
            }
        }
        return builder.finish(ScalarType.VARCHAR);
    }

    /// Returns the character at a position, from 1 or from the end; empty where there is none.
    static Column characterAt(FunctionInput in) {
        TextArgument text = new TextArgument(in, 0);
        MemorySegment positions = in.values(1);
        int mask = in.mask(1);
        TextBuilder builder = new TextBuilder(in);
        builder.share(0);
        for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
            long position = positions.get(LONG, (long) (i & mask) << 3);
            int length = text.length(i);
            long address = text.address(i);
            long skip = position > 0 ? position - 1 : Utf8.count(address, length) + position;
            if (position != 0 && skip >= 0) {
                long from = Utf8.forward(address, address + length, skip);
                long to = Utf8.forward(from, address + length, 1);
                builder.finishRowShared(i, from, (int) (to - from));
            }
        }
        return builder.finish(ScalarType.VARCHAR);
    }
}
