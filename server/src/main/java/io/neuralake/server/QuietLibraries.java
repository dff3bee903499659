package io.neuralake.server;

import java.util.logging.Level;
import java.util.logging.Logger;

/// Makes libraries that log through `java.util.logging` speak up only when something is wrong, as
/// those behind SLF4J do: gRPC logs a stack trace for each stranger that connects and speaks another
/// protocol.
public final class QuietLibraries {
    private QuietLibraries() {}

    /// Sets the level of the root logger.
    public static void apply() {
        Logger.getLogger("").setLevel(Level.WARNING);
    }
}
