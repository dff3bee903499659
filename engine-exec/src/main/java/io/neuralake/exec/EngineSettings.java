package io.neuralake.exec;

import com.sun.management.OperatingSystemMXBean;

import java.lang.management.ManagementFactory;

/// How a [LocalQueryEngine] is set up.
///
/// @param threads workers, at least 1
/// @param memoryLimitBytes most off-heap and reserved bytes of all queries together
public record EngineSettings(int threads, long memoryLimitBytes) {
    /// Checks the ranges.
    public EngineSettings {
        if (threads < 1 || memoryLimitBytes < 1) {
            throw new IllegalArgumentException(
                    "Threads and memory must be positive: " + threads + ", " + memoryLimitBytes);
        }
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
        return new EngineSettings(count, memoryLimitBytes);
    }

    /// Replaces the memory limit.
    public EngineSettings withMemoryLimitBytes(long bytes) {
        return new EngineSettings(threads, bytes);
    }
}
