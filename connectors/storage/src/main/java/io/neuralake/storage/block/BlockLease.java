package io.neuralake.storage.block;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/// Blocks that a reader will need, kept in memory until it closes this.
public final class BlockLease implements AutoCloseable {
    private final BlockCache cache;
    private final CompletableFuture<?> arrived;
    private List<Block> blocks;

    /// Takes over one use of each block.
    BlockLease(BlockCache cache, List<Block> blocks) {
        this.cache = cache;
        this.blocks = blocks;
        this.arrived =
                CompletableFuture.allOf(
                        blocks.stream().map(b -> b.loaded).toArray(CompletableFuture<?>[]::new));
    }

    /// Returns what is done when all blocks are there, or one of them could not be fetched: then reading
    /// tries once more, and says why.
    public CompletableFuture<?> arrived() {
        return arrived;
    }

    /// Lets the blocks go; idempotent.
    @Override
    public synchronized void close() {
        cache.release(blocks);
        blocks = List.of();
    }
}
