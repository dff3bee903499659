package io.neuralake.storage.block;

import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.storage.ObjectStore;
import io.neuralake.storage.StoredEntry;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/// Keeps blocks of remote files in off-heap memory, and those that do not fit on disk if there is a cache on
/// disk. Blocks are fetched by few requests, on virtual threads, ahead of their reading. Thread-safe.
///
/// What is ahead of its reading never takes memory beyond the limit: then the rest is fetched when it is
/// read. What is read now may, by the blocks that the readers use at that moment. The blocks that nobody has
/// used for the longest time go first.
public final class BlockCache implements AutoCloseable {
    /// Size of a block: one holds the footers of most files, and many make a request.
    static final int BLOCK_BYTES = 256 << 10;

    /// Smaller files come whole with their first block: most of a request's time is that until its first byte.
    private static final int SMALL_FILE_BYTES = 2 << 20;

    /// What is read without having been asked for ahead takes so much more along.
    private static final int READ_AHEAD_BYTES = 1 << 20;

    private final BlockMemory memory;
    private final BlockLoader loader;
    // In the order of their last use.
    private final Map<BlockKey, Block> blocks = new LinkedHashMap<>(64, 0.75f, true);

    /// Opens an empty cache.
    ///
    /// @param limitBytes of memory
    /// @param disk null for none; closed with this cache
    public BlockCache(long limitBytes, @Nullable DiskCache disk) {
        this.memory = new BlockMemory(BLOCK_BYTES, limitBytes);
        this.loader = new BlockLoader(this, disk);
    }

    /// Starts to fetch what is not there of some parts of a file. The caller closes the lease, which keeps
    /// the blocks until then.
    public BlockLease fetch(ObjectStore store, StoredEntry file, List<ByteRange> ranges) {
        TreeSet<Integer> wanted =
                file.bytes() <= SMALL_FILE_BYTES
                        ? whole(file)
                        : BlockRun.blocks(ranges, BLOCK_BYTES);
        return new BlockLease(this, acquire(store, file, wanted, List.of()));
    }

    /// Copies a part of a file to `target`, fetching what is not there.
    public void read(ObjectStore store, StoredEntry file, long offset, MemorySegment target) {
        ByteRange range = new ByteRange(offset, target.byteSize());
        List<Block> used = use(store, file, range);
        try {
            for (Block block : used) {
                copy(await(block), range, target);
            }
        } finally {
            release(used);
        }
    }

    private static void copy(Block block, ByteRange range, MemorySegment target) {
        long start = block.key.offset(BLOCK_BYTES);
        long from = Math.max(start, range.offset());
        long to = Math.min(start + block.key.bytes(BLOCK_BYTES), range.end());
        MemorySegment.copy(block.memory, from - start, target, from - range.offset(), to - from);
    }

    /// Returns a part of a file, without copy where it lies in one block. The caller owns the one reference.
    @SuppressWarnings("MustBeClosedChecker") // the last release closes the arena
    public DataBuffer read(ObjectStore store, StoredEntry file, long offset, long bytes) {
        long number = offset / BLOCK_BYTES;
        if (bytes > 0 && (offset + bytes - 1) / BLOCK_BYTES == number) {
            List<Block> used = use(store, file, new ByteRange(offset, bytes));
            try {
                MemorySegment content = await(used.getFirst()).memory;
                return DataBuffer.ofSegment(
                        content.asSlice(offset - number * BLOCK_BYTES, bytes), () -> release(used));
            } catch (RuntimeException | Error e) {
                release(used);
                throw e;
            }
        }
        Arena arena = Arena.ofShared();
        try {
            MemorySegment copy = arena.allocate(bytes);
            read(store, file, offset, copy);
            return DataBuffer.ofSegment(copy, arena::close);
        } catch (RuntimeException | Error e) {
            arena.close();
            throw e;
        }
    }

