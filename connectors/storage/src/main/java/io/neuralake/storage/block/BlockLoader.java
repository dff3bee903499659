package io.neuralake.storage.block;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.storage.ObjectStore;
import io.neuralake.storage.StoredEntry;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

/// Fills blocks on virtual threads: from the cache on disk, else from the store by few requests.
final class BlockLoader implements AutoCloseable {
    private static final int MAX_REQUESTS = 32;

    /// The store repeats requests that fail; this is for answers that break off.
    private static final int ATTEMPTS = 3;

    private static final int COPY_BYTES = 32 << 10;

    private final BlockCache cache;
    private final @Nullable DiskCache disk;
    private final ExecutorService threads =
            Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("blocks-", 0).factory());
    private final Semaphore requests = new Semaphore(MAX_REQUESTS);
    private final BlockMetrics metrics = new BlockMetrics();

    BlockLoader(BlockCache cache, @Nullable DiskCache disk) {
        this.cache = cache;
        this.disk = disk;
    }

    BlockMetrics metrics() {
        return metrics;
    }

    /// Starts to fill blocks, each of which counts a use for this.
    void load(ObjectStore store, StoredEntry file, List<Block> absent) {
        TreeMap<Integer, Block> remote = new TreeMap<>();
        for (Block block : absent) {
            if (disk != null && disk.holds(block.key)) {
                threads.execute(() -> fromDisk(disk, store, block));
            } else {
                remote.put(block.key.number(), block);
            }
        }
        for (BlockRun run : BlockRun.of(remote.keySet(), BlockCache.BLOCK_BYTES)) {
            Map<Integer, Block> blocks =
                    new TreeMap<>(remote.subMap(run.first(), run.first() + run.count()));
            threads.execute(() -> fetch(store, file, blocks));
        }
    }

    private void fromDisk(DiskCache from, ObjectStore store, Block block) {
        MemorySegment content = block.memory.asSlice(0, block.key.bytes(BlockCache.BLOCK_BYTES));
        if (from.read(block.key, content)) {
            metrics.readFromDisk(content.byteSize());
            finish(block);
        } else {
            fetch(store, block.key.file(), new TreeMap<>(Map.of(block.key.number(), block)));
        }
    }

    /// Fills blocks by one request, in ascending order; what lies between them is passed over.
    private void fetch(ObjectStore store, StoredEntry file, Map<Integer, Block> blocks) {
        TreeMap<Integer, Block> left = new TreeMap<>(blocks);
        requests.acquireUninterruptibly();
        try {
            for (int attempt = 1; !left.isEmpty(); attempt++) {
                try {
                    fetchOnce(store, file, left);
                } catch (IOException e) {
                    if (attempt == ATTEMPTS) {
                        throw new NeuralakeException(
                                ErrorCode.STORAGE_ERROR,
                                "Cannot read: " + file.path() + ": " + e.getMessage(),
                                e);
                    }
                }
            }
        } catch (RuntimeException | Error e) {
            fail(left.values(), e);
        } finally {
            requests.release();
        }
        try {
            if (disk != null) {
                keep(disk, blocks.values());
            }
        } finally {
            cache.release(new ArrayList<>(blocks.values()));
        }
    }

    private void fetchOnce(ObjectStore store, StoredEntry file, TreeMap<Integer, Block> left)
            throws IOException {
        long at = left.firstEntry().getValue().key.offset(BlockCache.BLOCK_BYTES);
        BlockKey last = left.lastEntry().getValue().key;
        long end = last.offset(BlockCache.BLOCK_BYTES) + last.bytes(BlockCache.BLOCK_BYTES);
        byte[] buffer = new byte[COPY_BYTES];
        try (InputStream stream = store.open(file, at, end - at)) {
            metrics.fetched(end - at);
            while (!left.isEmpty()) {
                Block block = left.firstEntry().getValue();
                long offset = block.key.offset(BlockCache.BLOCK_BYTES);
                stream.skipNBytes(offset - at);
                int bytes = block.key.bytes(BlockCache.BLOCK_BYTES);
                fill(block.memory.asSlice(0, bytes), stream, buffer);
                at = offset + bytes;
                left.pollFirstEntry();
                block.loaded.complete(block);
            }
        }
    }

    private static void fill(MemorySegment target, InputStream stream, byte[] buffer)
            throws IOException {
        for (long at = 0; at < target.byteSize(); ) {
            int wanted = (int) Math.min(buffer.length, target.byteSize() - at);
            int read = stream.readNBytes(buffer, 0, wanted);
            if (read < wanted) {
                throw new IOException("the answer ends too early");
            }
            MemorySegment.copy(MemorySegment.ofArray(buffer), 0, target, at, read);
            at += read;
        }
    }

    private void fail(Iterable<Block> blocks, Throwable e) {
        for (Block block : blocks) {
            cache.drop(block);
            block.loaded.completeExceptionally(e);
        }
    }

    private void keep(DiskCache to, Iterable<Block> blocks) {
        for (Block block : blocks) {
            if (!block.loaded.isCompletedExceptionally()) {
                to.write(
                        block.key,
                        block.memory.asSlice(0, block.key.bytes(BlockCache.BLOCK_BYTES)));
            }
        }
    }

    private void finish(Block block) {
        block.loaded.complete(block);
        cache.release(List.of(block));
    }

    @Override
    public void close() {
        threads.close();
    }
}
