package io.neuralake.exec.spill;

import io.neuralake.spi.memory.Spillable;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongConsumer;

/// What the operators of one query need to spill: turns, files, and how large things should be.
/// Closing it deletes the files that are left. Thread-safe.
public final class QuerySpill implements AutoCloseable {
    private static final long MIN_BLOCK_BYTES = 16 * 1024;
    private static final long MAX_BLOCK_BYTES = 256 * 1024;
    private static final long MIN_RUN_BYTES = 64 * 1024;
    private static final long MAX_RUN_BYTES = 64L << 20;

    private final SpillFolder folder;
    private final SpillArbiter arbiter;
    private final long limitBytes;
    private final Set<SpillFile> files = ConcurrentHashMap.newKeySet();

    /// @param limitBytes of the query or the server, whichever is less
    public QuerySpill(SpillFolder folder, SpillArbiter arbiter, long limitBytes) {
        this.folder = folder;
        this.arbiter = arbiter;
        this.limitBytes = limitBytes;
    }

    /// Returns the limit of the query or the server, whichever is less.
    public long limitBytes() {
        return limitBytes;
    }

    /// Returns who decides what spills.
    public SpillArbiter arbiter() {
        return arbiter;
    }

    /// Registers state that can be spilled while nobody has its turn. The caller closes the turn, before
    /// the state.
    public SpillTurn register(Spillable state) {
        return arbiter.register(state);
    }

    /// Makes a file, which is opened when first written to. The caller closes it.
    ///
    /// @param onWrite is told the bytes written
    public SpillFile newFile(LongConsumer onWrite) {
        SpillFile file = new SpillFile(folder, onWrite, files::remove);
        files.add(file);
        return file;
    }

    /// Returns about how many bytes a block should have, so that one of each of many runs fits into
    /// memory.
    public long blockBytes() {
        return blockBytes(limitBytes);
    }

    private static long blockBytes(long limitBytes) {
        return Math.clamp(limitBytes / 64, MIN_BLOCK_BYTES, MAX_BLOCK_BYTES);
    }

    /// Returns about how many bytes to bring into order at a time.
    public long runBytes() {
        return runBytes(limitBytes);
    }

    private static long runBytes(long limitBytes) {
        return Math.clamp(limitBytes / 16, MIN_RUN_BYTES, MAX_RUN_BYTES);
    }

    /// Returns about how many bytes someone who spills needs to bring rows into order and write them.
    static long bytesToSpill(long limitBytes) {
        return 2 * runBytes(limitBytes) + 4 * blockBytes(limitBytes);
    }

    /// Tells whether everything spills at every batch, for tests.
    public boolean everything() {
        return arbiter.spillsEverything();
    }

    /// Deletes all files; idempotent.
    @Override
    public void close() {
        List.copyOf(files).forEach(SpillFile::close);
    }
}
