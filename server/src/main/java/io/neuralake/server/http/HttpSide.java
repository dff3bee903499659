package io.neuralake.server.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;

/// Serves `/healthz` (the process lives), `/readyz` (it takes queries; else 503) and `/metrics`
/// (Prometheus text) on virtual threads.
public final class HttpSide implements AutoCloseable {
    private static final String TEXT_TYPE = "text/plain; charset=utf-8";
    private static final String METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";
    private static final List<String> READING = List.of("GET", "HEAD");

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    /// Starts listening.
    ///
    /// @param port 0 picks a free one
    /// @param ready asked at each `/readyz`
    public HttpSide(String host, int port, PrometheusMeterRegistry metrics, BooleanSupplier ready)
            throws IOException {
        server = HttpServer.create(new InetSocketAddress(host, port), 0);
        server.setExecutor(threads);
        server.createContext("/healthz", x -> exact(x, "/healthz", 200, TEXT_TYPE, "ok\n"));
        server.createContext(
                "/readyz",
                x -> {
                    boolean now = ready.getAsBoolean();
                    exact(
                            x,
                            "/readyz",
                            now ? 200 : 503,
                            TEXT_TYPE,
                            now ? "ready\n" : "not ready\n");
                });
        server.createContext(
                "/metrics", x -> exact(x, "/metrics", 200, METRICS_TYPE, metrics.scrape()));
        server.createContext("/", x -> respond(x, 404, TEXT_TYPE, "not found\n"));
        server.start();
    }

    /// Returns the port in use.
    public int port() {
        return server.getAddress().getPort();
    }

    /// Answers at the path itself; the server would also send what lies below it here.
    private static void exact(
            HttpExchange exchange, String path, int status, String type, String body)
            throws IOException {
        if (!READING.contains(exchange.getRequestMethod())) {
            exchange.getResponseHeaders().set("Allow", String.join(", ", READING));
            respond(exchange, 405, TEXT_TYPE, "only GET and HEAD\n");
        } else if (exchange.getRequestURI().getPath().equals(path)) {
            respond(exchange, status, type, body);
        } else {
            respond(exchange, 404, TEXT_TYPE, "not found\n");
        }
    }

    private static void respond(HttpExchange exchange, int status, String type, String body)
            throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", type);
        boolean head = exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(status, head ? -1 : bytes.length);
        try (OutputStream out = exchange.getResponseBody()) {
            if (!head) {
                out.write(bytes);
            }
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.close();
    }
}
