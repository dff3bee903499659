package io.neuralake.exec.spill;

import io.neuralake.spi.memory.Spillable;

import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/// Decides which state of a query spills when its memory is short: the largest first. Thread-safe.
///
/// State is spilled only while nobody works on it, which [SpillTurn] tells. Whoever finds memory
/// short spills state that is free at once, whoever it belongs to, and asks those who are busy to
/// spill at the end of their batch. Short means that less than a reserve is left: that is kept for
/// what spilling itself allocates. An allocation that would go beyond the limit also waits for those
/// who are busy, until none is left but such as wait themselves; no lock is waited for while another
/// is held, so that nobody waits for ever.
public final class SpillArbiter {
    private static final int RESERVE_PART = 6;
    private static final long MAX_SPILLERS = 64;
    private static final long MAX_SMALL_BYTES = 4L << 20;
    private static final ThreadLocal<Boolean> SPILLING = ThreadLocal.withInitial(() -> false);

    private final LongSupplier available;
    private final boolean everything;
    private final long reserveBytes;
    private final long smallBytes;
    private final Semaphore spillers;
    private final Set<SpillTurn> turns = ConcurrentHashMap.newKeySet();
    private final AtomicLong announced = new AtomicLong();
    private final Object ended = new Object();
    private volatile int waiting;

    /// @param available bytes that may be allocated before a limit is reached
    /// @param limitBytes of the query
    /// @param everything spills at every turn
    public SpillArbiter(LongSupplier available, long limitBytes, boolean everything) {
        this.available = available;
        this.everything = everything;
        this.reserveBytes = limitBytes / RESERVE_PART;
        this.smallBytes = Math.min(limitBytes / 64, MAX_SMALL_BYTES);
        long room = reserveBytes / QuerySpill.bytesToSpill(limitBytes);
        this.spillers = new Semaphore((int) Math.clamp(room, 1, MAX_SPILLERS));
    }

    /// Registers state, until the turn is closed.
    SpillTurn register(Spillable state) {
        SpillTurn turn = new SpillTurn(this, state);
        turns.add(turn);
        return turn;
    }

    void forget(SpillTurn turn) {
        turns.remove(turn);
    }

    boolean spillsEverything() {
        return everything;
    }

    /// Tells whether so many more bytes would leave the reserve untouched, also when those who have a
    /// turn grow as they announced.
    public boolean fits(long bytes) {
        return availableBytes() - announced.get() >= bytes;
    }

    /// Returns the bytes that may be allocated before the reserve is touched; may be negative.
    public long availableBytes() {
        return available.getAsLong() - reserveBytes;
    }

    /// Tells whether an allocation should call [#makeRoom] first.
    public boolean isShort(long bytes) {
        return !turns.isEmpty() && availableBytes() < bytes && !SPILLING.get();
    }

    /// Says that somebody is about to grow, which may make others spill. Where the growth does not fit,
    /// waits for those who are busy: a batch that has begun cannot be spilled until it is done.
    void announce(long bytes) {
        if (everything) {
            announced.addAndGet(bytes);
            return;
        }
        if (tryAnnounce(bytes)) {
            return;
        }
        if (turns.stream().noneMatch(SpillTurn::isMine)) {
            // Who works on nothing keeps nobody waiting, so it waits until all others are done.
            freeOrWait(
                    () -> tryAnnounce(bytes),
                    () -> announced.compareAndSet(0, bytes),
                    bytes + announced.get(),
                    smallBytes);
        } else if (!freeOrWait(
                () -> tryAnnounce(bytes),
                () -> nobodyIsBusy(smallBytes),
                bytes + announced.get(),
                smallBytes)) {
            announced.addAndGet(bytes);
        }
    }

    private boolean tryAnnounce(long bytes) {
        if (availableBytes() >= announced.addAndGet(bytes)) {
            return true;
        }
        announced.addAndGet(-bytes);
        return false;
    }

    /// Takes an announcement back.
    void withdraw(long bytes) {
        announced.addAndGet(-bytes);
    }

    /// Spills state that is free and not small until so many bytes fit, and asks busy ones to follow.
    public void makeRoom(long bytes) {
        for (SpillTurn turn : largestFirst()) {
            if (availableBytes() >= bytes || turn.spillableBytes() <= smallBytes) {
                return;
            }
            turn.spillIfFree(bytes - availableBytes());
        }
    }

