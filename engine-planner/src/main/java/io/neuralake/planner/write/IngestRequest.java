package io.neuralake.planner.write;

import io.neuralake.spi.connector.BatchSource;
import io.neuralake.spi.type.Schema;

import org.jspecify.annotations.Nullable;

/// A bulk load.
///
/// @param catalog null for the session's
/// @param schema null for the session's
/// @param columns names and types of the batches' columns
/// @param key what the load is known by, so that it is done at most once; null for none
/// @param rows gives the batches, at the pace at which they are written; closed at the end of the load,
///     however it ends
public record IngestRequest(
        @Nullable String catalog,
        @Nullable String schema,
        String table,
        Mode mode,
        Schema columns,
        @Nullable String key,
        BatchSource rows) {
    /// What to do with the table.
    public enum Mode {
        /// Make it; it must not be there.
        CREATE,
        /// Add to it; it must be there.
        APPEND,
        /// Make it, in place of one that may be there.
        REPLACE,
        /// Add to it, or make it.
        CREATE_OR_APPEND
    }
}
