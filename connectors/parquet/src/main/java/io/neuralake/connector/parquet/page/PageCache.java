package io.neuralake.connector.parquet.page;

import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.memory.CacheMemory;

import org.apache.parquet.format.CompressionCodec;
import org.apache.parquet.format.PageHeader;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.LongAdder;

/// Keeps pages as they come out of the decompressor, dictionary codes still encoded, for all queries.
/// Thread-safe.
///
/// A page's worth is how often it was asked for lately times what decompressing a byte of it costs.
/// While there is room, every page is kept. Then a page comes in only in place of others that are
/// worth less, so that a scan of cold data, each page asked for once, leaves hot pages alone. The
/// victims are the least of a few taken at random: a near-perfect order without a list that every
/// reader would have to update (as Redis does it).
///
/// Readers hold references of their own, so that a page that is let go of lives until its last reader
/// is done. Finding a page takes no lock; the lock of keeping and letting go is never held while a page
/// is read or decompressed. Two threads that miss the same page both decompress it, and the first one's
/// is kept.
public final class PageCache implements AutoCloseable {
    private static final int SAMPLE = 8;

    /// Pages that may go for one that comes.
    private static final int MAX_VICTIMS = 64;

    /// The largest page takes this part of the cache.
    private static final int LARGEST_PART = 8;

    private static final long TYPICAL_BYTES = 1 << 16;

    private final CacheMemory memory;
    private final Map<PageKey, CachedPage> pages = new ConcurrentHashMap<>();
    private final UseCounts uses;
    private final DecompressionCost costs = new DecompressionCost();
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private final LongAdder evictions = new LongAdder();
    // The same pages as in the map, guarded by this.
    private final List<CachedPage> kept = new ArrayList<>();
    private boolean closed;

    private static final class CachedPage {
        private final PageKey key;
        private final int hash;
        private final DataBuffer buffer;
        private final float cost;
        private final Header header;
        private int position;

        private CachedPage(PageKey key, DataBuffer buffer, float cost, Header header) {
            this.key = key;
            this.hash = key.hashCode();
            this.buffer = buffer;
            this.cost = cost;
            this.header = header;
        }
    }

    /// What lies before a page, so that a page which is kept needs nothing of its file.
    ///
    /// @param page not to be changed
    /// @param bytes how long it is in the file
    record Header(PageHeader page, long bytes) {}

    /// Opens an empty cache.
    ///
    /// @param memory stays the caller's, who closes it after this cache and after the last reader
    public PageCache(CacheMemory memory) {
        this.memory = memory;
        this.uses = new UseCounts(memory.limitBytes() / TYPICAL_BYTES);
        memory.onShortage(this::giveWay);
    }

    /// Finds the header of a page that is kept.
    @Nullable Header header(PageKey key) {
        CachedPage page = pages.get(key);
        return page == null ? null : page.header;
    }

    /// Finds a page, and counts that it was asked for. The caller owns one reference.
    ///
    /// @param bytes what the page's header says of its size: another size is another page
    @Nullable DataBuffer find(PageKey key, long bytes) {
        uses.add(key.hashCode());
        CachedPage page = pages.get(key);
        if (page != null && page.buffer.size() == bytes && page.buffer.tryRetain()) {
            hits.increment();
            return page.buffer;
        }
        misses.increment();
        return null;
    }

    /// Returns memory for a page that was not found, or null when it is not worth keeping. The caller
    /// owns the one reference, fills the memory and calls [#keep], or not.
    @Nullable DataBuffer allocate(PageKey key, long bytes, CompressionCodec codec) {
        if (bytes > memory.limitBytes() / LARGEST_PART) {
            return null;
        }
        DataBuffer room = memory.tryAllocate(bytes);
        if (room == null) {
            float worth = worth(key.hashCode(), costs.expected(codec));
            room = makeRoom(bytes, worth) ? memory.tryAllocate(bytes) : null;
        }
        return room;
    }

    private float worth(int hash, float cost) {
        return cost * uses.of(hash);
    }