    /// Spills all it can until so many bytes can be allocated. Waits for state on which others work.
    /// Returns whether the bytes are there.
    public boolean makeRoomOrWait(long bytes) {
        return SPILLING.get()
                ? available.getAsLong() >= bytes
                : freeOrWait(() -> available.getAsLong() >= bytes, () -> nobodyIsBusy(0), bytes, 0);
    }

    /// Spills all it can until so many bytes leave the reserve untouched. Waits for state on which others
    /// work; who waits for nobody any more may use the reserve, one at a time.
    public void makeRoomBesideReserve(long bytes) {
        if (isShort(bytes)) {
            freeOrWait(
                    () -> availableBytes() >= bytes,
                    () -> nobodyIsBusy(smallBytes),
                    bytes,
                    smallBytes);
        }
    }

    private boolean nobodyIsBusy(long small) {
        return turns.stream().noneMatch(turn -> turn.isBusyWith(small));
    }

    /// Spills what is larger than `small`, and waits for those who are busy, until there is enough or no hope. Then
    /// the caller's own turns are waited for again.
    ///
    /// @param enough is asked until it says yes
    /// @param hopeless is asked before each wait until it says yes
    /// @return whether there is enough
    private boolean freeOrWait(
            BooleanSupplier enough, BooleanSupplier hopeless, long bytes, long small) {
        List<SpillTurn> mine = turns.stream().filter(SpillTurn::isMine).toList();
        mine.forEach(turn -> turn.setWaiting(true));
        synchronized (ended) {
            waiting++;
            ended.notifyAll(); // one less to wait for
        }
        try {
            while (!spillUntil(enough, bytes, small)) {
                if (!awaitEnd(mine, hopeless)) {
                    return false;
                }
            }
            return true;
        } finally {
            synchronized (ended) {
                mine.forEach(turn -> turn.setWaiting(false));
                waiting--;
            }
        }
    }

    private boolean spillUntil(BooleanSupplier enough, long bytes, long small) {
        for (SpillTurn turn : largestFirst()) {
            if (enough.getAsBoolean()) {
                return true;
            }
            if (turn.spillableBytes() <= small) {
                break;
            }
            turn.spillIfFree(bytes - availableBytes());
        }
        return enough.getAsBoolean();
    }

    /// Waits until some turn has ended; the time only bounds how long a missed one goes unnoticed.
    ///
    /// @return false if there is no hope
    private boolean awaitEnd(List<SpillTurn> mine, BooleanSupplier hopeless) {
        synchronized (ended) {
            if (hopeless.getAsBoolean()) {
                mine.forEach(turn -> turn.setWaiting(false));
                return false;
            }
            boolean interrupted = Thread.interrupted();
            try {
                ended.wait(10);
            } catch (InterruptedException e) {
                interrupted = true;
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            return true;
        }
    }

    /// Called when a turn has ended.
    void turnEnded() {
        if (waiting > 0) {
            synchronized (ended) {
                ended.notifyAll();
            }
        }
    }

    private List<SpillTurn> largestFirst() {
        record Sized(SpillTurn turn, long bytes) {}
        return turns.stream()
                .map(turn -> new Sized(turn, turn.spillableBytes()))
                .filter(sized -> sized.bytes > 0)
                .sorted(Comparator.comparingLong(Sized::bytes).reversed())
                .map(Sized::turn)
                .toList();
    }

    /// Spills all of a state that the caller alone uses and that has no turn.
    public void spillNow(Spillable state) {
        spilling(() -> state.spill(Long.MAX_VALUE));
    }

    /// Runs `spilling`, whose allocations may use the reserve and make nobody else spill. Waits until
    /// the reserve has room for it: those who spill wait for nobody, so that comes.
    public void spilling(Runnable spilling) {
        if (SPILLING.get()) {
            spilling.run();
            return;
        }
        spillers.acquireUninterruptibly();
        SPILLING.set(true);
        try {
            spilling.run();
        } finally {
            SPILLING.set(false);
            spillers.release();
        }
    }
}
