package io.neuralake.spi.simd;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/// Kernels of which the scalar ones begin. Until C2 has compiled them, operations on vectors run
/// hundreds of times slower than scalar code: a process that soon ends would lose more than they ever
/// gain. So the vector kernels take over once much work has been seen, after a rehearsal on a thread
/// of its own has found them faster.
///
/// Thread-safe. Fields that change are plain on purpose: it is no matter which kernels a thread sees,
/// since both give the same results, nor whether some work is not counted.
///
/// @param <K> the kernels, which are immutable
public final class WarmingKernels<K> {
    /// So many calls in a row have to be faster than the scalar ones.
    private static final int CONVINCING = 20;

    private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final K scalar;
    private final K vector;
    private final Consumer<K> sample;
    private final long enough;
    private final AtomicBoolean rehearsed;
    private boolean counting;
    private long work;
    private K current;

    /// Begins with the scalar kernels.
    ///
    /// @param sample does on given kernels what is compared; whoever calls it waits
    /// @param enough the work after which a rehearsal is worth it
    public WarmingKernels(K scalar, K vector, Consumer<K> sample, long enough) {
        this(scalar, vector, sample, enough, true);
    }

    private WarmingKernels(K scalar, K vector, Consumer<K> sample, long enough, boolean counting) {
        this.scalar = scalar;
        this.vector = vector;
        this.sample = sample;
        this.enough = enough;
        this.rehearsed = new AtomicBoolean(!counting);
        this.counting = counting;
        this.current = scalar;
    }

    /// Returns kernels that stay the same.
    public static <K> WarmingKernels<K> fixed(K kernels) {
        return new WarmingKernels<>(kernels, kernels, same -> {}, 0, false);
    }

    /// Returns the kernels for some work, such as a number of values.
    public K forWork(long amount) {
        if (counting) {
            work += amount;
            if (work >= enough && begins()) {
                Thread.ofPlatform().name("rehearsal").daemon().start(this::compare);
            }
        }
        return current;
    }

    /// Lets the vector kernels take over if they are faster, or become so within two seconds. Does
    /// nothing after the first time.
    public void rehearse() {
        if (begins()) {
            compare();
        }
    }

    private boolean begins() {
        counting = false;
        return rehearsed.compareAndSet(false, true);
    }

    private void compare() {
        long start = System.nanoTime();
        int faster = 0;
        while (faster < CONVINCING && System.nanoTime() - start < LONGEST_NANOS) {
            faster = nanos(vector) < nanos(scalar) ? faster + 1 : 0;
        }
        if (faster == CONVINCING) {
            current = vector;
        }
    }

    private long nanos(K kernels) {
        long start = System.nanoTime();
        sample.accept(kernels);
        return System.nanoTime() - start;
    }
}
