package io.neuralake.connector.parquet.file;

import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.storage.ObjectStore;
import io.neuralake.storage.StoredEntry;
import io.neuralake.storage.block.BlockCache;
import io.neuralake.storage.block.BlockLease;
import io.neuralake.storage.block.ByteRange;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.List;

/// Reads a file of an object store by blocks, which are kept for others. Reading waits for blocks that were
/// not fetched before.
public final class RemoteFile implements DataFile {
    private final ObjectStore store;
    private final BlockCache blocks;
    private final StoredEntry version;

    RemoteFile(RemoteFiles files, FileId id) {
        this.store = files.store();
        this.blocks = files.blocks();
        this.version = new StoredEntry(id.path(), false, id.size(), id.modifiedMillis());
    }

    /// Starts to fetch parts of the file. The caller closes the lease when it has read them.
    public BlockLease fetch(List<ByteRange> ranges) {
        return blocks.fetch(store, version, ranges);
    }

    @Override
    public String path() {
        return version.path();
    }

    @Override
    public @Nullable Object key() {
        return null;
    }

    @Override
    public long size() {
        return version.bytes();
    }

    @Override
    public boolean isMapped() {
        return false;
    }

    @Override
    public DataBuffer read(long offset, long bytes) {
        check(offset, bytes);
        return blocks.read(store, version, offset, bytes);
    }

    @Override
    public void copy(long offset, MemorySegment target) {
        check(offset, target.byteSize());
        blocks.read(store, version, offset, target);
    }

    private void check(long offset, long bytes) {
        if (offset < 0 || bytes < 0 || bytes > size() - offset) {
            throw new CorruptFile("a part of " + bytes + " bytes lies outside of the file");
        }
    }

    @Override
    public void close() {}
}
