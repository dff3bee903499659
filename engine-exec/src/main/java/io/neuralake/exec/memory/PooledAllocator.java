package io.neuralake.exec.memory;

import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.memory.ArrowAllocator;
import io.neuralake.spi.memory.LimitedReservation;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.memory.MemoryReservation;

import org.jspecify.annotations.Nullable;

/// Allocates for one worker of one operator and keeps freed buffers in lists by size, so that a
/// running pipeline stops calling malloc once it is warm. Kept buffers stay counted against the
/// query. Buffers are taken by the worker, but given back by any thread. Thread-safe.
///
/// Sizes are rounded up to four classes a power of two. A buffer whose Arrow form was handed out is
/// never used again, since others may hold it.
public final class PooledAllocator implements MemoryAllocator, AutoCloseable {
    /// The largest buffer that is kept.
    static final int MAX_POOLED_BYTES = 1 << 18;

    private static final int MIN_POOLED_SHIFT = 8;
    private static final int CLASSES = sizeClass(MAX_POOLED_BYTES) + 1;
    private static final int KEPT_BUFFERS = 16;
    private static final long KEPT_BYTES = 2 << 20;

    /// Of small buffers more are kept: whoever gathers rows holds dozens and frees them together.
    private static final long KEPT_CLASS_BYTES = 1 << 18;

    /// At most so many bytes are allocated more than asked for.
    private static final long OVERHEAD_BYTES = 128;

    private final ArrowAllocator source;
    private final LimitedReservation reservation;
    private final QueryMemory query;
    private final @Nullable Kept[] kept = new Kept[CLASSES];
    private final int[] keptCount = new int[CLASSES];
    private long keptBytes;
    private boolean closed;

    PooledAllocator(QueryMemory query, ArrowAllocator source, LimitedReservation reservation) {
        this.query = query;
        this.source = source;
        this.reservation = reservation;
    }

    /// Returns the class of a size of at least 0 bytes.
    static int sizeClass(long bytes) {
        if (bytes <= 1 << MIN_POOLED_SHIFT) {
            return 0;
        }
        int shift = 63 - Long.numberOfLeadingZeros(bytes - 1);
        int quarter = (int) ((bytes - 1) >>> (shift - 2)) & 3;
        return (shift - MIN_POOLED_SHIFT) * 4 + quarter + 1;
    }

    /// Returns the bytes of buffers of a class.
    static long classBytes(int sizeClass) {
        if (sizeClass == 0) {
            return 1 << MIN_POOLED_SHIFT;
        }
        int shift = (sizeClass - 1) / 4 + MIN_POOLED_SHIFT;
        return (1L << shift) + ((sizeClass - 1) % 4 + 1) * (1L << (shift - 2));
    }

    @Override
    public DataBuffer allocate(long bytes) {
        if (bytes > MAX_POOLED_BYTES) {
            return allocateNew(bytes);
        }
        int sizeClass = sizeClass(bytes);
        Kept buffer = take(sizeClass);
        if (buffer == null) {
            buffer = new Kept(allocateNew(classBytes(sizeClass)), sizeClass);
        }
        return DataBuffer.lease(buffer.base, bytes, buffer::giveBack);
    }

    @Override
    public long spareBytes() {
        return source.spareBytes();
    }

    private DataBuffer allocateNew(long bytes) {
        query.makeRoom(bytes);
        try {
            return source.allocate(bytes);
        } catch (NeuralakeException e) {
            if (!query.makeRoomOrWait(bytes + OVERHEAD_BYTES)) {
                throw e;
            }
            return source.allocate(bytes);
        }
    }

    private synchronized @Nullable Kept take(int sizeClass) {
        Kept first = kept[sizeClass];
        if (first != null) {
            kept[sizeClass] = first.next;
            first.next = null;
            keptCount[sizeClass]--;
            keptBytes -= classBytes(sizeClass);
        }
        return first;
    }

    private synchronized boolean keep(Kept buffer) {
        int sizeClass = buffer.sizeClass;
        long bytes = classBytes(sizeClass);
        long most = Math.max(KEPT_BUFFERS, KEPT_CLASS_BYTES / bytes);
        if (closed || keptCount[sizeClass] >= most || keptBytes + bytes > KEPT_BYTES) {
            return false;
        }
        buffer.next = kept[sizeClass];
        kept[sizeClass] = buffer;
        keptCount[sizeClass]++;
        keptBytes += bytes;
        return true;
    }

    @Override
    public MemoryReservation reservation(String owner) {
        return new SpillingReservation(
                query, new LimitedReservation(owner, Long.MAX_VALUE, reservation));
    }

    /// Frees the kept buffers and returns their bytes.
    synchronized long trim() {
        long freed = keptBytes;
        for (int i = 0; i < CLASSES; i++) {
            for (Kept buffer = kept[i]; buffer != null; buffer = buffer.next) {
                buffer.base.release();
            }
            kept[i] = null;
            keptCount[i] = 0;
        }
        keptBytes = 0;
        return freed;
    }

    /// Frees the kept buffers and keeps none from now on; allocation goes on working, since state
    /// may outlive its worker. Idempotent.
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            trim();
        }
        query.forget(this);
    }

    private final class Kept {
        private final DataBuffer base;
        private final int sizeClass;
        private @Nullable Kept next;

        private Kept(DataBuffer base, int sizeClass) {
            this.base = base;
            this.sizeClass = sizeClass;
        }

        private void giveBack(DataBuffer lease) {
            if (lease.arrowShared() || !keep(this)) {
                base.release();
            }
        }
    }
}
