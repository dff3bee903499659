package io.neuralake.exec;

import com.sun.management.OperatingSystemMXBean;

import io.neuralake.exec.spill.SpillSettings;

import java.lang.management.ManagementFactory;

/// How a [LocalQueryEngine] is set up.
///
/// @param threads workers, at least 1
/// @param memoryLimitBytes most off-heap and reserved bytes of all queries together
/// @param spill where state goes when memory is short
public record EngineSettings(int threads, long memoryLimitBytes, SpillSettings spill) {
    /// Checks the ranges.
    public EngineSettings {
        if (threads < 1 || memoryLimitBytes < 1) {
            throw new IllegalArgumentException(
                    "Threads and memory must be positive: " + threads + ", " + memoryLimitBytes);
        }
    }

    /// Spills to the default folder.
    public EngineSettings(int threads, long memoryLimitBytes) {
        this(threads, memoryLimitBytes, SpillSettings.defaults());
    }

    /// Returns a worker a processor, and six tenths of the machine's memory.
    public static EngineSettings defaults() {
        long physical =
                ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class)
                        .getTotalMemorySize();
        return new EngineSettings(Runtime.getRuntime().availableProcessors(), physical / 10 * 6);
    }

    /// Replaces the number of workers.
    public EngineSettings withThreads(int count) {
        return new EngineSettings(count, memoryLimitBytes, spill);
    }

    /// Replaces the memory limit.
    public EngineSettings withMemoryLimitBytes(long bytes) {
        return new EngineSettings(threads, bytes, spill);
    }

    /// Replaces where state is spilled to.
    public EngineSettings withSpill(SpillSettings settings) {
        return new EngineSettings(threads, memoryLimitBytes, settings);
    }
}
