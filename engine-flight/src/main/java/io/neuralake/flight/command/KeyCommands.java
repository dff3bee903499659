package io.neuralake.flight.command;

import org.apache.arrow.flight.FlightProducer.ServerStreamListener;
import org.apache.arrow.flight.sql.FlightSqlProducer.Schemas;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.types.pojo.Schema;

import java.util.List;

/// Answers questions about keys. Files declare none, so the answers have the specified columns and no
/// rows.
public final class KeyCommands {
    private final BufferAllocator allocator;

    /// Sends with buffers of `allocator`.
    public KeyCommands(BufferAllocator allocator) {
        this.allocator = allocator;
    }

    /// Sends the primary keys.
    public void primaryKeys(ServerStreamListener client) {
        none(Schemas.GET_PRIMARY_KEYS_SCHEMA, client);
    }

    /// Sends the foreign keys that refer to a table.
    public void exportedKeys(ServerStreamListener client) {
        none(Schemas.GET_EXPORTED_KEYS_SCHEMA, client);
    }

    /// Sends the foreign keys of a table.
    public void importedKeys(ServerStreamListener client) {
        none(Schemas.GET_IMPORTED_KEYS_SCHEMA, client);
    }

    /// Sends the foreign keys between two tables.
    public void crossReference(ServerStreamListener client) {
        none(Schemas.GET_CROSS_REFERENCE_SCHEMA, client);
    }

    private void none(Schema schema, ServerStreamListener client) {
        MetadataRows.send(schema, List::of, allocator, client);
    }
}
