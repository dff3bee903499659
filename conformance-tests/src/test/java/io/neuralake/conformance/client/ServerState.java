package io.neuralake.conformance.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// What a server says about itself at `/metrics`.
///
/// @param running queries in progress
/// @param reservedBytes memory that queries hold
/// @param sendingBytes memory of results on their way to clients
/// @param open statements that run or wait to be fetched
record ServerState(long running, long reservedBytes, long sendingBytes, boolean open) {
    private static final long LIMIT_SECONDS = 60;
    private static final long STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    static ServerState of(RunningServer server) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(
                                URI.create(
                                        "http://127.0.0.1:"
                                                + server.process().httpPort()
                                                + "/metrics"))
                        .build();
        String text = HTTP.send(request, HttpResponse.BodyHandlers.ofString()).body();
        return new ServerState(
                value(text, "neuralake_queries_running"),
                value(text, "neuralake_memory_reserved_bytes"),
                value(text, "neuralake_memory_sending_bytes"),
                server.process().isBusy());
    }

    private static long value(String metrics, String name) {
        return metrics.lines()
                .filter(line -> line.startsWith(name + " "))
                .map(line -> (long) Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("No metric " + name + " in\n" + metrics));
    }

    boolean idle() {
        return running == 0 && reservedBytes == 0 && sendingBytes == 0 && !open;
    }

    /// Waits until nothing runs and no memory is held, and prints how long that took.
    static void awaitIdle(RunningServer server, String after)
            throws IOException, InterruptedException {
        long start = System.nanoTime();
        ServerState state = of(server);
        while (!state.idle()) {
            assertThat(System.nanoTime() - start)
                    .as("nanoseconds after %s; still %s", after, state)
                    .isLessThan(TimeUnit.SECONDS.toNanos(LIMIT_SECONDS));
            LockSupport.parkNanos(STEP_NANOS);
            state = of(server);
        }
        System.out.printf("idle %d ms after %s%n", (System.nanoTime() - start) / 1_000_000, after);
    }

    /// Waits until a query runs.
    static void awaitRunning(RunningServer server) throws IOException, InterruptedException {
        long start = System.nanoTime();
        while (of(server).running == 0) {
            assertThat(System.nanoTime() - start)
                    .as("nanoseconds without a running query")
                    .isLessThan(TimeUnit.SECONDS.toNanos(LIMIT_SECONDS));
            LockSupport.parkNanos(STEP_NANOS);
        }
    }
}
