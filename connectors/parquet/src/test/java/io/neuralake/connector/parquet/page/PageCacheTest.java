package io.neuralake.connector.parquet.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.connector.parquet.file.FileId;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.memory.CacheMemory;
import io.neuralake.spi.memory.LimitedReservation;

import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.parquet.format.CompressionCodec;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.PageType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

class PageCacheTest {
    private static final CompressionCodec CHEAP = CompressionCodec.SNAPPY;
    private static final CompressionCodec DEAR = CompressionCodec.BROTLI;
    private static final int BYTES = 10_000;
    private static final int ROOM = 10;
    private static final long LIMIT = ROOM * (BYTES + 200);

    private final BufferAllocator root = new RootAllocator();
    private final LimitedReservation pool = new LimitedReservation("server", 2 * LIMIT, null);
    private final CacheMemory memory =
            new CacheMemory(root.newChildAllocator("cache", 0, Long.MAX_VALUE), LIMIT, pool);
    private final PageCache cache = new PageCache(memory);

    @AfterEach
    void nothingLeaks() {
        cache.close();
        assertThat(cache.bytes()).isZero();
        assertThat(pool.reservedBytes()).isZero();
        memory.close();
        root.close();
    }

    private static PageKey key(long page) {
        return new PageKey(new FileId("f.parquet", 1, 1), 1, page);
    }

    /// Reads a page of its number, through the cache; tells whether it was there.
    private boolean read(long page, CompressionCodec codec) {
        DataBuffer found = cache.find(key(page), BYTES);
        if (found != null) {
            assertThat(found.segment().get(ValueLayout.JAVA_LONG, 0)).isEqualTo(page);
            found.release();
            return true;
        }
        DataBuffer room = cache.allocate(key(page), BYTES, codec);
        if (room != null) {
            room.segment().set(ValueLayout.JAVA_LONG, 0, page);
            long nanos = codec == DEAR ? 50 * BYTES : BYTES;
            cache.keep(key(page), room, codec, nanos, header(page));
            room.release();
        }
        return false;
    }

    private static PageCache.Header header(long page) {
        return new PageCache.Header(new PageHeader(PageType.DATA_PAGE, BYTES, (int) page), page);
    }

    private boolean read(long page) {
        return read(page, CHEAP);
    }

    private boolean holds(long page) {
        DataBuffer found = cache.find(key(page), BYTES);
        if (found != null) {
            found.release();
        }
        return found != null;
    }

    @Test
    void findsWhatItKept() {
        assertThat(read(1)).isFalse();
        assertThat(read(1)).isTrue();
        assertThat(read(2)).isFalse();
        assertThat(cache.hits()).isEqualTo(1);
        assertThat(cache.misses()).isEqualTo(2);
        assertThat(cache.bytes()).isBetween(2L * BYTES, 2L * BYTES + 400);
    }

    @Test
    void knowsTheHeadersOfPagesThatItKeeps() {
        assertThat(cache.header(key(1))).isNull();
        read(1);
        read(2);
        assertThat(cache.header(key(1))).isEqualTo(header(1));
        assertThat(cache.header(key(2))).isEqualTo(header(2));
        assertThat(cache.misses()).as("only pages count").isEqualTo(2);
        cache.discard(key(1));
        assertThat(cache.header(key(1))).isNull();
    }

    @Test
    void everyPartOfTheKeyCounts() {
        read(1);
        FileId file = key(1).file();
        for (PageKey other :
                List.of(
                        new PageKey(file, 1, 2),
                        new PageKey(file, 2, 1),
                        new PageKey(new FileId("g.parquet", 1, 1), 1, 1),
                        new PageKey(new FileId(file.path(), 2, 1), 1, 1),
                        new PageKey(new FileId(file.path(), 1, 2), 1, 1))) {
            assertThat(cache.find(other, BYTES)).as("%s", other).isNull();
        }
        assertThat(cache.find(key(1), BYTES - 1)).isNull();
        assertThat(read(1)).isTrue();
    }

    @Test
    void staysWithinItsLimit() {
        for (int i = 0; i < 10 * ROOM; i++) {
            read(i);
            read(i);
            read(i);
            assertThat(cache.bytes()).isLessThanOrEqualTo(LIMIT);
        }
        assertThat(cache.bytes()).isGreaterThan(LIMIT / 2);
    }

    @Test
    void scanOfColdPagesLeavesHotOnesAlone() {
        for (int round = 0; round < 3; round++) {
            for (int page = 0; page < ROOM; page++) {
                read(page);
            }
        }
        for (int page = 1000; page < 1200; page++) {
            assertThat(read(page)).isFalse();
        }
        for (int page = 0; page < ROOM; page++) {
            assertThat(read(page)).isTrue();
        }
        assertThat(cache.evictions()).isZero();
    }

