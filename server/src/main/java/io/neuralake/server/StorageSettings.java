package io.neuralake.server;

import io.neuralake.exec.EngineSettings;
import io.neuralake.storage.block.BlockCache;
import io.neuralake.storage.block.DiskCache;
import io.neuralake.storage.s3.S3Settings;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.OptionalLong;

/// How object stores are reached, and what is kept of their files.
///
/// @param s3 of stores that speak S3
/// @param blockCacheBytes most memory of parts of remote files; empty for an eighth of the queries' memory, but
///     no more than 1 GiB
/// @param diskCache folder of parts of remote files on disk; null for none
/// @param diskCacheBytes most bytes of it
public record StorageSettings(
        S3Settings s3,
        OptionalLong blockCacheBytes,
        @Nullable Path diskCache,
        long diskCacheBytes) {
    /// The settings that nothing was said about.
    public static final StorageSettings DEFAULTS =
            new StorageSettings(S3Settings.DEFAULTS, OptionalLong.empty(), null, 0);

    private static final long DEFAULT_SHARE = 8;
    private static final long MOST_BY_DEFAULT = 1L << 30;

    /// Returns the same for other stores that speak S3.
    public StorageSettings withS3(S3Settings other) {
        return new StorageSettings(other, blockCacheBytes, diskCache, diskCacheBytes);
    }

    /// Returns the most memory of parts of remote files.
    long blockCacheBytes(EngineSettings engine) {
        return blockCacheBytes.orElse(
                Math.min(engine.memoryLimitBytes() / DEFAULT_SHARE, MOST_BY_DEFAULT));
    }

    BlockCache openBlockCache(EngineSettings engine) {
        Path folder = diskCache;
        return new BlockCache(
                blockCacheBytes(engine),
                folder == null ? null : new DiskCache(folder, diskCacheBytes));
    }
}
