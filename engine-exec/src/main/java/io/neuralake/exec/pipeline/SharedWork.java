package io.neuralake.exec.pipeline;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/// Pieces of work of which each is taken by the next thread that has nothing else to do. Who waits for the end has
/// taken all that nobody had begun, so that it waits only for threads that are at work. Thread-safe.
final class SharedWork {
    private final List<? extends Runnable> pieces;
    private final AtomicInteger taken = new AtomicInteger();
    private final CountDownLatch open;
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    SharedWork(List<? extends Runnable> pieces) {
        this.pieces = List.copyOf(pieces);
        this.open = new CountDownLatch(pieces.size());
    }

    /// Runs pieces until none is left that nobody has begun. Does not throw.
    void work() {
        for (int i = taken.getAndIncrement(); i < pieces.size(); i = taken.getAndIncrement()) {
            try {
                if (failure.get() == null) {
                    pieces.get(i).run();
                }
            } catch (Throwable t) {
                failure.compareAndSet(null, t);
            } finally {
                open.countDown();
            }
        }
    }

    /// Waits for the end of all pieces. Throws what the first that failed has thrown.
    void await() {
        boolean interrupted = false;
        while (true) {
            try {
                open.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        switch (failure.get()) {
            case null -> {}
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case Throwable t -> throw new IllegalStateException(t);
        }
    }
}