    @Test
    void scanOfMoreThanFitsStillFindsSome() {
        int hits = 0;
        for (int round = 0; round < 10; round++) {
            for (int page = 0; page < 2 * ROOM; page++) {
                hits += read(page) ? 1 : 0;
            }
        }
        // The least recently used going first would find none at all.
        assertThat(hits).isGreaterThan(9 * ROOM / 2);
    }

    @Test
    void pagesThatBecomeHotReplaceThoseThatWere() {
        for (int page = 0; page < ROOM; page++) {
            read(page);
            read(page);
        }
        for (int round = 0; round < 20; round++) {
            for (int page = 100; page < 100 + ROOM; page++) {
                read(page);
            }
        }
        int found = 0;
        for (int page = 100; page < 100 + ROOM; page++) {
            found += holds(page) ? 1 : 0;
        }
        assertThat(found).isGreaterThan(ROOM / 2);
        assertThat(cache.evictions()).isPositive();
    }

    @Test
    void pagesThatCostMoreToMakeReplaceCheapOnesAtEqualUse() {
        read(-2, DEAR); // from which it learns the price
        for (int page = 0; page < ROOM; page++) {
            read(page, CHEAP);
        }
        for (int page = 100; page < 100 + ROOM; page++) {
            read(page, DEAR);
        }
        int dear = 0;
        for (int page = 100; page < 100 + ROOM; page++) {
            dear += holds(page) ? 1 : 0;
        }
        assertThat(dear).isGreaterThan(ROOM / 2);
    }

    @Test
    void pageThatIsReadOutlivesItsEviction() {
        read(1);
        DataBuffer held = Objects.requireNonNull(cache.find(key(1), BYTES));
        cache.close();
        assertThat(held.segment().get(ValueLayout.JAVA_LONG, 0)).isEqualTo(1);
        assertThat(cache.bytes()).isGreaterThanOrEqualTo(BYTES);
        held.release();
        assertThat(cache.bytes()).isZero();
        assertThat(read(1)).isFalse();
        assertThat(read(1)).isFalse();
    }

    @Test
    void givesWayToQueriesButNotWhatIsRead() {
        for (int page = 0; page < ROOM; page++) {
            read(page);
        }
        DataBuffer held = Objects.requireNonNull(cache.find(key(3), BYTES));
        LimitedReservation query = new LimitedReservation("query", Long.MAX_VALUE, pool);
        long free = 2 * LIMIT - cache.bytes();
        query.grow(free);
        assertThat(cache.evictions()).isZero();
        query.grow(BYTES);
        assertThat(cache.evictions()).isEqualTo(1);
        query.grow(cache.bytes() - BYTES - 200);
        assertThat(holds(3)).isTrue();
        assertThat(query.tryGrow(2 * BYTES)).isFalse();
        assertThat(read(50)).isFalse();
        assertThat(read(50)).as("takes nothing from a query").isFalse();
        query.close();
        held.release();
        read(50);
        assertThat(read(50)).isTrue();
    }

    @Test
    void requestsBeyondHelpLeaveItAlone() {
        for (int page = 0; page < ROOM; page++) {
            read(page);
        }
        assertThat(pool.tryGrow(100 * LIMIT)).isFalse();
        assertThat(cache.evictions()).isZero();
    }

    @Test
    void discardedPagesAreGone() {
        read(1);
        cache.discard(key(1));
        cache.discard(key(2));
        assertThat(cache.bytes()).isZero();
        assertThat(read(1)).isFalse();
    }

    /// Readers, eviction, discarding and a query that grows and shrinks, all at once.
    @Test
    void threadsNeverSeeFreedPages() throws Exception {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        int threads = 4;
        try (ExecutorService workers = Executors.newFixedThreadPool(threads)) {
            List<Future<?>> running = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                Random random = new Random(seed + t);
                running.add(
                        workers.submit(
                                () -> {
                                    LimitedReservation query =
                                            new LimitedReservation("q", Long.MAX_VALUE, pool);
                                    for (int i = 0; i < 20_000; i++) {
                                        int page = (int) Math.abs(random.nextGaussian() * ROOM);
                                        read(page);
                                        if (i % 50 == 0) {
                                            cache.discard(key(page));
                                        }
                                        if (i % 20 == 0) {
                                            query.tryGrow(random.nextInt((int) LIMIT));
                                        } else if (i % 20 == 10) {
                                            query.close();
                                        }
                                    }
                                    query.close();
                                }));
            }
            for (Future<?> each : running) {
                each.get();
            }
        }
        assertThat(cache.hits()).isPositive();
        assertThat(cache.evictions()).isPositive();
    }
}
