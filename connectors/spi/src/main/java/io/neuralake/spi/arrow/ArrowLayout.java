package io.neuralake.spi.arrow;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.memory.NativeMemory;

import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.BaseFixedWidthVector;
import org.apache.arrow.vector.BaseIntVector;
import org.apache.arrow.vector.BaseLargeVariableWidthVector;
import org.apache.arrow.vector.BaseVariableWidthVector;
import org.apache.arrow.vector.BaseVariableWidthViewVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.NullVector;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.complex.LargeListVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.StructVector;

import java.lang.foreign.MemorySegment;
import java.util.List;

/// Checks that the buffers of Arrow vectors hold what their rows refer to. What a client sends is a
/// claim: offsets may lie outside of what they point into, and buffers may be shorter than the number of
/// rows says. After the check all of the rows can be read without looking again. Costs one pass over
/// the offsets. Throws INVALID_PARAMETER (22023) with the column's name, and UNSUPPORTED (0A000) for
/// vectors that [ArrowImport] does not know either.
public final class ArrowLayout {
    private static final int VIEW_BYTES = 16;
    private static final int INLINE_BYTES = 12;
    private static final int VIEW_BUFFER = 8;
    private static final int VIEW_OFFSET = 12;

    private ArrowLayout() {}

    /// Checks `count` rows from `from` on.
    public static void check(FieldVector vector, int from, int count) {
        check(vector, (long) from, count);
    }

    /// Checks that codes of a dictionary are within it, for all rows that are not null.
    public static void checkCodes(FieldVector codes, int dictionarySize) {
        check(codes, 0, codes.getValueCount());
        if (!(codes instanceof BaseIntVector numbers)) {
            throw malformed(codes, "codes of a dictionary are not integers");
        }
        for (int i = 0; i < codes.getValueCount(); i++) {
            long code = codes.isNull(i) ? 0 : numbers.getValueAsLong(i);
            if (!codes.isNull(i) && (code < 0 || code >= dictionarySize)) {
                throw malformed(codes, "a code is outside of the dictionary: " + code);
            }
        }
    }

    private static void check(FieldVector vector, long from, long count) {
        if (from < 0 || count < 0 || from > vector.getValueCount() - count) {
            throw malformed(vector, "it has fewer values than rows refer to");
        }
        if (vector instanceof NullVector) {
            return;
        }
        // Counting nulls reads all of the bits.
        holds(vector, vector.getValidityBuffer(), bitmapBytes(vector.getValueCount()));
        long end = from + count;
        switch (vector) {
            case BitVector v -> holds(v, v.getDataBuffer(), bitmapBytes(end));
            case BaseFixedWidthVector v -> holds(v, v.getDataBuffer(), end * v.getTypeWidth());
            case BaseVariableWidthVector v -> {
                Offsets offsets = offsets(v, Integer.BYTES, from, end);
                holds(v, v.getDataBuffer(), offsets.last());
            }
            case BaseLargeVariableWidthVector v -> {
                Offsets offsets = offsets(v, Long.BYTES, from, end);
                holds(v, v.getDataBuffer(), offsets.last());
            }
            case BaseVariableWidthViewVector v -> views(v, from, end);
            case ListVector v -> elements(v, v.getDataVector(), Integer.BYTES, from, end);
            case LargeListVector v -> elements(v, v.getDataVector(), Long.BYTES, from, end);
            case FixedSizeListVector v ->
                    check(v.getDataVector(), from * v.getListSize(), count * v.getListSize());
            case StructVector v ->
                    v.getChildrenFromFields().forEach(child -> check(child, from, count));
            default ->
                    throw new NeuralakeException(
                            ErrorCode.UNSUPPORTED,
                            "Arrow type has no SQL counterpart: " + vector.getField());
        }
    }

    private static long bitmapBytes(long bits) {
        return (bits + 7) >>> 3;
    }

    private static void holds(FieldVector vector, ArrowBuf buffer, long bytes) {
        if (bytes > buffer.capacity()) {
            throw malformed(vector, "a buffer is too short");
        }
    }

    /// The first and the last of some offsets.
    private record Offsets(long first, long last) {}

    private static Offsets offsets(FieldVector vector, int width, long from, long end) {
        ArrowBuf buffer = vector.getOffsetBuffer();
        if (end == 0 && buffer.capacity() < width) {
            // Of a vector without rows it may be missing.
            return new Offsets(0, 0);
        }
        holds(vector, buffer, (end + 1) * width);
        MemorySegment all = NativeMemory.segment(buffer.memoryAddress(), (end + 1) * width);
        long first = offset(all, width, from);
        long last = first;
        for (long i = from + 1; i <= end; i++) {
            long next = offset(all, width, i);
            if (next < last) {
                throw malformed(vector, "offsets decrease");
            }
            last = next;
        }
        if (first < 0) {
            throw malformed(vector, "an offset is negative");
        }
        return new Offsets(first, last);
    }

    private static long offset(MemorySegment offsets, int width, long index) {
        return width == Integer.BYTES
                ? NativeMemory.getInt(offsets, index * Integer.BYTES)
                : NativeMemory.getLong(offsets, index * Long.BYTES);
    }

    private static void elements(
            FieldVector list, FieldVector child, int width, long from, long end) {
        Offsets offsets = offsets(list, width, from, end);
        check(child, offsets.first(), offsets.last() - offsets.first());
    }

    private static void views(BaseVariableWidthViewVector vector, long from, long end) {
        ArrowBuf views = vector.getDataBuffer();
        List<ArrowBuf> buffers = vector.getDataBuffers();
        holds(vector, views, end * VIEW_BYTES);
        for (long i = from; i < end; i++) {
            int length = views.getInt(i * VIEW_BYTES);
            if (vector.isNull((int) i) || length >= 0 && length <= INLINE_BYTES) {
                continue;
            }
            int buffer = views.getInt(i * VIEW_BYTES + VIEW_BUFFER);
            long offset = views.getInt(i * VIEW_BYTES + VIEW_OFFSET);
            if (length < 0 || buffer < 0 || buffer >= buffers.size() || offset < 0) {
                throw malformed(vector, "a view points nowhere");
            }
            holds(vector, buffers.get(buffer), offset + length);
        }
    }

    private static NeuralakeException malformed(FieldVector vector, String what) {
        return new NeuralakeException(
                ErrorCode.INVALID_PARAMETER,
                "Arrow data is malformed: " + what + ": column " + vector.getName());
    }
}
