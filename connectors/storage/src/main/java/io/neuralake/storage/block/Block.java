package io.neuralake.storage.block;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.CompletableFuture;

/// A block that is there or on its way. Counted uses keep it; guarded by its cache's lock, but for the
/// content, which does not change once it is loaded.
final class Block {
    final BlockKey key;
    final MemorySegment memory;
    final CompletableFuture<Block> loaded = new CompletableFuture<>();
    int uses;
    boolean dropped;

    Block(BlockKey key, MemorySegment memory) {
        this.key = key;
        this.memory = memory;
    }
}
