package io.neuralake.exec.memory;

import io.neuralake.exec.spill.QuerySpill;
import io.neuralake.spi.memory.ArrowAllocator;
import io.neuralake.spi.memory.LimitedReservation;

import org.apache.arrow.memory.BufferAllocator;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The memory of one query: an Arrow allocator and a reservation with the query's limit. Thread-safe.
public final class QueryMemory implements AutoCloseable {
    private final ServerMemory server;
    private final String name;
    private final BufferAllocator allocator;
    private final LimitedReservation reservation;
    private final QuerySpill spill;
    private final Set<PooledAllocator> pools = ConcurrentHashMap.newKeySet();
    private long closedAtNanos;
    private boolean closed;
    private boolean reported;

    QueryMemory(
            ServerMemory server,
            String name,
            BufferAllocator allocator,
            LimitedReservation reservation,
            QuerySpill spill) {
        this.server = server;
        this.name = name;
        this.allocator = allocator;
        this.reservation = reservation;
        this.spill = spill;
    }

    /// Opens the account of one operator, which all its workers share.
    public LimitedReservation operatorReservation(String owner) {
        return new LimitedReservation(owner, Long.MAX_VALUE, reservation);
    }

    /// Makes the allocator of one worker of an operator. The caller closes it.
    ///
    /// @param operator from [#operatorReservation]
    public PooledAllocator newAllocator(LimitedReservation operator) {
        PooledAllocator pool =
                new PooledAllocator(this, new ArrowAllocator(allocator, operator), operator);
        pools.add(pool);
        return pool;
    }

    void forget(PooledAllocator pool) {
        pools.remove(pool);
    }

    /// Frees buffers that are kept for reuse and returns their bytes.
    long trim() {
        long freed = 0;
        for (PooledAllocator pool : List.copyOf(pools)) {
            freed += pool.trim();
        }
        return freed;
    }

    /// Returns what spills when this memory is short.
    public QuerySpill spill() {
        return spill;
    }

    /// Frees what is kept for reuse, then spills, if so many more bytes would leave too little.
    void makeRoom(long bytes) {
        if (spill.arbiter().isShort(bytes)) {
            trim();
            spill.arbiter().makeRoomBesideReserve(bytes);
        }
    }

    /// Frees and spills all it can until so many bytes can be allocated. Returns whether they can.
    boolean makeRoomOrWait(long bytes) {
        trim();
        return spill.arbiter().makeRoomOrWait(bytes);
    }

    /// Returns the bytes held now.
    public long reservedBytes() {
        return reservation.reservedBytes();
    }

    /// Returns the most bytes ever held.
    public long peakBytes() {
        return reservation.peakBytes();
    }

    String name() {
        return name;
    }

    /// Ends the query. Call it when no worker is left. Batches that the reader still holds keep the
    /// account open until they are closed; what else is left is reported as a leak. Idempotent.
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            closedAtNanos = System.nanoTime();
        }
        spill.close();
        List.copyOf(pools).forEach(PooledAllocator::close);
        server.closed(this);
    }

    /// Closes the Arrow allocator if nothing is held any more.
    synchronized boolean tryRelease() {
        if (allocator.getAllocatedMemory() > 0 || reservation.reservedBytes() > 0) {
            return false;
        }
        allocator.close();
        return true;
    }

    /// Gives reserved bytes without buffers behind them back to the server.
    void dropLeakedReservation() {
        reservation.shrink(reservation.reservedBytes() - allocator.getAllocatedMemory());
    }

    /// Tells once whether the query ended so long ago that what it holds looks like a leak.
    synchronized boolean overdue(long nowNanos, long afterNanos) {
        boolean overdue = !reported && nowNanos - closedAtNanos > afterNanos;
        reported |= overdue;
        return overdue;
    }
}
