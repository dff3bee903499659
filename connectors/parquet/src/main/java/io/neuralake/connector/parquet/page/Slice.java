package io.neuralake.connector.parquet.page;

import io.neuralake.spi.memory.NativeMemory;

import java.lang.foreign.MemorySegment;

/// A piece of memory behind whose end [#SLACK] bytes more may be read, so that loads need no tail.
/// Stays valid as long as the page it belongs to.
///
/// @param memory the piece and its slack
/// @param length bytes of the piece itself
public record Slice(MemorySegment memory, long length) {
    /// Readable bytes behind the end.
    public static final int SLACK = 64;

    /// An empty piece without slack.
    public static final Slice EMPTY = new Slice(MemorySegment.NULL, 0);

    /// Returns the piece from an absolute address.
    public static Slice at(long address, long length) {
        return new Slice(NativeMemory.segment(address, length + SLACK), length);
    }

    /// Returns a part; the caller has checked the range.
    public Slice part(long offset, long bytes) {
        return new Slice(memory.asSlice(offset, bytes + SLACK), bytes);
    }
}
