package io.neuralake.server.sql;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.apache.arrow.flight.Location;

import java.net.URI;
import java.net.URISyntaxException;

/// Where a server listens.
///
/// @param url as the user wrote it
public record ServerAddress(String url, Location location) {
    private static final int DEFAULT_PORT = 8815;

    private static final int MAX_PORT = 65_535;

    /// Reads `grpc://host:port` or `grpc+tls://host:port`; without a port it is 8815. Throws
    /// INVALID_PARAMETER for anything else.
    public static ServerAddress parse(String url) {
        try {
            URI address = new URI(url);
            String host = address.getHost();
            String scheme = address.getScheme();
            String path = address.getPath();
            if (host != null && scheme != null && (path == null || path.length() <= 1)) {
                int port = address.getPort() < 0 ? DEFAULT_PORT : address.getPort();
                if (port > MAX_PORT) {
                    throw invalid(url, null);
                }
                switch (scheme) {
                    case "grpc", "grpc+tcp" -> {
                        return new ServerAddress(url, Location.forGrpcInsecure(host, port));
                    }
                    case "grpc+tls" -> {
                        return new ServerAddress(url, Location.forGrpcTls(host, port));
                    }
                    default -> throw invalid(url, null);
                }
            }
        } catch (URISyntaxException e) {
            throw invalid(url, e);
        }
        throw invalid(url, null);
    }

    private static NeuralakeException invalid(
            String url, @org.jspecify.annotations.Nullable Exception cause) {
        return new NeuralakeException(
                ErrorCode.INVALID_PARAMETER,
                "Not a server's address: " + url + "; write grpc://host:port",
                cause);
    }
}
