package io.neuralake.server;

import java.util.logging.Level;
import java.util.logging.Logger;

/// Makes libraries that log through `java.util.logging` speak up only when something is wrong, as
/// those behind SLF4J do: gRPC logs a stack trace for each stranger that connects and speaks another
/// protocol.
public final class QuietLibraries {
    /// Warns, with a stack trace, of each client that closes a result before its end. Kept here, since
    /// a logger that nobody holds forgets its level.
    private static final Logger CLOSED_STREAMS =
            Logger.getLogger("io.grpc.netty.NettyServerHandler");

    private QuietLibraries() {}

    /// Sets the levels.
    public static void apply() {
        Logger.getLogger("").setLevel(Level.WARNING);
        CLOSED_STREAMS.setLevel(Level.SEVERE);
    }
}
