package io.neuralake.exec.memory;

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
    private final List<QueryMemory> lingering = new ArrayList<>();

    /// Opens the pool.
    public ServerMemory(long limitBytes) {
        this.reservation = new LimitedReservation("server", limitBytes, null);
    }

    /// Opens the memory of a query, limited by itself and by the server.
    public QueryMemory open(String name, long limitBytes) {
        sweep();
        return new QueryMemory(
                this,
                name,
                root.newChildAllocator(name, 0, Long.MAX_VALUE),
                new LimitedReservation(name, limitBytes, reservation));
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
            throw new IllegalStateException("Memory leaked: " + held);
        }
        root.close();
    }
}
