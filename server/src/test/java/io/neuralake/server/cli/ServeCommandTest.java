package io.neuralake.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import sun.misc.Signal;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

@Timeout(120)
class ServeCommandTest {
    /// Serves without a lake until a signal comes.
    private static final class Serving {
        final ByteArrayOutputStream err = new ByteArrayOutputStream();
        final CompletableFuture<Integer> status = new CompletableFuture<>();
        final BufferedReader out;

        Serving(String... options) throws Exception {
            PipedInputStream read = new PipedInputStream();
            out = new BufferedReader(new InputStreamReader(read, StandardCharsets.UTF_8));
            StandardStreams streams =
                    new StandardStreams(
                            new ByteArrayInputStream(new byte[0]),
                            new PipedOutputStream(read),
                            new PrintStream(err, true, StandardCharsets.UTF_8),
                            false);
            String[] arguments = new String[options.length + 7];
            System.arraycopy(
                    new String[] {"serve", "--port", "0", "--http-port", "0", "--threads", "2"},
                    0,
                    arguments,
                    0,
                    7);
            System.arraycopy(options, 0, arguments, 7, options.length);
            Thread.ofPlatform()
                    .start(
                            () ->
                                    status.complete(
                                            Neuralake.run(
                                                    arguments,
                                                    streams,
                                                    Map.of(),
                                                    Path.of("target", "no-such-folder"))));
        }

        String ready() throws Exception {
            String line = out.readLine();
            assertThat(line).as(err.toString(StandardCharsets.UTF_8)).startsWith("ready: ");
            return line.substring("ready: ".length());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM", "HUP"})
    void answersUntilASignalComes(String signal) throws Exception {
        assumeThat(isIgnored(new Signal(signal)))
                .as("who started this process had SIG%s ignored, as nohup does", signal)
                .isFalse();
        Serving serving = new Serving();
        String url = serving.ready();
        assertThat(url).matches("grpc://127\\.0\\.0\\.1:\\d+");
        CommandLineRun.Result asked = CommandLineRun.run("sql", "--connect", url, "SELECT 42 AS a");
        assertThat(asked.out()).isEqualTo("  a\n----\n 42\n(1 row)\n");
        Signal.raise(new Signal(signal));
        assertThat(serving.status.get()).isZero();
        CommandLineRun.Result after = CommandLineRun.run("sql", "--connect", url, "SELECT 42 AS a");
        assertThat(after.status()).isEqualTo(1);
        assertThat(after.err()).startsWith("error: Cannot connect: " + url).contains("[08001]");
    }

    /// Tells whether a signal was ignored when this process began: Java then leaves it so.
    private static boolean isIgnored(Signal signal) throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return false;
        }
        String mask =
                Files.readAllLines(status).stream()
                        .filter(line -> line.startsWith("SigIgn:"))
                        .findFirst()
                        .orElseThrow();
        long bits = Long.parseUnsignedLong(mask.substring("SigIgn:".length()).strip(), 16);
        boolean ignored = (bits >>> (signal.getNumber() - 1) & 1) != 0;
        if (ignored) {
            System.out.println("skipped: SIG" + signal.getName() + " is ignored in this process");
        }
        return ignored;
    }

    @ParameterizedTest
    @ValueSource(strings = {"on", "off", "OFF"})
    void warmUpIsSwitchedInLettersOfAnyCase(String choice) throws Exception {
        Serving serving = new Serving("--warm-up", choice);
        serving.ready();
        Signal.raise(new Signal("TERM"));
        assertThat(serving.status.get()).isZero();
    }

    @Test
    void anotherWarmUpIsWrongUsage() {
        CommandLineRun.Result result = CommandLineRun.run("serve", "--warm-up", "maybe");
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err()).contains("'maybe' is none of: on, off");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--port", "--http-port"})
    void portThatIsTakenIsNamedWithItsOption(String option) throws Exception {
        try (ServerSocket taken =
                new ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
            String port = String.valueOf(taken.getLocalPort());
            String other = option.equals("--port") ? "--http-port" : "--port";
            CommandLineRun.Result result =
                    CommandLineRun.run("serve", option, port, other, "0", "--threads", "1");
            assertThat(result.status()).isEqualTo(1);
            assertThat(result.out()).isEmpty();
            assertThat(result.err())
                    .startsWith("error: Cannot listen on 127.0.0.1, port " + port)
                    .contains("choose another with " + option + ", 0 picks a free one [58030]")
                    .hasLineCount(1);
        }
    }

    @Test
    void addressBeyondLoopbackIsRefused() {
        CommandLineRun.Result result = CommandLineRun.run("serve", "--host", "0.0.0.0");
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.err())
                .contains("Refusing to listen without authentication and TLS on 0.0.0.0")
                .contains("[42501]");
    }

    @Test
    void lakeThatIsMissingIsNamed() {
        CommandLineRun.Result result =
                CommandLineRun.run(
                        "serve", "target/no-such-lake", "--port", "0", "--http-port", "0");
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).contains("target/no-such-lake").hasLineCount(1);
    }
}