    private float worth(CachedPage page) {
        return worth(page.hash, page.cost);
    }

    /// Keeps a page, with a reference of its own, unless another thread came first.
    ///
    /// @param buffer from [#allocate], filled
    /// @param nanos what that took
    void keep(PageKey key, DataBuffer buffer, CompressionCodec codec, long nanos, Header header) {
        float cost = costs.measured(codec, buffer.size(), nanos);
        CachedPage page = new CachedPage(key, buffer, cost, header);
        synchronized (this) {
            if (!closed && pages.putIfAbsent(key, page) == null) {
                buffer.retain();
                add(page);
            }
        }
    }

    /// Lets go of a page that turned out to be damaged.
    synchronized void discard(PageKey key) {
        CachedPage page = pages.get(key);
        if (page != null) {
            take(page);
            release(page);
        }
    }

    /// Lets go of pages that are worth less than `worth`, together at least `bytes`; false, and of
    /// none, when not enough of them are found.
    private synchronized boolean makeRoom(long bytes, float worth) {
        List<CachedPage> victims = new ArrayList<>();
        long found = 0;
        while (found < bytes && victims.size() < MAX_VICTIMS) {
            CachedPage victim = leastOfSample();
            if (victim == null || worth(victim) >= worth) {
                break;
            }
            take(victim);
            victims.add(victim);
            found += victim.buffer.size();
        }
        boolean enough = found >= bytes;
        for (CachedPage victim : victims) {
            if (enough) {
                evict(victim);
            } else {
                add(victim);
            }
        }
        return enough;
    }

    /// Gives memory back that a query needs; returns the bytes.
    private synchronized long giveWay(long bytes) {
        if (bytes > memory.reservedBytes()) {
            return 0; // would not be enough
        }
        long freed = 0;
        while (freed < bytes) {
            CachedPage victim = leastOfSample();
            if (victim == null) {
                victim = anyUnused();
            }
            if (victim == null) {
                break;
            }
            take(victim);
            long size = victim.buffer.size();
            if (evict(victim)) {
                freed += size;
            }
        }
        return freed;
    }

    /// Returns the least of some pages that nobody reads now; null when none was met.
    private @Nullable CachedPage leastOfSample() {
        CachedPage least = null;
        float leastWorth = Float.MAX_VALUE;
        ThreadLocalRandom random = ThreadLocalRandom.current();
        for (int i = 0; i < Math.min(SAMPLE, kept.size()); i++) {
            CachedPage page = kept.get(random.nextInt(kept.size()));
            if (page.buffer.references() == 1 && worth(page) < leastWorth) {
                least = page;
                leastWorth = worth(page);
            }
        }
        return least;
    }

    private @Nullable CachedPage anyUnused() {
        for (CachedPage page : kept) {
            if (page.buffer.references() == 1) {
                return page;
            }
        }
        return null;
    }

    private void add(CachedPage page) {
        page.position = kept.size();
        kept.add(page);
    }

    private void take(CachedPage page) {
        CachedPage last = kept.removeLast();
        if (last != page) {
            kept.set(page.position, last);
            last.position = page.position;
        }
    }

    /// Tells whether that freed the memory, which it does not while somebody reads.
    private boolean evict(CachedPage page) {
        evictions.increment();
        return release(page);
    }

    private boolean release(CachedPage page) {
        pages.remove(page.key);
        page.buffer.release();
        return page.buffer.references() == 0;
    }

    /// Returns the bytes held, of pages kept and of those let go of that somebody still reads.
    public long bytes() {
        return memory.reservedBytes();
    }

    /// Returns how many pages were found.
    public long hits() {
        return hits.sum();
    }

    /// Returns how many pages were not found.
    public long misses() {
        return misses.sum();
    }

    /// Returns how many pages were let go of, for others or for queries.
    public long evictions() {
        return evictions.sum();
    }

    /// Lets go of everything and keeps nothing from now on. Idempotent.
    @Override
    public synchronized void close() {
        closed = true;
        for (CachedPage page : kept) {
            release(page);
        }
        kept.clear();
    }
}
