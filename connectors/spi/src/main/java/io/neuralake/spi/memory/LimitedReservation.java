package io.neuralake.spi.memory;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongUnaryOperator;

/// Counts bytes against a limit of its own and against its parent's. The tree is server, query,
/// operator. Thread-safe and lock-free.
public final class LimitedReservation implements MemoryReservation {
    private final String owner;
    private final long limitBytes;
    private final @Nullable LimitedReservation parent;
    private final AtomicLong reserved = new AtomicLong();
    private final AtomicLong peak = new AtomicLong();
    private volatile @Nullable LongUnaryOperator shortage;

    /// Opens a reservation.
    ///
    /// @param owner names the holder in errors
    /// @param limitBytes own limit; Long.MAX_VALUE for none
    /// @param parent also counts every byte; null for the root
    public LimitedReservation(String owner, long limitBytes, @Nullable LimitedReservation parent) {
        this.owner = owner;
        this.limitBytes = limitBytes;
        this.parent = parent;
    }

    /// Asks `free` for memory before this reservation refuses to grow, and then tries again.
    ///
    /// @param free is given the bytes that miss and returns those that it gave back here, 0 when it
    ///     cannot help; called by any thread that grows
    void onShortage(LongUnaryOperator free) {
        shortage = free;
    }

    @Override
    public boolean tryGrow(long bytes) {
        return refuser(bytes) == null;
    }

    @Override
    public void grow(long bytes) {
        LimitedReservation refuser = refuser(bytes);
        if (refuser != null) {
            throw new NeuralakeException(
                    ErrorCode.OUT_OF_MEMORY,
                    "Memory limit exceeded: "
                            + refuser.owner
                            + " holds "
                            + refuser.reserved.get()
                            + " of "
                            + refuser.limitBytes
                            + " bytes and needs "
                            + bytes
                            + " more; raise --memory or select less");
        }
    }

    /// Adds the bytes here and in all ancestors, or nowhere; returns who refused.
    private @Nullable LimitedReservation refuser(long bytes) {
        long now = reserved.addAndGet(bytes);
        while (now > limitBytes) {
            reserved.addAndGet(-bytes);
            LongUnaryOperator free = shortage;
            if (free == null || free.applyAsLong(now - limitBytes) == 0) {
                return this;
            }
            now = reserved.addAndGet(bytes);
        }
        LimitedReservation refuser = parent == null ? null : parent.refuser(bytes);
        if (refuser != null) {
            reserved.addAndGet(-bytes);
        } else if (now > peak.get()) {
            peak.accumulateAndGet(now, Math::max);
        }
        return refuser;
    }

    /// Adds the bytes if they are spare: nobody is asked to give way for them, and bytes that are
    /// refused are not counted for a moment either, so that others are never refused because of them.
    boolean tryGrowSpare(long bytes) {
        long now;
        do {
            now = reserved.get();
            if (bytes > limitBytes - now) {
                return false;
            }
        } while (!reserved.compareAndSet(now, now + bytes));
        if (parent != null && !parent.tryGrowSpare(bytes)) {
            reserved.addAndGet(-bytes);
            return false;
        }
        peak.accumulateAndGet(now + bytes, Math::max);
        return true;
    }

    /// Returns what is left below the limits here and above.
    long spareBytes() {
        long left = limitBytes - reserved.get();
        return parent == null ? left : Math.min(left, parent.spareBytes());
    }

    @Override
    public void shrink(long bytes) {
        reserved.addAndGet(-bytes);
        if (parent != null) {
            parent.shrink(bytes);
        }
    }

    @Override
    public long reservedBytes() {
        return reserved.get();
    }

    /// Returns the most bytes ever held.
    public long peakBytes() {
        return peak.get();
    }

    /// Returns the limit in bytes.
    public long limitBytes() {
        return limitBytes;
    }

    @Override
    public void close() {
        shrink(reserved.get());
    }
}
