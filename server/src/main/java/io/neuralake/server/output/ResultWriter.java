package io.neuralake.server.output;

import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Schema;

import java.io.IOException;

/// Writes one result. Calls come in the order begin, batch..., end; [#close] always.
public interface ResultWriter extends AutoCloseable {
    /// Starts a result with these columns.
    void begin(Schema schema) throws IOException;

    /// Writes the rows of a batch, which stays the caller's.
    void batch(VectorSchemaRoot root) throws IOException;

    /// Completes the result. Not called after an error: a cut result must not look complete.
    void end() throws IOException;

    /// Notes that a statement without a result is done. Called alone, instead of the others.
    ///
    /// @param count rows that it changed
    default void changed(long count) throws IOException {}

    /// Frees what the writer holds; idempotent.
    @Override
    default void close() throws IOException {}
}
