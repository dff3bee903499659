package io.neuralake.exec.function;

import io.neuralake.spi.batch.StringView;

import java.lang.foreign.MemorySegment;

/// Reads one argument of text or binary.
final class TextArgument {
    private final MemorySegment views;
    private final int mask;

    TextArgument(FunctionInput input, int argument) {
        this.views = input.values(argument);
        this.mask = input.mask(argument);
    }

    /// Returns the length in bytes.
    int length(int row) {
        return StringView.length(views, (long) (row & mask) << 4);
    }

    /// Returns the first four bytes, the lowest first, zeros behind the end.
    int prefix(int row) {
        return StringView.prefix(views, (long) (row & mask) << 4);
    }

    /// Returns the absolute address of the first byte.
    long address(int row) {
        return StringView.address(views, (long) (row & mask) << 4);
    }

    /// Copies the value out as text.
    String string(int row) {
        return StringView.string(views, (long) (row & mask) << 4);
    }

    /// Copies the value out.
    byte[] bytes(int row) {
        return StringView.bytes(views, (long) (row & mask) << 4);
    }
}
