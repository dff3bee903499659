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

    /// Starts both sides; when the second fails, the first is stopped.
    public static ServerProcess start(LakeServer lake, ServerSettings settings) throws IOException {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        AtomicBoolean ready = new AtomicBoolean();
        HttpSide http = new HttpSide(settings.host(), settings.httpPort(), registry, ready::get);
        try {
            ServerMetrics metrics = new ServerMetrics(registry, lake.queries());
            FlightSqlService flight =
                    FlightSqlService.start(
                            new FlightSqlService.Settings(
                                    settings.host(), settings.port(), version()),
                            lake.sql(),
                            metrics);
            ready.set(true);
            return new ServerProcess(flight, http, ready, registry);
        } catch (IOException | RuntimeException e) {
            http.close();
            registry.close();
            throw e;
        }
    }

    private static String version() {
        String version = ServerProcess.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    /// Returns the error to show when a port cannot be had.
    public static NeuralakeException cannotListen(ServerSettings settings, IOException cause) {
        return new NeuralakeException(
                ErrorCode.STORAGE_ERROR,
                "Cannot listen on "
                        + settings.host()
                        + ", ports "
                        + settings.port()
                        + " and "
                        + settings.httpPort()
                        + ": "
                        + cause.getMessage()
                        + "; choose others with --port and --http-port, 0 picks free ones",
                cause);
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
        }
    }
}