    /// Returns the blocks of a range, which may still be on their way, each counted as used.
    private List<Block> use(ObjectStore store, StoredEntry file, ByteRange range) {
        TreeSet<Integer> needed = BlockRun.blocks(List.of(range), BLOCK_BYTES);
        synchronized (this) {
            List<Block> known = new ArrayList<>(needed.size());
            for (int number : needed) {
                Block block = blocks.get(new BlockKey(file, number));
                if (block != null) {
                    known.add(block);
                }
            }
            if (known.size() == needed.size()) {
                known.forEach(block -> block.uses++);
                loader.metrics().found(known.size());
                return known;
            }
        }
        TreeSet<Integer> ahead = new TreeSet<>();
        if (file.bytes() <= SMALL_FILE_BYTES) {
            ahead.addAll(whole(file));
        } else {
            long end = Math.min(range.offset() + READ_AHEAD_BYTES, file.bytes());
            for (int i = needed.getLast() + 1; (long) i * BLOCK_BYTES < end; i++) {
                ahead.add(i);
            }
        }
        ahead.removeAll(needed);
        List<Block> acquired = acquire(store, file, ahead, needed);
        List<Block> used = new ArrayList<>();
        List<Block> unneeded = new ArrayList<>();
        for (Block block : acquired) {
            (needed.contains(block.key.number()) ? used : unneeded).add(block);
        }
        release(unneeded);
        return used;
    }

    private static TreeSet<Integer> whole(StoredEntry file) {
        return BlockRun.blocks(List.of(new ByteRange(0, file.bytes())), BLOCK_BYTES);
    }

    /// Counts a use of each block, and starts to load those that are not there.
    ///
    /// @param ahead blocks that are left out when memory is short
    /// @param needed blocks that are not
    private List<Block> acquire(
            ObjectStore store,
            StoredEntry file,
            Collection<Integer> ahead,
            Collection<Integer> needed) {
        List<Block> acquired = new ArrayList<>();
        List<Block> absent = new ArrayList<>();
        synchronized (this) {
            for (int number : needed) {
                acquired.add(
                        Objects.requireNonNull(
                                acquire(new BlockKey(file, number), absent, memory::take)));
            }
            for (int number : ahead) {
                Block block = acquire(new BlockKey(file, number), absent, () -> null);
                if (block == null) {
                    break;
                }
                acquired.add(block);
            }
        }
        loader.load(store, file, absent);
        return acquired;
    }

    /// @param beyond makes room where the limit leaves none, or returns null
    private @Nullable Block acquire(
            BlockKey key, List<Block> absent, Supplier<? extends @Nullable MemorySegment> beyond) {
        Block block = blocks.get(key);
        if (block == null) {
            MemorySegment room = memory.tryTake();
            if (room == null && evictOne()) {
                room = memory.tryTake();
            }
            if (room == null) {
                room = beyond.get();
            }
            if (room == null) {
                return null;
            }
            block = new Block(key, room);
            block.uses = 1; // the loader's
            blocks.put(key, block);
            absent.add(block);
        }
        block.uses++;
        return block;
    }

    private boolean evictOne() {
        for (Iterator<Block> all = blocks.values().iterator(); all.hasNext(); ) {
            Block block = all.next();
            if (block.uses == 0) {
                all.remove();
                memory.give(block.memory);
                return true;
            }
        }
        return false;
    }

    private static Block await(Block block) {
        try {
            return block.loaded.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof NeuralakeException known) {
                // Another thread's stack says nothing here.
                throw new NeuralakeException(
                        known.code(), String.valueOf(known.getMessage()), known);
            }
            throw e;
        }
    }

    /// Ends uses of blocks.
    synchronized void release(Collection<Block> used) {
        for (Block block : used) {
            block.uses--;
            if (block.uses == 0 && block.dropped) {
                memory.give(block.memory);
            }
        }
    }

    /// Forgets a block that could not be loaded, so that the next reader tries again.
    synchronized void drop(Block block) {
        block.dropped = true;
        blocks.remove(block.key, block);
    }

    /// Returns the bytes of memory taken from the system.
    public long bytes() {
        return memory.allocatedBytes();
    }

    /// Returns the counters.
    public BlockMetrics metrics() {
        return loader.metrics();
    }

    /// Waits for what is being fetched, and gives the memory back. Nobody may read any more.
    @Override
    public void close() {
        loader.close();
        memory.close();
    }
}
