package io.neuralake.exec.memory;

import io.neuralake.exec.spill.QuerySpill;
import io.neuralake.exec.spill.SpillArbiter;
import io.neuralake.exec.spill.SpillFolder;
import io.neuralake.exec.spill.SpillSettings;
import io.neuralake.spi.memory.LimitedReservation;

import org.apache.arrow.memory.AllocationListener;
import org.apache.arrow.memory.RootAllocator;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/// The memory of the whole process: a root allocator with one child a query, and a reservation with
/// the server's limit. Arrow's sizes are rounded up to 64 bytes only, not to powers of two.
/// Thread-safe.
public final class ServerMemory implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(ServerMemory.class.getName());
    private static final long OVERDUE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final RootAllocator root =
            new RootAllocator(AllocationListener.NOOP, Long.MAX_VALUE, bytes -> bytes);
    private final LimitedReservation reservation;
    private final SpillFolder spillFolder;
    private final List<QueryMemory> lingering = new ArrayList<>();

    /// Opens the pool, which spills to the default folder.
    public ServerMemory(long limitBytes) {
        this(limitBytes, SpillSettings.defaults());
    }

    /// Opens the pool.
    public ServerMemory(long limitBytes, SpillSettings spill) {
        this.reservation = new LimitedReservation("server", limitBytes, null);
        this.spillFolder = new SpillFolder(spill);
    }

    /// Opens the memory of a query, limited by itself and by the server.
    public QueryMemory open(String name, long limitBytes) {
        sweep();
        LimitedReservation query = new LimitedReservation(name, limitBytes, reservation);
        long limit = Math.min(limitBytes, reservation.limitBytes());
        SpillArbiter arbiter =
                new SpillArbiter(
                        () -> Math.min(left(query), left(reservation)),
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

    /// Returns the bytes held by all queries.
    public long reservedBytes() {
        return reservation.reservedBytes();
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
        root.close();
        spillFolder.close();
    }
}
