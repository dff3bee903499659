package io.neuralake.server;

import java.util.List;

/// Steps that make later work faster, for [BackgroundWarmUp].
///
/// @param steps in their order
/// @param end frees what they made; runs behind the last of them, whichever that was
public record WarmUp(List<Runnable> steps, Runnable end) implements AutoCloseable {
    /// Copies the list.
    public WarmUp {
        steps = List.copyOf(steps);
    }

    @Override
    public void close() {
        end.run();
    }
}
