package io.neuralake.connector.files;

import io.neuralake.spi.type.Schema;
import io.neuralake.storage.StoredEntry;

/// What sets one text format apart from another.
interface TextFormat {
    /// Infers the columns from the beginning of a file.
    Schema infer(StoredEntry file);

    /// Opens a file whose rows have the columns of `schema`. Throws CORRUPT_FILE or INVALID_TEXT,
    /// with file and line, for what does not fit.
    RowReader open(StoredEntry file, Schema schema);
}
