package io.neuralake.server.output;

import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.types.pojo.Field;

import java.io.IOException;
import java.util.List;

/// Writes one result. Calls come in the order begin, batch..., end; [#close] always. Batches are no
/// roots of Arrow: the class of their schemas sets up a JSON mapper, which takes a fifth of `SELECT 1`.
public interface ResultWriter extends AutoCloseable {
    /// Starts a result with these columns.
    void begin(List<Field> columns) throws IOException;

    /// Writes the rows of a batch, a vector a column; they stay the caller's.
    void batch(List<FieldVector> vectors, int rowCount) throws IOException;

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
