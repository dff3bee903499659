package io.neuralake.connector.files;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// Reads the rows of one file in order. Used by one thread.
interface RowReader extends AutoCloseable {
    /// Returns the next row in the Java forms of the columns' types, or an empty list at the end.
    List<@Nullable Object> next();

    /// Returns the bytes read so far.
    long bytesRead();

    @Override
    void close();
}
