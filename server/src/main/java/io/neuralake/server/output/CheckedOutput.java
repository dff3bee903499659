package io.neuralake.server.output;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/// Buffers output, and throws [OutputLostException] when it cannot be written; `System.out` would
/// say nothing, and a result that was cut short would look complete.
public final class CheckedOutput extends OutputStream {
    private static final int BUFFER_BYTES = 1 << 16;

    private final BufferedOutputStream out;

    /// Writes to `out`.
    public CheckedOutput(OutputStream out) {
        this.out = new BufferedOutputStream(out, BUFFER_BYTES);
    }

    @Override
    public void write(int value) throws IOException {
        try {
            out.write(value);
        } catch (IOException e) {
            throw new OutputLostException(e);
        }
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        try {
            out.write(bytes, offset, length);
        } catch (IOException e) {
            throw new OutputLostException(e);
        }
    }

    @Override
    public void flush() throws IOException {
        try {
            out.flush();
        } catch (IOException e) {
            throw new OutputLostException(e);
        }
    }

    @Override
    public void close() throws IOException {
        try {
            out.close();
        } catch (IOException e) {
            throw new OutputLostException(e);
        }
    }
}
