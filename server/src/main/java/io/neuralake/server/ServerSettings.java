package io.neuralake.server;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import java.net.InetAddress;
import java.net.UnknownHostException;

/// Where a server listens.
///
/// @param port of Flight SQL; 0 picks a free one
/// @param httpPort of health and metrics; 0 picks a free one
/// @param insecure allows an address beyond loopback without authentication
public record ServerSettings(String host, int port, int httpPort, boolean insecure) {
    /// Refuses an open address (PERMISSION_DENIED) and ports out of range (INVALID_PARAMETER).
    public ServerSettings {
        if (port < 0 || port > 65_535 || httpPort < 0 || httpPort > 65_535) {
            throw new NeuralakeException(
                    ErrorCode.INVALID_PARAMETER,
                    "Port out of range: " + port + ", " + httpPort + "; use 0 to 65535");
        }
        if (!insecure && !isLoopback(host)) {
            throw new NeuralakeException(
                    ErrorCode.PERMISSION_DENIED,
                    "Refusing to listen without authentication and TLS on "
                            + host
                            + "; use 127.0.0.1, or --insecure if the network is trusted");
        }
    }

    /// Returns the address for clients, given the port in use.
    public String url(int usedPort) {
        String literal = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
        return "grpc://" + literal + ":" + usedPort;
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            throw new NeuralakeException(
                    ErrorCode.INVALID_PARAMETER, "Unknown address to listen on: " + host, e);
        }
    }
}
