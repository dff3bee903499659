package io.neuralake.connector.parquet.write;

import io.neuralake.connector.parquet.schema.ParquetField;
import io.neuralake.spi.type.Schema;

import java.util.List;
import java.util.function.ToIntFunction;

/// How the columns of a file are stored.
///
/// @param schema names and types in the file; columns and members that are not nullable must have no nulls
/// @param fieldIds returns the identifier of a field, [ParquetField#NO_ID] for none, by names from the
///     column down
/// @param optional whether all fields are stored as if they were nullable, as other writers of the table
///     do
public record FileLayout(Schema schema, ToIntFunction<List<String>> fieldIds, boolean optional) {
    /// Stores columns as they are.
    public static FileLayout of(Schema schema) {
        return new FileLayout(schema, path -> ParquetField.NO_ID, false);
    }
}
