package io.neuralake.connector.parquet.file;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.jspecify.annotations.Nullable;

/// Makes the errors of damaged and of unsupported files. Thrown where the damage is found, without
/// file name; the reader of the file adds it once with [#in].
public final class CorruptFile extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// Creates an error; the message has no file name yet.
    public CorruptFile(String message) {
        this(message, null);
    }

    /// Creates an error with what was thrown by those who parse the file for us.
    public CorruptFile(String message, @Nullable Throwable cause) {
        super(message, cause, false, false);
    }

    /// Checks what a well-formed file fulfils.
    public static void check(boolean condition, String message) {
        if (!condition) {
            throw new CorruptFile(message);
        }
    }

    /// Returns a part that a well-formed file has.
    public static <T> T required(@Nullable T part, String name) {
        if (part == null) {
            throw new CorruptFile(name + " is missing");
        }
        return part;
    }

    /// Adds file and offset to whatever reading a damaged file threw. Errors that already speak to
    /// the user pass unchanged.
    ///
    /// @param where file and part, such as `part.parquet, column "a"`
    /// @param offset byte offset in the file
    public static NeuralakeException in(RuntimeException e, String where, long offset) {
        if (e instanceof NeuralakeException known) {
            return known;
        }
        String reason =
                e instanceof CorruptFile
                        ? e.getMessage()
                        : "lengths or counts contradict each other";
        return new NeuralakeException(
                ErrorCode.CORRUPT_FILE,
                "Corrupt Parquet file: " + where + " at offset " + offset + ": " + reason,
                e);
    }

    /// Makes the error of a feature that is not supported.
    public static NeuralakeException unsupported(String message) {
        return new NeuralakeException(ErrorCode.UNSUPPORTED, message);
    }
}
