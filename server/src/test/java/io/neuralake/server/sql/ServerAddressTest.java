package io.neuralake.server.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.apache.arrow.flight.Location;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerAddressTest {
    @Test
    void readsSchemesAndPorts() {
        assertThat(ServerAddress.parse("grpc://lake:1234").location())
                .isEqualTo(Location.forGrpcInsecure("lake", 1234));
        assertThat(ServerAddress.parse("grpc+tcp://lake/").location())
                .isEqualTo(Location.forGrpcInsecure("lake", 8815));
        assertThat(ServerAddress.parse("grpc+tls://lake").location())
                .isEqualTo(Location.forGrpcTls("lake", 8815));
        assertThat(ServerAddress.parse("grpc://[::1]:1").location())
                .isEqualTo(Location.forGrpcInsecure("[::1]", 1));
        assertThat(ServerAddress.parse("grpc://lake:1234").url()).isEqualTo("grpc://lake:1234");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "lake",
                "localhost:8815",
                "grpc://",
                "grpc:lake",
                "grpc://lake:port",
                "grpc://lake:65536",
                "grpc://lake/path",
                "http://lake:8815",
                "grpc://la ke:8815"
            })
    void refusesAnythingElse(String url) {
        assertThatThrownBy(() -> ServerAddress.parse(url))
                .isInstanceOfSatisfying(
                        NeuralakeException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_PARAMETER))
                .hasMessage("Not a server's address: " + url + "; write grpc://host:port");
    }
}
