package io.neuralake.server.cli;

import com.sun.management.OperatingSystemMXBean;

import io.neuralake.exec.EngineSettings;
import io.neuralake.server.LakeStorage;
import io.neuralake.spi.simd.SimdCapabilities;
import io.neuralake.storage.s3.StoreCheck;

import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.jspecify.annotations.Nullable;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;

/// Checks what the server needs, and says what to do about what is missing. Exit status 1 when a
/// check failed.
@Command(
        name = "doctor",
        description =
                "Checks JDK, CPU, memory, ports and the store of a lake, and says what to do.",
        mixinStandardHelpOptions = true)
public final class DoctorCommand implements Callable<Integer> {
    private static final int MIN_JAVA = 25;
    private static final long MIN_MEMORY = 2L << 30;
    private static final long MIN_DISK = 1L << 30;

    @Spec private CommandSpec spec;

    @Mixin private PortOptions ports;

    @Mixin private LakeOptions lake;

    @Mixin private StorageOptions storage;

    private int failures;

    /// Made by picocli, which sets the fields.
    @SuppressWarnings("NullAway.Init")
    public DoctorCommand() {}

    @Override
    public Integer call() {
        int java = Runtime.version().feature();
        check(java >= MIN_JAVA, "java " + Runtime.version(), "install JDK 25 or newer");
        SimdCapabilities simd = SimdCapabilities.detected();
        check(
                simd.vectorKernels(),
                "vector kernels of " + simd.vectorBits() + " bits",
                "queries run on scalar kernels; start with ./neuralake, on a CPU with AVX2 or"
                        + " NEON");
        check(
                SimdCapabilities.compiled(),
                "C2 compiles vector kernels",
                "start with ./neuralake, which sets the flags");
        check(offHeap(), "off-heap memory", "start with ./neuralake, which opens java.nio");
        OperatingSystemMXBean system =
                ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        long memory = system.getTotalMemorySize();
        check(
                memory >= MIN_MEMORY,
                String.format(
                        Locale.ROOT,
                        "%.1f GB of memory, %.1f GB for queries",
                        gigabytes(memory),
                        gigabytes(EngineSettings.defaults().memoryLimitBytes())),
                "give the machine 2 GB or more");
        check(
                true,
                Runtime.getRuntime().availableProcessors() + " processors, so as many workers",
                "");
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        check(
                freeSpace(temporary) >= MIN_DISK,
                String.format(
                        Locale.ROOT,
                        "%.1f GB free in %s",
                        gigabytes(freeSpace(temporary)),
                        temporary),
                "free some space for temporary files");
        checkPort(ports.port(), "--port");
        checkPort(ports.httpPort(), "--http-port");
        checkStore(lake.lake());
        return failures == 0 ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    }

    private void checkStore(@Nullable String folder) {
        if (folder != null) {
            for (StoreCheck check : LakeStorage.check(storage.settings(), folder)) {
                String failure = check.failure();
                check(failure == null, check.what(), failure == null ? "" : failure);
            }
        }
    }

    private void check(boolean good, String what, String advice) {
        PrintWriter out = spec.commandLine().getOut();
        if (good) {
            out.println("ok    " + what);
        } else {
            failures++;
            out.println("FAIL  " + what + ": " + advice);
        }
        out.flush();
    }

    private void checkPort(int number, String option) {
        boolean free;
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress("127.0.0.1", number));
            free = true;
        } catch (IOException e) {
            free = false;
        }
        check(
                free,
                "port " + number + (free ? " is free" : " is taken"),
                "choose another with " + option + ", or 0 for a free one");
    }

    private static double gigabytes(long bytes) {
        return bytes / (double) (1L << 30);
    }

    private static long freeSpace(Path folder) {
        try {
            return Files.getFileStore(folder).getUsableSpace();
        } catch (IOException e) {
            return 0;
        }
    }

    private static boolean offHeap() {
        try (BufferAllocator allocator = new RootAllocator();
                ArrowBuf buffer = allocator.buffer(64)) {
            return buffer.nioBuffer(0, 64).isDirect();
        } catch (RuntimeException | LinkageError e) {
            return false;
        }
    }
}
