package io.neuralake.exec.spill;

import io.neuralake.spi.memory.Spillable;

import java.util.concurrent.locks.ReentrantLock;

/// Says when state that can be spilled is at rest. Its worker works on it between [#begin] and
/// [#end]; at all other times anyone of the query may spill it. While nothing spills a turn costs a
/// lock that nobody else wants, and two additions that the query's workers share.
///
/// One thread at a time may have the turn; it may be closed by any.
public final class SpillTurn implements AutoCloseable {
    private final SpillArbiter arbiter;
    private final Spillable state;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile boolean requested;
    private volatile boolean waiting;
    private volatile long announcedBytes;
    private boolean closed;

    SpillTurn(SpillArbiter arbiter, Spillable state) {
        this.arbiter = arbiter;
        this.state = state;
    }

    /// Begins work on the state that may let it grow by so many bytes. If they do not fit, largest
    /// states are spilled first, this one too if it is among them.
    public void begin(long growthBytes) {
        arbiter.announce(growthBytes);
        lock.lock();
        announcedBytes = growthBytes;
        if (requested || arbiter.spillsEverything()) {
            try {
                spill(Long.MAX_VALUE);
            } catch (RuntimeException | Error e) {
                release();
                throw e;
            }
        }
    }

    /// Ends the work. Spills now if that was asked for meanwhile.
    public void end() {
        try {
            if (requested) {
                spill(Long.MAX_VALUE);
            }
        } finally {
            release();
        }
    }

    private void release() {
        arbiter.withdraw(announcedBytes);
        announcedBytes = 0;
        lock.unlock();
        arbiter.turnEnded();
    }

    /// Spills unless somebody works on the state; then asks for it to be done later. Returns whether
    /// the state was free.
    boolean spillIfFree(long targetBytes) {
        if (lock.isHeldByCurrentThread()) {
            return true; // nothing will come of waiting
        }
        if (!lock.tryLock()) {
            requested = true;
            return false;
        }
        try {
            spill(targetBytes);
        } finally {
            lock.unlock();
            arbiter.turnEnded();
        }
        return true;
    }

    private void spill(long targetBytes) {
        requested = false;
        if (!closed && state.spillableBytes() > 0) {
            arbiter.spilling(() -> state.spill(targetBytes));
        }
    }

    /// Returns an estimate, without the turn.
    long spillableBytes() {
        return state.spillableBytes();
    }

    boolean isMine() {
        return lock.isHeldByCurrentThread();
    }

    /// Tells whether somebody else has the turn, or spills, and does not wait for memory himself, and may
    /// free more than so many bytes by that.
    boolean isBusyWith(long small) {
        return lock.isLocked()
                && !lock.isHeldByCurrentThread()
                && !waiting
                && state.spillableBytes() + announcedBytes > small;
    }

    void setWaiting(boolean now) {
        waiting = now;
    }

    /// Waits until nobody spills the state; from now on nobody will. Idempotent.
    @Override
    public void close() {
        arbiter.forget(this);
        lock.lock();
        try {
            closed = true;
            requested = false;
        } finally {
            lock.unlock();
        }
    }
}
