package io.neuralake.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.server.cli.CommandLineRun.Result;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

@Timeout(60)
class DoctorCommandTest {
    @Test
    void everyCheckIsALine() {
        Result result = CommandLineRun.run("doctor", "--port", "0", "--http-port", "0");
        assertThat(result.err()).isEmpty();
        assertThat(result.out().lines())
                .hasSize(9)
                .allSatisfy(line -> assertThat(line).matches("(ok    |FAIL  ).+"));
        assertThat(result.out())
                .contains("ok    java " + Runtime.version())
                .contains("ok    off-heap memory\n")
                .contains("ok    port 0 is free\n")
                .containsPattern("ok    \\d+ processors, so as many workers\n");
        assertThat(result.status()).isEqualTo(result.out().contains("FAIL") ? 1 : 0);
    }

    @Test
    void portThatIsTakenFailsWithAdvice() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = String.valueOf(taken.getLocalPort());
            Result result = CommandLineRun.run("doctor", "--port", port, "--http-port", "0");
            assertThat(result.status()).isEqualTo(1);
            assertThat(result.out())
                    .contains(
                            "FAIL  port "
                                    + port
                                    + " is taken: choose another with --port, or 0 for a free"
                                    + " one\n");
            assertThat(
                            CommandLineRun.withVariable("NEURALAKE_HTTP_PORT", port)
                                    .with("doctor", "--port", "0")
                                    .out())
                    .contains(" is taken: choose another with --http-port");
        }
    }
}
