package io.neuralake.server.bench;

import com.sun.management.OperatingSystemMXBean;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.management.ManagementFactory;
import java.util.Locale;

/// Reads the processor time of this process, all its threads together. Java's own clock of it counts
/// in steps of 10 ms on Linux, as long as some queries take; where the system has `clock_gettime`,
/// that one is asked. Thread-safe.
public final class ProcessCpuClock {
    /// `CLOCK_PROCESS_CPUTIME_ID`, by which POSIX clocks are chosen.
    private static final int LINUX_CLOCK = 2;

    private static final int MAC_CLOCK = 12;
    private static final long NANOS = 1_000_000_000L;

    private static final OperatingSystemMXBean SYSTEM =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

    private final @Nullable MethodHandle getTime;
    private final int clock;

    /// Finds the finest clock there is.
    public ProcessCpuClock() {
        String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        this.clock = system.contains("mac") ? MAC_CLOCK : LINUX_CLOCK;
        this.getTime = system.contains("linux") || system.contains("mac") ? clockGetTime() : null;
    }

    private static @Nullable MethodHandle clockGetTime() {
        Linker linker = Linker.nativeLinker();
        return linker.defaultLookup()
                .find("clock_gettime")
                .map(
                        symbol ->
                                linker.downcallHandle(
                                        symbol,
                                        FunctionDescriptor.of(
                                                ValueLayout.JAVA_INT,
                                                ValueLayout.JAVA_INT,
                                                ValueLayout.ADDRESS)))
                .orElse(null);
    }

    /// Returns the nanoseconds of processor time since the process started.
    public long nanos() {
        MethodHandle handle = getTime;
        if (handle == null) {
            return SYSTEM.getProcessCpuTime();
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment time = arena.allocate(2 * ValueLayout.JAVA_LONG.byteSize());
            int failed = (int) handle.invokeExact(clock, time);
            return failed == 0
                    ? time.get(ValueLayout.JAVA_LONG, 0) * NANOS
                            + time.get(ValueLayout.JAVA_LONG, Long.BYTES)
                    : SYSTEM.getProcessCpuTime();
        } catch (Throwable e) {
            throw new IllegalStateException("Cannot read the clock of the process", e);
        }
    }
}
