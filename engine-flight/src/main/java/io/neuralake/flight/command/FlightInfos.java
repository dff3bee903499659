package io.neuralake.flight.command;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;

import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightEndpoint;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.flight.sql.impl.FlightSql.TicketStatementQuery;
import org.apache.arrow.vector.ipc.WriteChannel;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.pojo.Schema;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;

/// Makes announcements of results. Endpoints name no location, so that clients read from the server
/// they asked, whatever its address is outside.
final class FlightInfos {
    private FlightInfos() {}

    /// Announces a result with one endpoint.
    static FlightInfo of(Schema schema, FlightDescriptor descriptor, Message ticket) {
        return FlightInfo.builder(
                        schema,
                        descriptor,
                        java.util.List.of(
                                FlightEndpoint.builder(new Ticket(Any.pack(ticket).toByteArray()))
                                        .build()))
                .build();
    }

    /// Returns the ticket of an announced statement.
    static TicketStatementQuery ticket(String handle) {
        return TicketStatementQuery.newBuilder()
                .setStatementHandle(ByteString.copyFromUtf8(handle))
                .build();
    }

    /// Returns a schema as an encapsulated IPC message, as Flight SQL wants it.
    static ByteString serialized(Schema schema) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            MessageSerializer.serialize(new WriteChannel(Channels.newChannel(out)), schema);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return ByteString.copyFrom(out.toByteArray());
    }
}
