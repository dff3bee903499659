package io.neuralake.exec;

import com.sun.management.OperatingSystemMXBean;

import io.neuralake.exec.spill.SpillSettings;

import java.lang.management.ManagementFactory;
import java.util.OptionalLong;

/// How a [LocalQueryEngine] is set up.
///
/// @param threads workers, at least 1
/// @param memoryLimitBytes most off-heap and reserved bytes of all queries and the cache together
/// @param cacheBytes how much of these the cache may take, 0 for none; empty for a quarter
/// @param spill where state goes when memory is short
public record EngineSettings(
        int threads, long memoryLimitBytes, OptionalLong cacheBytes, SpillSettings spill) {
    private static final int CACHE_SHARE = 4;

    /// Checks the ranges.
    public EngineSettings {
        if (threads < 1 || memoryLimitBytes < 1 || cacheBytes.orElse(0) < 0) {
            throw new IllegalArgumentException(
                    "Threads and memory must be positive: "
                            + threads
                            + ", "
                            + memoryLimitBytes
                            + ", "
                            + cacheBytes);
        }
    }

    /// Gives the cache a quarter of the memory, and spills to the default folder.
    public EngineSettings(int threads, long memoryLimitBytes) {
        this(threads, memoryLimitBytes, OptionalLong.empty(), SpillSettings.defaults());
    }

    /// Gives the cache a quarter of the memory.
    public EngineSettings(int threads, long memoryLimitBytes, SpillSettings spill) {
        this(threads, memoryLimitBytes, OptionalLong.empty(), spill);
    }

    /// Returns a worker a processor, and six tenths of the machine's memory, a quarter of them for
    /// the cache.
    public static EngineSettings defaults() {
        long physical =
                ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class)
                        .getTotalMemorySize();
        return new EngineSettings(Runtime.getRuntime().availableProcessors(), physical / 10 * 6);
    }

    /// Replaces the number of workers.
    public EngineSettings withThreads(int count) {
        return new EngineSettings(count, memoryLimitBytes, cacheBytes, spill);
    }

    /// Replaces the memory limit.
    public EngineSettings withMemoryLimitBytes(long bytes) {
        return new EngineSettings(threads, bytes, cacheBytes, spill);
    }

    /// Replaces where state is spilled to.
    public EngineSettings withSpill(SpillSettings settings) {
        return new EngineSettings(threads, memoryLimitBytes, cacheBytes, settings);
    }

    /// Replaces what the cache may take; 0 turns it off.
    public EngineSettings withCacheBytes(long bytes) {
        return new EngineSettings(threads, memoryLimitBytes, OptionalLong.of(bytes), spill);
    }

    /// Returns what the cache may take.
    public long cacheLimitBytes() {
        return Math.min(memoryLimitBytes, cacheBytes.orElse(memoryLimitBytes / CACHE_SHARE));
    }
}
