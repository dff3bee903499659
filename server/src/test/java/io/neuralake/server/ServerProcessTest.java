package io.neuralake.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.exec.EngineSettings;
import io.neuralake.server.output.ResultWriter;
import io.neuralake.server.sql.RemoteTarget;
import io.neuralake.server.sql.ServerAddress;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.types.pojo.Field;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

@Timeout(120)
class ServerProcessTest {
    private static final ServerSettings FREE = new ServerSettings("127.0.0.1", 0, 0, false);

    private final HttpClient client = HttpClient.newHttpClient();
    private LakeServer lake;
    private ServerProcess process;

    @BeforeEach
    void start() {
        lake = LakeServer.open(null, EngineSettings.defaults().withThreads(2));
        process = ServerProcess.start(lake, FREE);
    }

    @AfterEach
    void stop() {
        process.close();
        lake.close();
        client.close();
    }

    private HttpResponse<String> get(String path) throws Exception {
        URI address = URI.create("http://127.0.0.1:" + process.httpPort() + path);
        return client.send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString());
    }

    private RemoteTarget connect() {
        return new RemoteTarget(ServerAddress.parse(FREE.url(process.port())));
    }

    /// Counts rows, and waits at the first batch until it may go on.
    private static final class Waiting implements ResultWriter {
        final CountDownLatch begun = new CountDownLatch(1);
        final CountDownLatch goOn = new CountDownLatch(1);
        long rows;

        @Override
        public void begin(List<Field> columns) {}

        @Override
        public void batch(List<FieldVector> vectors, int rowCount) throws IOException {
            rows += rowCount;
            begun.countDown();
            try {
                goOn.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }

        @Override
        public void end() {}
    }

    @Test
    void isReadyOnceItHasStarted() throws Exception {
        assertThat(get("/healthz").statusCode()).isEqualTo(200);
        assertThat(get("/readyz").statusCode()).isEqualTo(200);
        assertThat(process.isBusy()).isFalse();
        int port = process.httpPort();
        process.close();
        process.close();
        URI address = URI.create("http://127.0.0.1:" + port + "/healthz");
        assertThatThrownBy(
                        () ->
                                client.send(
                                        HttpRequest.newBuilder(address).build(),
                                        BodyHandlers.ofString()))
                .isInstanceOf(ConnectException.class);
    }

    @Test
    void metricsCountWhatClientsAsked() throws Exception {
        try (RemoteTarget target = connect()) {
            assertThat(target.rows("SELECT n FROM generate_series(1, 5) AS t(n)")).hasSize(5);
            assertThatThrownBy(
                            () -> target.rows("SELECT 1 / (n - 1) FROM generate_series(1, 5) t(n)"))
                    .isInstanceOf(NeuralakeException.class);
        }
        // The server counts a query when its stream has ended, which the client may see before.
        String metrics = get("/metrics").body();
        while (!metrics.contains("neuralake_queries_total{sqlstate=\"22012\"} 1.0")) {
            Thread.onSpinWait();
            metrics = get("/metrics").body();
        }
        assertThat(metrics)
                .contains("neuralake_queries_total{sqlstate=\"00000\"} 1.0\n")
                .contains("neuralake_result_rows_total 5.0\n")
                .containsPattern("neuralake_result_bytes_total [1-9]")
                .contains("neuralake_queries_running 0.0\n")
                .contains("neuralake_pool_workers 2.0\n")
                .contains("neuralake_memory_reserved_bytes 0.0\n");
    }

    @Test
    void finishesTheStreamOfAClientWhileItStopsAndTellsThatItIsNotReady() throws Exception {
        Waiting waiting = new Waiting();
        // More than the buffers between server and client hold.
        long all = 200_000;
        try (RemoteTarget target = connect()) {
            CompletableFuture<Long> read =
                    CompletableFuture.supplyAsync(
                            () -> {
                                try {
                                    return target.run(
                                            "SELECT repeat('x', 1000) AS s FROM generate_series(1, "
                                                    + all
                                                    + ") AS t(n)",
                                            waiting);
                                } catch (IOException e) {
                                    throw new IllegalStateException(e);
                                }
                            },
                            Thread::startVirtualThread);
            waiting.begun.await();
            assertThat(process.isBusy()).isTrue();
            CompletableFuture<Void> stopping =
                    CompletableFuture.runAsync(process::close, Thread::startVirtualThread);
            while (get("/readyz").statusCode() != 503) {
                Thread.onSpinWait();
            }
            assertThat(get("/healthz").statusCode()).isEqualTo(200);
            assertThat(stopping.isDone()).isFalse();
            waiting.goOn.countDown();
            assertThat(read.get(60, TimeUnit.SECONDS)).isEqualTo(all);
            stopping.get(60, TimeUnit.SECONDS);
            assertThat(waiting.rows).isEqualTo(all);
        }
    }

    @Test
    void takesNoSecondServerOnItsPorts() {
        for (ServerSettings taken :
                new ServerSettings[] {
                    new ServerSettings("127.0.0.1", process.port(), 0, false),
                    new ServerSettings("127.0.0.1", 0, process.httpPort(), false)
                }) {
            assertThatThrownBy(() -> ServerProcess.start(lake, taken).close())
                    .isInstanceOfSatisfying(
                            NeuralakeException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.STORAGE_ERROR))
                    .hasMessageStartingWith("Cannot listen on 127.0.0.1, port ");
        }
    }
}
