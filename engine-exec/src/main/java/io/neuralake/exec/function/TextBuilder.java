package io.neuralake.exec.function;

import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.StringView;
import io.neuralake.spi.batch.ViewColumn;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Builds a column of text or binary row by row: append bytes, then [#finishRow]. Rows that are not
/// finished are empty. Bytes go to chunks that never move, since views hold addresses. Used for one
/// batch.
final class TextBuilder {
    private static final int CHUNK_BYTES = 32 * 1024;

    private final FunctionInput input;
    private final DataBuffer views;
    private final List<DataBuffer> heaps = new ArrayList<>(2);
    private byte[] bytes = new byte[256];
    private int length;
    private @Nullable DataBuffer chunk;
    private long chunkUsed;

    TextBuilder(FunctionInput input) {
        this.input = input;
        this.views = input.memory().scratchZeroed((long) StringView.BYTES * input.rowCount());
    }

    /// Appends a byte.
    void append(byte value) {
        reserve(1);
        bytes[length++] = value;
    }

    /// Appends bytes at an absolute address.
    void append(long address, int count) {
        reserve(count);
        MemorySegment.copy(StringView.MEMORY, ValueLayout.JAVA_BYTE, address, bytes, length, count);
        length += count;
    }

    /// Appends bytes.
    void append(byte[] source, int from, int count) {
        reserve(count);
        System.arraycopy(source, from, bytes, length, count);
        length += count;
    }

    /// Appends text.
    void append(CharSequence text) {
        int count = text.length();
        reserve(count);
        for (int i = 0; i < count; i++) {
            char c = text.charAt(i);
            if (c >= 0x80) {
                byte[] rest =
                        text.subSequence(i, count).toString().getBytes(StandardCharsets.UTF_8);
                append(rest, 0, rest.length);
                return;
            }
            bytes[length++] = (byte) c;
        }
    }

    /// Appends a code point in UTF-8.
    void appendCodePoint(int codePoint) {
        reserve(4);
        if (codePoint < 0x80) {
            bytes[length++] = (byte) codePoint;
        } else if (codePoint < 0x800) {
            bytes[length++] = (byte) (0xC0 | codePoint >> 6);
            bytes[length++] = (byte) (0x80 | codePoint & 0x3F);
        } else if (codePoint < 0x10000) {
            bytes[length++] = (byte) (0xE0 | codePoint >> 12);
            bytes[length++] = (byte) (0x80 | codePoint >> 6 & 0x3F);
            bytes[length++] = (byte) (0x80 | codePoint & 0x3F);
        } else {
            bytes[length++] = (byte) (0xF0 | codePoint >> 18);
            bytes[length++] = (byte) (0x80 | codePoint >> 12 & 0x3F);
            bytes[length++] = (byte) (0x80 | codePoint >> 6 & 0x3F);
            bytes[length++] = (byte) (0x80 | codePoint & 0x3F);
        }
    }

    /// Returns the bytes appended to the row so far.
    int length() {
        return length;
    }

    private void reserve(int more) {
        if (length + more > bytes.length) {
            if (length + (long) more > Integer.MAX_VALUE - 16) {
                throw RowErrors.argument("Text too long: " + (length + (long) more) + " bytes");
            }
            bytes = Arrays.copyOf(bytes, Math.max(length + more, bytes.length * 2));
        }
    }

    /// Ends a row with the bytes appended.
    void finishRow(int row) {
        long address;
        if (length > StringView.MAX_INLINE) {
            address = copyToHeap();
            StringView.write(views.segment(), (long) row << 4, address, length);
        } else {
            MemorySegment to = views.segment();
            long at = (long) row << 4;
            to.set(ValueLayout.JAVA_LONG_UNALIGNED, at, length);
            to.set(ValueLayout.JAVA_LONG_UNALIGNED, at + 8, 0);
            MemorySegment.copy(bytes, 0, to, ValueLayout.JAVA_BYTE, at + 4, length);
        }
        length = 0;
    }

    private long copyToHeap() {
        DataBuffer current = chunk;
        if (current == null || current.size() - chunkUsed < length) {
            current = input.memory().scratch(Math.max(CHUNK_BYTES, length));
            heaps.add(current);
            chunk = current;
            chunkUsed = 0;
        }
        MemorySegment.copy(bytes, 0, current.segment(), ValueLayout.JAVA_BYTE, chunkUsed, length);
        long address = current.address() + chunkUsed;
        chunkUsed += length;
        return address;
    }

    /// Ends a row with a part of an argument's bytes, without copying; keep the argument's heap with
    /// [#share].
    void finishRowShared(int row, long address, int count) {
        StringView.write(views.segment(), (long) row << 4, address, count);
    }

    /// Ends a row with up to four bytes, the lowest first, zeros behind them.
    void finishRowInline(int row, int prefix, int count) {
        StringView.writePrefix(views.segment(), (long) row << 4, prefix, count);
    }

    /// Keeps the heap of an argument, into which shared rows point.
    void share(int argument) {
        if (input.rows(argument) instanceof ViewColumn view && view.heap() != null) {
            DataBuffer heap = view.heap();
            if (heap != null && !heaps.contains(heap)) {
                heaps.add(heap);
            }
        }
    }

    /// Lends the column.
    Column finish(Type type) {
        return finish(type, input.validity());
    }

    /// Lends the column with a validity of its own.
    Column finish(Type type, @Nullable DataBuffer validity) {
        DataBuffer heap = null;
        if (heaps.size() == 1) {
            heap = heaps.get(0).retain();
        } else if (!heaps.isEmpty()) {
            heaps.forEach(DataBuffer::retain);
            heap = DataBuffer.bundle(heaps);
        }
        return input.memory()
                .keep(
                        new ViewColumn(
                                type,
                                input.rowCount(),
                                views.retain(),
                                heap,
                                EvaluationMemory.retain(validity)));
    }
}
