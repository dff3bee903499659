package io.neuralake.spi.simd;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/// Kernels of which the scalar ones begin. Until C2 has compiled them, operations on vectors run
/// hundreds of times slower than scalar code: a process that soon ends would lose more than they ever
/// gain. So the vector kernels take over once much work has been seen, when a rehearsal on a thread
/// of its own finds them faster: some calls of each kind, again and again until they are compiled.
///
/// Thread-safe. Fields that change are plain on purpose: it is no matter which kernels a thread sees,
/// since both give the same results, nor whether some work is not counted.
///
/// @param <K> the kernels, which are immutable
public final class WarmingKernels<K> {
    /// Calls of each kind, of which the fastest counts: others use the processors too.
    private static final int ROUND = 16;

    /// Calls that take longer together are not of compiled code.
    private static final long LONGEST_ROUND_NANOS = 50_000_000;

    /// The least time between two rounds.
    private static final long PAUSE_NANOS = 25_000_000;

    /// So much longer than a round others have the processor before the next.
    private static final int PAUSE_ROUNDS = 2;

    /// So long a caller waits.
    private static final Duration WAIT = Duration.ofSeconds(2);

    /// So long a thread of its own tries. On a busy machine the compiler has much to do before.
    private static final Duration LONGEST = Duration.ofMinutes(2);

    /// What rehearsals take from the machine.
    interface Host {
        /// This one.
        Host SYSTEM =
                new Host() {
                    @Override
                    public long nanos() {
                        return System.nanoTime();
                    }

                    @Override
                    public void pause(long nanos) {
                        LockSupport.parkNanos(nanos);
                    }

                    @Override
                    public void start(Runnable rehearsal) {
                        Thread.ofPlatform().name("rehearsal").daemon().start(rehearsal);
                    }
                };

        long nanos();

        void pause(long nanos);

        /// Runs a rehearsal on a thread of its own.
        void start(Runnable rehearsal);
    }

    private final K scalar;
    private final K vector;
    private final Consumer<K> sample;
    private final long enough;
    private final Host host;
    private final AtomicBoolean rehearsed = new AtomicBoolean();
    private final AtomicBoolean begun = new AtomicBoolean();
    private boolean counting;
    private long work;
    private K current;

    /// Begins with the scalar kernels.
    WarmingKernels(K scalar, K vector, Consumer<K> sample, long enough, Host host) {
        this.scalar = scalar;
        this.vector = vector;
        this.sample = sample;
        this.enough = enough;
        this.host = host;
        this.counting = true;
        this.current = scalar;
    }

    /// Returns kernels of which the scalar ones begin, where this process has others and may change to them; else those
    /// that are best for it.
    ///
    /// @param best the kernels for this machine
    /// @param sample does on given kernels what is compared; whoever calls it waits
    /// @param enough the work after which a rehearsal is worth it
    public static <K> WarmingKernels<K> of(K scalar, K best, Consumer<K> sample, long enough) {
        return SimdCapabilities.warming() && SimdCapabilities.detected().vectorKernels()
                ? new WarmingKernels<>(scalar, best, sample, enough, Host.SYSTEM)
                : fixed(best);
    }

    /// Returns kernels that stay the same.
    public static <K> WarmingKernels<K> fixed(K kernels) {
        WarmingKernels<K> fixed =
                new WarmingKernels<>(kernels, kernels, same -> {}, 0, Host.SYSTEM);
        fixed.counting = false;
        fixed.rehearsed.set(true);
        return fixed;
    }

    /// Returns the kernels for some work, such as a number of values.
    public K forWork(long amount) {
        if (counting) {
            work += amount;
            if (work >= enough) {
                counting = false;
                if (begun.compareAndSet(false, true)) {
                    host.start(() -> compare(LONGEST));
                }
            }
        }
        return current;
    }

    /// Lets the vector kernels take over if they are faster, or become so within two seconds. Does
    /// nothing after the first time.
    public void rehearse() {
        if (rehearsed.compareAndSet(false, true) && compare(WAIT)) {
            counting = false;
        }
    }

    private boolean compare(Duration limit) {
        long start = host.nanos();
        long now = start;
        do {
            if (vectorIsFaster()) {
                current = vector;
                return true;
            }
            // Compilers and queries work meanwhile.
            host.pause(Math.max(PAUSE_NANOS, PAUSE_ROUNDS * (host.nanos() - now)));
            now = host.nanos();
        } while (now - start < limit.toNanos());
        return false;
    }

    private boolean vectorIsFaster() {
        long start = host.nanos();
        long fastestScalar = Long.MAX_VALUE;
        long fastestVector = Long.MAX_VALUE;
        for (int i = 0; i < ROUND; i++) {
            fastestVector = Math.min(fastestVector, nanos(vector));
            fastestScalar = Math.min(fastestScalar, nanos(scalar));
            if (host.nanos() - start > LONGEST_ROUND_NANOS) {
                return false;
            }
        }
        return fastestVector < fastestScalar;
    }

    private long nanos(K kernels) {
        long start = host.nanos();
        sample.accept(kernels);
        return host.nanos() - start;
    }
}
