package io.neuralake.storage;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/// A part of a stream: ends after a number of bytes, and throws an EOFException when the stream ends
/// before.
final class PartStream extends FilterInputStream {
    private final String tooShort;
    private long left;

    /// Takes ownership of the stream.
    PartStream(InputStream stream, long bytes, String tooShort) {
        super(stream);
        this.left = bytes;
        this.tooShort = tooShort;
    }

    @Override
    public int read() throws IOException {
        if (left == 0) {
            return -1;
        }
        int found = super.read();
        if (found < 0) {
            throw new EOFException(tooShort);
        }
        left--;
        return found;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (left == 0) {
            return length == 0 ? 0 : -1;
        }
        int found = super.read(target, offset, (int) Math.min(length, left));
        if (found < 0) {
            throw new EOFException(tooShort);
        }
        left -= found;
        return found;
    }

    @Override
    public long skip(long bytes) throws IOException {
        long skipped = super.skip(Math.min(bytes, left));
        left -= skipped;
        return skipped;
    }

    @Override
    public int available() throws IOException {
        return (int) Math.min(super.available(), left);
    }

    @Override
    public boolean markSupported() {
        return false;
    }
}
