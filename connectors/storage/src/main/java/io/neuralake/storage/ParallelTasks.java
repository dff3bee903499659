package io.neuralake.storage;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import java.util.function.Function;

/// Asks a store for many things, a few at a time, on virtual threads: answers take long, and cost this machine little.
public final class ParallelTasks {
    private ParallelTasks() {}

    /// Runs an action for each of some inputs, and returns when all is done. After a failure no further one begins, and the first failure is
    /// thrown. Throws CANCELLED (57014) when the calling thread is interrupted.
    ///
    /// @param most how many run at a time
    public static <T> void run(Collection<T> inputs, int most, Consumer<? super T> action) {
        if (inputs.size() < 2 || most < 2) {
            inputs.forEach(action);
            return;
        }
        Iterator<T> left = List.copyOf(inputs).iterator();
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        Runnable worker =
                () -> {
                    while (failure.get() == null) {
                        T next;
                        synchronized (left) {
                            if (!left.hasNext()) {
                                return;
                            }
                            next = left.next();
                        }
                        try {
                            action.accept(next);
                        } catch (RuntimeException | Error e) {
                            failure.compareAndSet(null, e);
                        }
                    }
                };
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < Math.min(most, inputs.size()); i++) {
            threads.add(Thread.ofVirtual().name("store-" + i).start(worker));
        }
        await(threads, failure);
        switch (failure.get()) {
            case null -> {}
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case Throwable e -> throw new IllegalStateException("A task failed", e);
        }
    }

    /// Returns what a function makes of each of some inputs, in their order. Fails as [#run].
    public static <T, R> List<R> map(
            List<T> inputs, int most, Function<? super T, ? extends R> function) {
        AtomicReferenceArray<R> results = new AtomicReferenceArray<>(inputs.size());
        List<Integer> positions = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i++) {
            positions.add(i);
        }
        run(positions, most, at -> results.set(at, function.apply(inputs.get(at))));
        List<R> found = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i++) {
            found.add(results.get(i));
        }
        return found;
    }

    private static void await(List<Thread> threads, AtomicReference<@Nullable Throwable> failure) {
        boolean interrupted = false;
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                    failure.compareAndSet(
                            null, new NeuralakeException(ErrorCode.CANCELLED, "Interrupted", e));
                    threads.forEach(Thread::interrupt);
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
