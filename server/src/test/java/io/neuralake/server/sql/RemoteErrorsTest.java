package io.neuralake.server.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.error.SqlPosition;

import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.ErrorFlightMetadata;
import org.junit.jupiter.api.Test;

import java.net.ConnectException;

class RemoteErrorsTest {
    private static final ServerAddress SERVER = ServerAddress.parse("grpc://lake:1");

    private static NeuralakeException of(CallStatus status, boolean connected) {
        return RemoteErrors.of(status.toRuntimeException(), SERVER, connected);
    }

    @Test
    void stateAndPositionComeBack() {
        NeuralakeException error =
                of(
                        CallStatus.INVALID_ARGUMENT.withDescription(
                                "Column not found: a [b] [42703] at line 3, column 14"),
                        true);
        assertThat(error.code()).isEqualTo(ErrorCode.COLUMN_NOT_FOUND);
        assertThat(error).hasMessage("Column not found: a [b]");
        assertThat(error.position()).contains(new SqlPosition(3, 14));
    }

    @Test
    void stateOfTheMetadataWins() {
        ErrorFlightMetadata metadata = new ErrorFlightMetadata();
        metadata.insert("sqlstate", "22012");
        NeuralakeException error =
                of(
                        CallStatus.INVALID_ARGUMENT
                                .withDescription("Division by zero\nin row 1 [XX000]")
                                .withMetadata(metadata),
                        true);
        assertThat(error.code()).isEqualTo(ErrorCode.DIVISION_BY_ZERO);
        assertThat(error).hasMessage("Division by zero\nin row 1");
        assertThat(error.position()).isEmpty();
    }

    @Test
    void statesThatAreUnknownAreFailuresOfTheServer() {
        NeuralakeException error =
                of(CallStatus.INTERNAL.withDescription("Something else [99999]"), true);
        assertThat(error.code()).isEqualTo(ErrorCode.STORAGE_ERROR);
        assertThat(error.getMessage()).startsWith("Server failed: grpc://lake:1, ");
    }

    @Test
    void connectionsThatFailAreToldFromThoseThatGetLost() {
        CallStatus unavailable =
                CallStatus.UNAVAILABLE
                        .withDescription("io exception")
                        .withCause(new ConnectException("Connection refused\nmore"));
        assertThat(of(unavailable, false))
                .hasMessage("Cannot connect: grpc://lake:1, Connection refused")
                .extracting(NeuralakeException::code)
                .isEqualTo(ErrorCode.CONNECTION_FAILED);
        assertThat(of(unavailable, true))
                .hasMessage("Connection lost: grpc://lake:1, Connection refused")
                .extracting(NeuralakeException::code)
                .isEqualTo(ErrorCode.CONNECTION_LOST);
    }

    @Test
    void cancellationIsCancelled() {
        assertThat(of(CallStatus.CANCELLED, true).code()).isEqualTo(ErrorCode.CANCELLED);
    }
}
