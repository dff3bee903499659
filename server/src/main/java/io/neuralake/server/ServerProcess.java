package io.neuralake.server;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.neuralake.flight.FlightSqlService;
import io.neuralake.server.http.HttpSide;
import io.neuralake.server.http.ServerMetrics;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;

/// The listening server: Flight SQL and the HTTP side over one lake.
public final class ServerProcess implements AutoCloseable {
    private final FlightSqlService flight;
    private final HttpSide http;
    private final AtomicBoolean ready;
    private final PrometheusMeterRegistry registry;
    private final SoftHeapLimit heap = SoftHeapLimit.start();

    private ServerProcess(
            FlightSqlService flight,
            HttpSide http,
            AtomicBoolean ready,
            PrometheusMeterRegistry registry) {
        this.flight = flight;
        this.http = http;
        this.ready = ready;
        this.registry = registry;
    }

    /// Starts both sides; when the second fails, the first is stopped. Throws STORAGE_ERROR when a
    /// port cannot be had.
    public static ServerProcess start(LakeServer lake, ServerSettings settings) {
        QuietLibraries.apply();
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        AtomicBoolean ready = new AtomicBoolean();
        HttpSide http;
        try {
            http = new HttpSide(settings.host(), settings.httpPort(), registry, ready::get);
        } catch (IOException e) {
            registry.close();
            throw cannotListen(settings.host(), settings.httpPort(), "--http-port", e);
        }
        try {
            ServerMetrics metrics = new ServerMetrics(registry, lake.queries());
            FlightSqlService flight =
                    FlightSqlService.start(
                            new FlightSqlService.Settings(
                                    settings.host(), settings.port(), version()),
                            lake.sql(),
                            metrics);
            metrics.watchSending(flight::sendingBytes);
            lake.pages().ifPresent(metrics::watchPages);
            metrics.watchBlocks(lake.storage()::blocks);
            ready.set(true);
            return new ServerProcess(flight, http, ready, registry);
        } catch (IOException e) {
            http.close();
            registry.close();
            throw cannotListen(settings.host(), settings.port(), "--port", e);
        } catch (RuntimeException e) {
            http.close();
            registry.close();
            throw e;
        }
    }

    private static String version() {
        String version = ServerProcess.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    private static NeuralakeException cannotListen(
            String host, int port, String option, IOException error) {
        Throwable cause = error;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return new NeuralakeException(
                ErrorCode.STORAGE_ERROR,
                "Cannot listen on "
                        + host
                        + ", port "
                        + port
                        + ": "
                        + cause.getMessage()
                        + "; choose another with "
                        + option
                        + ", 0 picks a free one",
                error);
    }

    /// Returns the port of Flight SQL.
    public int port() {
        return flight.port();
    }

    /// Returns the port of the HTTP side.
    public int httpPort() {
        return http.port();
    }

    /// Tells whether statements of clients run, or wait to be fetched.
    public boolean isBusy() {
        return flight.openQueries() > 0;
    }

    /// Stops taking queries, lets running ones end, and stops; idempotent.
    @Override
    public void close() {
        if (ready.compareAndSet(true, false)) {
            flight.close();
            http.close();
            registry.close();
            heap.close();
        }
    }
}
