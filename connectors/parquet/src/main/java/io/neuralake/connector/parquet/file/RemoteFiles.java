package io.neuralake.connector.parquet.file;

import io.neuralake.storage.ObjectStore;
import io.neuralake.storage.block.BlockCache;

import org.jspecify.annotations.Nullable;

import java.util.Optional;
import java.util.function.Supplier;

/// Where files are read from that are not on this machine. Thread-safe.
public final class RemoteFiles implements AutoCloseable {
    private final ObjectStore store;
    private final Supplier<BlockCache> opening;
    private @Nullable BlockCache blocks;

    /// @param store has all paths
    /// @param opening makes what keeps parts of remote files, when the first of them is read
    public RemoteFiles(ObjectStore store, Supplier<BlockCache> opening) {
        this.store = store;
        this.opening = opening;
    }

    /// Returns what has the files.
    public ObjectStore store() {
        return store;
    }

    synchronized BlockCache blocks() {
        BlockCache opened = blocks;
        if (opened == null) {
            opened = opening.get();
            blocks = opened;
        }
        return opened;
    }

    /// Returns what keeps parts of files, if any was read.
    public synchronized Optional<BlockCache> openedBlocks() {
        return Optional.ofNullable(blocks);
    }

    /// Gives the memory of the blocks back. Nobody may read any more.
    @Override
    public synchronized void close() {
        if (blocks != null) {
            blocks.close();
        }
    }
}
