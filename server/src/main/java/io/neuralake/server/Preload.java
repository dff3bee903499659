package io.neuralake.server;

import io.neuralake.spi.arrow.ArrowTypes;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;

import org.apache.arrow.memory.RootAllocator;

import java.util.Set;

/// Initialises what takes long and every query needs, on a second processor, while the first one reads
/// the command line.
///
/// Whoever uses these classes first awaits it: two threads that initialise classes of one library in
/// different orders can wait for each other forever.
final class Preload {
    private static final Set<String> QUERYING = Set.of("demo", "serve", "sql");

    private final Thread thread;

    private Preload(Thread thread) {
        this.thread = thread;
    }

    /// Starts it for the arguments of a call; does nothing for commands that run no query.
    static Preload begin(String... arguments) {
        boolean querying = arguments.length > 0 && QUERYING.contains(arguments[0]);
        Thread thread =
                Thread.ofPlatform()
                        .name("preload")
                        .daemon()
                        .unstarted(querying ? Preload::arrow : () -> {});
        thread.start();
        return new Preload(thread);
    }

    /// Arrow's fields and allocators set up the logging.
    private static void arrow() {
        ArrowTypes.fields(Schema.of(Field.of("value", ScalarType.BIGINT)));
        new RootAllocator().close();
    }

    /// Waits until all is initialised.
    void await() {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
