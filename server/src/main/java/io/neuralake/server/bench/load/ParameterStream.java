package io.neuralake.server.bench.load;

import com.google.protobuf.ByteString;

import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.apache.arrow.flight.impl.Flight;
import org.apache.arrow.flight.impl.FlightServiceGrpc;
import org.apache.arrow.flight.impl.FlightServiceGrpc.FlightServiceStub;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.ipc.message.IpcOption;
import org.apache.arrow.vector.ipc.message.MessageSerializer;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/// Sends parameters to a prepared statement. Flight's Java client spins while it waits for its own
/// transport, which takes a processor from everything else; this one waits, as the clients of other
/// languages do. Used by one thread.
final class ParameterStream {
    private static final int ALIGNMENT = 8;

    private final FlightServiceStub service;
    private final Flight.FlightDescriptor statement;

    /// Sends over a connection, which stays the caller's.
    ///
    /// @param command names the statement
    ParameterStream(ManagedChannel channel, byte[] command) {
        service = FlightServiceGrpc.newStub(channel);
        statement =
                Flight.FlightDescriptor.newBuilder()
                        .setType(Flight.FlightDescriptor.DescriptorType.CMD)
                        .setCmd(ByteString.copyFrom(command))
                        .build();
    }

    /// Sends the rows and waits until the server has taken them.
    void bind(VectorSchemaRoot parameters) {
        CompletableFuture<Void> taken = new CompletableFuture<>();
        StreamObserver<Flight.FlightData> stream =
                service.doPut(
                        new StreamObserver<>() {
                            @Override
                            public void onNext(Flight.PutResult result) {}

                            @Override
                            public void onError(Throwable error) {
                                taken.completeExceptionally(error);
                            }

                            @Override
                            public void onCompleted() {
                                taken.complete(null);
                            }
                        });
        stream.onNext(
                Flight.FlightData.newBuilder()
                        .setFlightDescriptor(statement)
                        .setDataHeader(
                                ByteString.copyFrom(
                                        MessageSerializer.serializeMetadata(
                                                parameters.getSchema(), IpcOption.DEFAULT)))
                        .build());
        stream.onNext(rows(parameters));
        stream.onCompleted();
        try {
            taken.join();
        } catch (CompletionException e) {
            throw new NeuralakeException(
                    ErrorCode.INTERNAL_ERROR, "Parameters were refused: " + e.getCause(), e);
        }
    }

    private static Flight.FlightData rows(VectorSchemaRoot parameters) {
        try (ArrowRecordBatch batch = new VectorUnloader(parameters).getRecordBatch()) {
            ByteString.Output body = ByteString.newOutput();
            for (ArrowBuf buffer : batch.getBuffers()) {
                byte[] bytes = new byte[Math.toIntExact(buffer.readableBytes())];
                buffer.getBytes(0, bytes);
                body.write(bytes);
                body.write(new byte[-bytes.length & ALIGNMENT - 1]);
            }
            return Flight.FlightData.newBuilder()
                    .setDataHeader(
                            ByteString.copyFrom(
                                    MessageSerializer.serializeMetadata(batch, IpcOption.DEFAULT)))
                    .setDataBody(body.toByteString())
                    .build();
        } catch (IOException e) {
            throw new IllegalStateException(e); // the bytes stay in memory
        }
    }
}
