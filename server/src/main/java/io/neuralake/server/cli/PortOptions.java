package io.neuralake.server.cli;

import picocli.CommandLine.Option;

/// The ports of commands that serve, or check whether one could.
public final class PortOptions {
    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "8815",
            converter = OptionValues.Port.class,
            description = "Port for queries, 0 for a free one; default: 8815.")
    private int port;

    @Option(
            names = "--http-port",
            paramLabel = "PORT",
            defaultValue = "8816",
            converter = OptionValues.Port.class,
            description = "Port for health and metrics, 0 for a free one; default: 8816.")
    private int httpPort;

    /// Returns the port for queries.
    int port() {
        return port;
    }

    /// Returns the port for health and metrics.
    int httpPort() {
        return httpPort;
    }
}
