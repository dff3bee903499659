package io.neuralake.server.output;

import java.io.IOException;

/// Says that results could not be written to where the user wanted them.
public final class OutputLostException extends IOException {
    private static final long serialVersionUID = 1L;

    private final boolean readerLeft;

    OutputLostException(IOException cause) {
        super("Cannot write the output: " + cause.getMessage(), cause);
        this.readerLeft = String.valueOf(cause.getMessage()).contains("Broken pipe");
    }

    /// Tells whether the program that read the output has left, as `head` does once it has enough;
    /// nobody wants to hear of that.
    public boolean readerLeft() {
        return readerLeft;
    }
}
