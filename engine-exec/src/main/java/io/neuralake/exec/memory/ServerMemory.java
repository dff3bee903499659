package io.neuralake.exec.memory;

import io.neuralake.exec.spill.QuerySpill;
import io.neuralake.exec.spill.SpillArbiter;
import io.neuralake.exec.spill.SpillFolder;
import io.neuralake.exec.spill.SpillSettings;
import io.neuralake.spi.memory.CacheMemory;
import io.neuralake.spi.memory.LimitedReservation;

import org.apache.arrow.memory.AllocationListener;
import org.apache.arrow.memory.RootAllocator;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/// The memory of the whole process: a root allocator with one child a query and one for a cache, and a
/// reservation with the server's limit, which the cache shares and leaves to the queries. Arrow's sizes are rounded up to 64 bytes only, not to powers of two.
/// Thread-safe.
public final class ServerMemory implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(ServerMemory.class.getName());
    private static final long OVERDUE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final RootAllocator root =
            new RootAllocator(AllocationListener.NOOP, Long.MAX_VALUE, bytes -> bytes);
    private final LimitedReservation reservation;
    private final CacheMemory cache;
    private final SpillFolder spillFolder;
    private final List<QueryMemory> lingering = new ArrayList<>();

    /// Opens a pool without a cache, which spills to the default folder.
    public ServerMemory(long limitBytes) {
        this(limitBytes, 0, SpillSettings.defaults());
    }

    /// Opens the pool.
    ///
    /// @param limitBytes most of queries and cache together
    /// @param cacheLimitBytes most of the cache; 0 for none
    public ServerMemory(long limitBytes, long cacheLimitBytes, SpillSettings spill) {
        this.reservation = new LimitedReservation("server", limitBytes, null);
        this.spillFolder = new SpillFolder(spill);
        this.cache =
                new CacheMemory(
                        root.newChildAllocator("cache", 0, Long.MAX_VALUE),
                        cacheLimitBytes,
                        reservation);
    }

    /// Returns the memory of the cache, which closes with this pool.
    public CacheMemory cache() {
        return cache;
    }

    /// Opens the memory of a query, limited by itself and by the server.
    public QueryMemory open(String name, long limitBytes) {
        sweep();
        LimitedReservation query = new LimitedReservation(name, limitBytes, reservation);
        long limit = Math.min(limitBytes, reservation.limitBytes());
        SpillArbiter arbiter =
                new SpillArbiter(
                        // the cache gives way before anything spills
                        () -> Math.min(left(query), left(reservation) + cache.reservedBytes()),
                        limit,
                        spillFolder.settings().everything());
        return new QueryMemory(
                this,
                name,
                root.newChildAllocator(name, 0, Long.MAX_VALUE),
                query,
                new QuerySpill(spillFolder, arbiter, limit));
    }

    private static long left(LimitedReservation reservation) {
        return reservation.limitBytes() - reservation.reservedBytes();
    }

    /// Returns the bytes that queries ever spilled.
    public long spilledBytes() {
        return spillFolder.writtenBytes();
    }

    /// Returns the bytes that lie in spill files now.
    public long spillFileBytes() {
        return spillFolder.usedBytes();
    }

    /// Returns the bytes held by all queries, without those of the cache.
    public long reservedBytes() {
        // Two counters, read one after the other: the cache may have grown in between.
        return Math.max(0, reservation.reservedBytes() - cache.reservedBytes());
    }

    /// Returns the limit in bytes.
    public long limitBytes() {
        return reservation.limitBytes();
    }

    synchronized void closed(QueryMemory query) {
        lingering.add(query);
        sweep();
    }

    /// Closes queries whose last batches were closed after them, and reports those that hold theirs
    /// for long.
    private synchronized void sweep() {
        long now = System.nanoTime();
        for (Iterator<QueryMemory> i = lingering.iterator(); i.hasNext(); ) {
            QueryMemory query = i.next();
            if (query.tryRelease()) {
                i.remove();
            } else if (query.overdue(now, OVERDUE_NANOS)) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "Memory still held a minute after its query ended: {0} holds {1} bytes",
                        query.name(),
                        query.reservedBytes());
                query.dropLeakedReservation();
            }
        }
    }

    /// Frees the pool; throws IllegalStateException if memory leaked.
    @Override
    public synchronized void close() {
        sweep();
        String held =
                lingering.stream()
                        .map(q -> q.name() + " " + q.reservedBytes() + " bytes")
                        .collect(Collectors.joining(", "));
        if (!held.isEmpty()) {
            spillFolder.close();
            throw new IllegalStateException("Memory leaked: " + held);
        }
        cache.close();
        root.close();
        spillFolder.close();
    }
}
