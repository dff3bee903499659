package io.neuralake.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServerSettingsTest {
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.1.2.3", "localhost", "::1"})
    void loopbackIsOpen(String host) {
        assertThat(new ServerSettings(host, 0, 65_535, false).host()).isEqualTo(host);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "192.0.2.1"})
    void anyOtherAddressWantsToBeAllowed(String host) {
        assertThatThrownBy(() -> new ServerSettings(host, 0, 0, false))
                .isInstanceOfSatisfying(
                        NeuralakeException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.PERMISSION_DENIED))
                .hasMessageContaining("--insecure");
        assertThat(new ServerSettings(host, 0, 0, true).insecure()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"-1, 0", "65536, 0", "0, -1", "0, 65536"})
    void portsAreInRange(int port, int httpPort) {
        assertThatThrownBy(() -> new ServerSettings("127.0.0.1", port, httpPort, false))
                .isInstanceOfSatisfying(
                        NeuralakeException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_PARAMETER));
    }

    @Test
    void urlIsForClients() {
        assertThat(new ServerSettings("127.0.0.1", 0, 0, false).url(8815))
                .isEqualTo("grpc://127.0.0.1:8815");
        assertThat(new ServerSettings("::1", 0, 0, false).url(8815)).isEqualTo("grpc://[::1]:8815");
    }
}
